import type { Token } from '../lexer/token.ts';
import { parsePattern } from './pattern-parser.ts';
import type { Expression, MatchArm } from './syntax-tree.ts';
import type { TokenStream } from './token-stream.ts';
import { parseField, parseType } from './type-parser.ts';

/** Parses one expression. Passed as a parameter to avoid an import cycle with `expression-parser.ts`. */
export type ReadExpression = (stream: TokenStream) => Expression;

/** Parses `match value { pattern -> value, … }`. */
export function parseMatch(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.advance();
  const subject = compared(stream, expression(stream));
  const opening = stream.expect('{', 'before the arms of the match');
  const arms: MatchArm[] = [];
  while (!stream.take('}')) {
    if (stream.current.kind === 'end') stream.unexpected('`}` after the last arm of the match');
    arms.push(parseArm(stream, expression));
    stream.take(',');
  }
  if (arms.length === 0) {
    const hint = 'write an arm as: pattern -> value';
    stream.fail({ code: 'UNEXPECTED_TOKEN', span: opening, message: 'this match has no arms', hint });
  }
  return { kind: 'match', subject, arms, span: stream.since(start) };
}

/** Reports `match x = 1 { … }` and continues with `match x == 1 { … }`. */
function compared(stream: TokenStream, subject: Expression): Expression {
  if (subject.kind !== 'assignment') return subject;
  const { target, value, span } = subject;
  const hint = 'compare with ==; a single = assigns a value';
  stream.report.error({
    code: 'FOREIGN_SYNTAX',
    span,
    message: 'this is an assignment, which has no value to match',
    hint,
  });
  const first: Expression = { kind: 'name', text: target.text, span: target.span };
  return { kind: 'chain', first, rest: [{ operator: '==', operatorSpan: span, operand: value }], span };
}

function parseArm(stream: TokenStream, expression: ReadExpression): MatchArm {
  const pattern = parsePattern(stream);
  const guard = stream.take('if') ? expression(stream) : undefined;
  stream.expect('->', 'after the pattern', stream.is(':') ? 'write an arm as: pattern -> value' : undefined);
  return { pattern, guard, body: expression(stream) };
}

/** Parses `let name: Type = value`. */
export function parseLet(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.advance();
  const mutable = stream.take('mut');
  const target = stream.name('a name after `let`');
  const type = stream.take(':') ? parseType(stream) : undefined;
  stream.expect('=', `and a value for \`${target.text}\``, 'give every name a value: let name = value;');
  const value = expression(stream);
  const name = target.text === '_' ? undefined : target;
  return { kind: 'let', name, mutable, type, value, span: stream.since(start) };
}

/** Parses `[a, b]`. */
export function parseList(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.advance();
  const elements = stream.list(']', 'after the elements', () => expression(stream));
  return { kind: 'list', elements, span: stream.since(start) };
}

/** Parses `{ field: value }`. */
export function parseRecord(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.advance();
  const fields = stream.list('}', 'after the fields of the record', () => {
    const name = stream.name('the name of a field');
    stream.expect(':', `after the field \`${name.text}\``);
    return { name, value: expression(stream) };
  });
  return { kind: 'record', fields, span: stream.since(start) };
}

/** Parses `|x: Int64| value`. */
export function parseLambda(stream: TokenStream, expression: ReadExpression): Expression {
  const start = stream.advance();
  const parameters = stream.list('|', 'after the parameters of the lambda', () => parseField(stream, 'a parameter'));
  const body = expression(stream);
  return { kind: 'lambda', parameters, body, span: stream.since(start) };
}

/** Parses the interpolations of a string token. */
export function parseString(
  stream: TokenStream,
  token: Token & { kind: 'string' },
  expression: ReadExpression,
): Expression {
  const parts = token.parts.map((part) => {
    if (typeof part === 'string') return part;
    const inner = stream.inner(part);
    const value = expression(inner);
    if (inner.current.kind !== 'end') inner.unexpected('`}` after the expression');
    return value;
  });
  return { kind: 'string', parts, span: token };
}
