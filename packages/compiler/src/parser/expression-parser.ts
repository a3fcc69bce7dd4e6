import { spanning } from '../diagnostics/source-text.ts';
import { parseBlock } from './block-parser.ts';
import { parseLambda, parseLet, parseList, parseMatch, parseRecord, parseString } from './compound-parser.ts';
import {
  hintAtOperand,
  refuseForeignStatement,
  refuseIf,
  refuseIndex,
  refuseMethod,
  refuseSpread,
} from './foreign-syntax.ts';
import type { Argument, BinaryOperator, ChainLink, Expression, Name } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';

const SEVERAL = 'combine several values in a record: { first: …, second: … }';

/** Binary operators by increasing precedence; all are left-associative. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-', '++'],
  ['*', '/', '%'],
];
interface Operator {
  readonly text: BinaryOperator;
  readonly level: number;
}

const OPERATORS = new Map<string, Operator>(
  LEVELS.flatMap((operators, level) => operators.map((text): [string, Operator] => [text, { text, level }])),
);

export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => parseChain(stream, 0));
}

function parseChain(stream: TokenStream, loosest: number): Expression {
  let left = parseUnary(stream);
  for (;;) {
    const operator = currentOperator(stream);
    if (operator === undefined || operator.level < loosest) return left;
    const rest = parseLinks(stream, operator.level);
    left = { kind: 'chain', first: left, rest, span: spanning(left.span, stream.previous) };
  }
}

function parseLinks(stream: TokenStream, level: number): readonly ChainLink[] {
  const links: ChainLink[] = [];
  for (;;) {
    const operator = currentOperator(stream);
    if (operator?.level !== level) return links;
    const operatorSpan = stream.advance();
    links.push({ operator: operator.text, operatorSpan, operand: parseChain(stream, level + 1) });
  }
}

function currentOperator(stream: TokenStream): Operator | undefined {
  const token = stream.current;
  return token.kind === 'symbol' || token.kind === 'keyword' ? OPERATORS.get(token.text) : undefined;
}

function parseUnary(stream: TokenStream): Expression {
  const start = stream.current;
  const operator = stream.is('-') ? '-' : stream.is('!') ? '!' : undefined;
  if (operator === undefined) return parsePostfix(stream);
  stream.advance();
  const operand = stream.nested(() => parseUnary(stream));
  return { kind: 'unary', operator, operand, span: stream.since(start) };
}

function parsePostfix(stream: TokenStream): Expression {
  let target = parsePrimary(stream);
  for (;;) {
    if (stream.is('(')) target = parseCall(stream, target);
    else if (stream.is('.')) target = parseFields(stream, target);
    else if (stream.is('[') && stream.current.start === target.span.end) return refuseIndex(stream, parseExpression);
    else return target;
  }
}

function parseCall(stream: TokenStream, callee: Expression): Expression {
  stream.advance();
  const args = stream.list(')', 'after the arguments', () => parseArgument(stream));
  const span = spanning(callee.span, stream.previous);
  if (callee.kind === 'name') {
    return { kind: 'call', callee: { text: callee.text, span: callee.span }, arguments: args, span };
  }
  if (callee.kind === 'field') return refuseMethod(stream, callee, span);
  if (callee.kind !== 'broken') {
    const hint = 'bind the function to a name first: let f = …; f(x)';
    stream.report.error({ code: 'NOT_CALLABLE', span: callee.span, message: 'only a name can be called', hint });
  }
  return { kind: 'broken', span };
}

function parseArgument(stream: TokenStream): Argument {
  const named = stream.current.kind === 'identifier' && stream.is(':', 1);
  if (!named) return { name: undefined, value: parseExpression(stream) };
  const name = stream.name('the name of a parameter');
  stream.advance();
  return { name, value: parseExpression(stream) };
}

function parseFields(stream: TokenStream, target: Expression): Expression {
  const path: Name[] = [];
  while (stream.take('.')) path.push(stream.name('the name of a field'));
  return { kind: 'field', target, path, span: spanning(target.span, stream.previous) };
}

function parsePrimary(stream: TokenStream): Expression {
  const token = stream.current;
  switch (token.kind) {
    case 'int':
    case 'float':
      stream.advance();
      return token.kind === 'int'
        ? { kind: 'int', value: token.value, span: token }
        : { kind: 'float', value: token.value, span: token };
    case 'string':
      stream.advance();
      return parseString(stream, token, parseExpression);
    case 'identifier':
      return parseName(stream);
    case 'keyword':
      return parseKeyword(stream);
    case 'symbol':
      return parseSymbol(stream);
    case 'end':
      return stream.unexpected('an expression');
  }
}

function parseName(stream: TokenStream): Expression {
  refuseForeignStatement(stream);
  const name = stream.name('an expression');
  if (!stream.take('=')) return { kind: 'name', text: name.text, span: name.span };
  const value = parseExpression(stream);
  return { kind: 'assignment', target: name, value, span: stream.since(name.span) };
}

function parseKeyword(stream: TokenStream): Expression {
  const span = stream.current;
  if (stream.is('match')) return parseMatch(stream, parseExpression);
  if (stream.is('let')) return parseLet(stream, parseExpression);
  if (stream.is('if')) return refuseIf(stream);
  if (stream.take('True')) return { kind: 'bool', value: true, span };
  if (stream.take('False')) return { kind: 'bool', value: false, span };
  return stream.unexpected('an expression');
}

function parseSymbol(stream: TokenStream): Expression {
  const start = stream.current;
  if (stream.is('{')) {
    if (stream.is('..', 1)) refuseSpread(stream);
    const record = stream.ahead(1).kind === 'identifier' && stream.is(':', 2);
    return record ? parseRecord(stream, parseExpression) : parseBlock(stream, parseExpression);
  }
  if (stream.is('[')) return parseList(stream, parseExpression);
  if (stream.is('|')) return parseLambda(stream, parseExpression);
  if (stream.take('(')) {
    if (stream.is(')')) stream.unexpected('an expression', 'write the value of Unit as the empty block {}');
    const inner = parseExpression(stream);
    stream.expect(')', 'after the expression', stream.is(',') ? SEVERAL : undefined);
    return { ...inner, span: stream.since(start) };
  }
  return stream.unexpected('an expression', hintAtOperand(stream));
}
