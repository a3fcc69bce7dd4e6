import type { Span } from '../diagnostics/source-text.ts';
import type { BinaryOperator, ChainLink, Expression } from '../parser/syntax-tree.ts';
import type { Operation, Typed, TypedLink } from '../typed/typed-tree.ts';
import { actual, BOOL, INT64, STRING, typeName, UNKNOWN, type Type } from '../types/type.ts';
import { unify } from '../types/unify.ts';
import { BROKEN, type BodyContext } from './body-context.ts';
import { mismatchHint } from './mismatch-hint.ts';

const NEGATED_MINIMUM = 2n ** 63n;
const ARITHMETIC = new Map<BinaryOperator, 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder'>([
  ['+', 'add'],
  ['-', 'subtract'],
  ['*', 'multiply'],
  ['/', 'divide'],
  ['%', 'remainder'],
]);
const ORDER = new Map<BinaryOperator, 'less' | 'greater' | 'at-most' | 'at-least'>([
  ['<', 'less'],
  ['>', 'greater'],
  ['<=', 'at-most'],
  ['>=', 'at-least'],
]);
const COMPARED: Partial<Record<Type['kind'], string>> = {
  Timestamp: 'use timestamp_diff(time, earlier), the milliseconds between two',
  Bytes: 'compare the results of bytes_to_string, or the bytes with bytes_get',
  List: 'compare the elements in a recursive function',
  record: 'compare the fields',
  Map: 'compare the results of map_keys and map_get',
  function: 'compare the results of the functions',
};
const ORDERED: Partial<Record<Type['kind'], string>> = {
  Timestamp: 'use timestamp_diff(time, earlier), the milliseconds between two',
  String: 'compare char_code(char_at(text, index)) letter by letter; strings have no order',
};

/** Returns a hint for types that `==` cannot compare. A type parameter is a record without fields. */
function comparisonOf(type: Type): string {
  if (type.kind === 'record' && type.fields.length === 0) return 'pass a function that compares: (T, T) -> Bool';
  return COMPARED[type.kind] ?? 'compare the values with match';
}

const SUFFIX = { Int64: 'int', Float64: 'float', Bool: 'bool', String: 'string' } as const;

export function checkUnary(context: BodyContext, expression: Expression & { kind: 'unary' }): Typed {
  const { operator, operand } = expression;
  if (operator === '!') {
    const typed = context.check(operand, { type: BOOL, what: 'the operand of `!`' });
    return { kind: 'not', operand: typed, type: BOOL };
  }
  if (operand.kind === 'int' && operand.value === NEGATED_MINIMUM)
    return { kind: 'int', value: -operand.value, type: INT64 };
  const typed = context.check(operand);
  const type = actual(typed.type);
  if (typed.kind === 'int') return { ...typed, value: BigInt.asIntN(64, -typed.value) };
  if (type.kind === 'Int64' || type.kind === 'Float64') return { kind: 'negate', operand: typed, type };
  if (type.kind === 'unknown') return typed;
  const message = `\`-\` requires an Int64 or a Float64, this is ${typeName(type)}`;
  return context.error({ code: 'OPERATOR_TYPE', span: operand.span, message });
}

/** Left operand of an operator: one expression or all previous links of the chain. */
interface Left {
  readonly type: Type;
  readonly span: Span;
  readonly expression: Expression | undefined;
}

export function checkChain(context: BodyContext, expression: Expression & { kind: 'chain' }): Typed {
  const rest: TypedLink[] = [];
  const first = context.check(expression.first);
  let left: Left = { type: first.type, span: expression.first.span, expression: expression.first };
  for (const link of expression.rest) {
    const span = { start: left.span.start, end: link.operand.span.end };
    const checked = checkJoin(context, left, link) ?? checkArithmetic(context, left, link);
    rest.push(checked);
    left = { type: checked.type, span, expression: undefined };
  }
  return { kind: 'chain', first, rest, type: left.type };
}

interface CheckedLink extends TypedLink {
  readonly type: Type;
}

/** Checks `and`, `or` and `++`, whose operand types are fixed. */
function checkJoin(context: BodyContext, left: Left, { operator, operand }: ChainLink): CheckedLink | undefined {
  if (operator !== 'and' && operator !== 'or' && operator !== '++') return undefined;
  const expected = { type: operator === '++' ? STRING : BOOL, what: `an operand of \`${operator}\`` };
  context.fits(left.type, expected, left.span, left.expression);
  const typed = context.check(operand, expected);
  return { operation: operator === '++' ? 'concat' : operator, operand: typed, type: expected.type };
}

/** Checks the other operators: two operands of one type, which determines the operation. */
function checkArithmetic(context: BodyContext, left: Left, link: ChainLink): CheckedLink {
  const { operator, operatorSpan: span } = link;
  const operand = context.check(link.operand);
  if (actual(left.type).kind === 'variable' || actual(operand.type).kind === 'variable') unify(left.type, operand.type);
  const [a, b] = [actual(left.type), actual(operand.type)];
  const arithmetic = ARITHMETIC.get(operator);
  const numbers = a.kind === 'Int64' || a.kind === 'Float64';
  const operation = operationOn(operator, a);
  if (operation !== undefined && a.kind === b.kind)
    return { operation, operand, type: arithmetic && numbers ? a : BOOL };
  if (a.kind !== 'unknown' && b.kind !== 'unknown')
    context.error({ code: 'OPERATOR_TYPE', span, ...refusal(link, left, b) });
  return { operation: 'add-int', operand: BROKEN, type: arithmetic === undefined ? BOOL : UNKNOWN };
}

function operationOn(operator: BinaryOperator, { kind }: Type): Operation | undefined {
  if (kind !== 'Int64' && kind !== 'Float64' && kind !== 'Bool' && kind !== 'String') return undefined;
  if (operator === '==') return `equal-${SUFFIX[kind]}`;
  if (operator === '!=') return `different-${SUFFIX[kind]}`;
  const operation = ARITHMETIC.get(operator) ?? ORDER.get(operator);
  if (operation === undefined || kind === 'Bool' || kind === 'String') return undefined;
  return `${operation}-${SUFFIX[kind]}`;
}

function refusal(
  { operator, operand }: ChainLink,
  left: Left,
  b: Type,
): { message: string; hint?: string | undefined } {
  const a = actual(left.type);
  if (operator === '+' && (a.kind === 'String' || b.kind === 'String')) {
    const joined = a.kind === b.kind ? undefined : mismatchHint(STRING, a.kind === 'String' ? b : a);
    return {
      message: '`+` adds numbers',
      hint: `join strings with ++${joined === undefined ? '' : `; ${joined}`}`,
    };
  }
  if (a.kind === 'variable') {
    return {
      message: `the type of the operands of \`${operator}\` is not known here`,
      hint: 'bind the value with let and a type',
    };
  }
  if (a.kind !== b.kind) {
    const message = `\`${operator}\` requires two values of one type, these are ${typeName(a)} and ${typeName(b)}`;
    const whole = a.kind === 'Int64' && b.kind === 'Float64';
    return { message, hint: whole ? mismatchHint(b, a, left.expression) : mismatchHint(a, b, operand) };
  }
  if (operator === '==' || operator === '!=') {
    return {
      message: `\`${operator}\` cannot compare ${typeName(a)}`,
      hint: comparisonOf(a),
    };
  }
  return {
    message: `\`${operator}\` requires Int64 or Float64, these are ${typeName(a)}`,
    hint: ORDERED[a.kind],
  };
}
