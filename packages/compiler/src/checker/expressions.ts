import type { Expression } from '../parser/syntax-tree.ts';
import type { Typed } from '../typed/typed-tree.ts';
import { actual, BOOL, FLOAT64, INT64, STRING, typeVariable } from '../types/type.ts';
import { checkBlock, checkLooseStatement } from './blocks.ts';
import { BROKEN, type BodyContext, type Expectation } from './body-context.ts';
import { checkCall } from './calls.ts';
import { checkLambda } from './function-values.ts';
import { checkMatch } from './matches.ts';
import { checkName } from './names.ts';
import { checkChain, checkUnary } from './operators.ts';
import { checkField, checkRecord } from './records.ts';

const MAX_INT = 2n ** 63n - 1n;

/** Resolves the names and types of an expression. `expected` determines the types of `None`, `[]` and similar values. */
export function checkExpression(context: BodyContext, expression: Expression, expected?: Expectation): Typed {
  switch (expression.kind) {
    case 'int':
      return checkInt(context, expression);
    case 'float':
      return { kind: 'float', value: expression.value, type: FLOAT64 };
    case 'bool':
      return { kind: 'bool', value: expression.value, type: BOOL };
    case 'string':
      return checkString(context, expression);
    case 'list':
      return checkList(context, expression, expected);
    case 'record':
      return checkRecord(context, expression, expected);
    case 'name':
      return checkName(context, expression, expected);
    case 'call':
      return checkCall(context, expression, expected);
    case 'field':
      return checkField(context, expression);
    case 'unary':
      return checkUnary(context, expression);
    case 'chain':
      return checkChain(context, expression);
    case 'block':
      return checkBlock(context, expression, expected);
    case 'match':
      return checkMatch(context, expression, expected);
    case 'let':
    case 'assignment':
      return checkLooseStatement(context, expression);
    case 'lambda':
      return checkLambda(context, expression, expected);
    case 'broken':
      return BROKEN;
  }
}

function checkInt(context: BodyContext, expression: Expression & { kind: 'int' }): Typed {
  const { value, span } = expression;
  if (value !== undefined && value <= MAX_INT) return { kind: 'int', value, type: INT64 };
  const message = 'this number is too large for an Int64';
  return context.error({ code: 'INT_OUT_OF_RANGE', span, message, hint: `use at most ${MAX_INT.toString()}` });
}

/** Converts `"a${b}c"` to `"a" ++ b ++ "c"`. */
function checkString(context: BodyContext, expression: Expression & { kind: 'string' }): Typed {
  const [first, ...rest] = expression.parts.map((part): Typed =>
    typeof part === 'string'
      ? { kind: 'string', value: part, type: STRING }
      : context.check(part, { type: STRING, what: 'the expression in ${…}' }),
  );
  if (first === undefined) return { kind: 'string', value: '', type: STRING };
  if (rest.length === 0) return first;
  return { kind: 'chain', first, rest: rest.map((operand) => ({ operation: 'concat', operand })), type: STRING };
}

function checkList(context: BodyContext, expression: Expression & { kind: 'list' }, expected?: Expectation): Typed {
  const wanted = expected === undefined ? undefined : actual(expected.type);
  const element = wanted?.kind === 'List' ? wanted.element : typeVariable();
  const elements = expression.elements.map((item) =>
    context.check(item, { type: element, what: 'an element of this list' }),
  );
  return { kind: 'list', element, elements, type: { kind: 'List', element } };
}
