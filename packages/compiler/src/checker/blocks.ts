import type { BlockExpression, Expression } from '../parser/syntax-tree.ts';
import type { Typed, TypedStatement } from '../typed/typed-tree.ts';
import { typeName, UNIT } from '../types/type.ts';
import { unify } from '../types/unify.ts';
import { BROKEN, type BodyContext, type Expectation } from './body-context.ts';

type Let = Expression & { kind: 'let' };
type Assignment = Expression & { kind: 'assignment' };

export function checkBlock(context: BodyContext, block: BlockExpression, expected?: Expectation): Typed {
  return context.scoped(() => {
    const statements = block.statements.map((statement) => checkStatement(context, statement));
    if (block.result !== undefined) {
      const result = context.check(block.result, expected);
      return { kind: 'block', statements, result, type: result.type };
    }
    if (expected !== undefined && !unify(expected.type, UNIT)) return refuseMissingValue(context, block, expected);
    return { kind: 'block', statements, result: undefined, type: UNIT };
  });
}

function refuseMissingValue(context: BodyContext, block: BlockExpression, expected: Expectation): Typed {
  if (block.statements.some(({ kind }) => kind === 'broken')) return BROKEN;
  const last = block.statements.at(-1);
  const message = `${expected.what} is ${typeName(expected.type)}, this block has no value`;
  const ends = last === undefined || last.kind === 'let' || last.kind === 'assignment';
  const hint = ends
    ? 'end the block with an expression: it is its value'
    : 'remove the `;` after the last expression, which is the value of the block';
  const span = { start: block.span.end - 1, end: block.span.end };
  return context.error({ code: 'TYPE_MISMATCH', span, message, hint });
}

function checkStatement(context: BodyContext, statement: Expression): TypedStatement {
  if (statement.kind === 'let') return checkLet(context, statement);
  if (statement.kind === 'assignment') return assign(context, statement);
  return { kind: 'discard', value: context.check(statement) };
}

/** Checks a `let`. The new name is not in scope in its own value. */
function checkLet(context: BodyContext, { name, mutable, type, value }: Let): TypedStatement {
  const what = name === undefined ? 'this value' : `\`${name.text}\``;
  const typed = context.check(value, type === undefined ? undefined : { type: context.types.resolve(type), what });
  if (name === undefined) return { kind: 'discard', value: typed };
  const local = context.bind(name.text, typed.type, { span: name.span, mutable });
  return { kind: 'let', local, value: typed };
}

function assign(context: BodyContext, { target, value }: Assignment): TypedStatement {
  const { text, span } = target;
  const local = context.local(text);
  if (local?.mutable === true && !context.isCaptured(text)) {
    return { kind: 'assign', local, value: context.check(value, { type: local.type, what: `\`${text}\`` }) };
  }
  const typed = context.check(value);
  if (local === undefined && !context.symbols.constants.has(text)) {
    const hint = `bind a new name with let ${text} = …`;
    context.error({ code: 'UNKNOWN_NAME', span, message: `unknown name \`${text}\``, hint });
  } else if (local?.mutable === true) {
    const message = `\`${text}\` is declared outside of this lambda, which has a copy of its value`;
    context.error({ code: 'NOT_MUTABLE', span, message, hint: 'return the new value from the lambda' });
  } else {
    const message = `\`${text}\` cannot be assigned`;
    const hint = `declare it with let mut ${text}, or bind a new name; compare with ==`;
    context.error({ code: 'NOT_MUTABLE', span, message, hint });
  }
  return { kind: 'discard', value: typed };
}

/** Checks a `let` or an assignment that is used as an expression. Its type is Unit. */
export function checkLooseStatement(context: BodyContext, statement: Let | Assignment): Typed {
  const typed = context.scoped(() => checkStatement(context, statement));
  return { kind: 'block', statements: [typed], result: undefined, type: UNIT };
}
