import type { Typed, TypedStatement } from '../typed/typed-tree.ts';
import { coreType } from '../types/layout.ts';
import { emitBuiltin, emitCall } from './calls.ts';
import { emitApply, emitClosure } from './closures.ts';
import type { FunctionContext } from './function-context.ts';
import { emitMatch } from './matches.ts';
import { OP } from './opcodes.ts';
import { emitChain } from './operators.ts';
import { emitField, emitList, emitRecord, emitVariant } from './values.ts';

/** Emits an expression. Its value is then on the stack, except for Unit. */
export function emitExpression(context: FunctionContext, expression: Typed, tail: boolean): void {
  const { code } = context;
  switch (expression.kind) {
    case 'int':
      code.i64(expression.value);
      return;
    case 'float':
      code.f64(expression.value);
      return;
    case 'bool':
      code.i32(expression.value ? 1 : 0);
      return;
    case 'string':
      code.i32(context.module.literals.string(expression.value));
      return;
    case 'local':
      context.read(expression.local);
      return;
    case 'constant': {
      const constant = context.module.constant(expression.constant);
      if ('ordinal' in constant) code.call(constant);
      else context.emit(constant);
      return;
    }
    case 'negate':
      emitNegation(context, expression.operand);
      return;
    case 'not':
      context.emit(expression.operand);
      code.op(OP.i32Eqz);
      return;
    case 'chain':
      emitChain(context, expression, tail);
      return;
    case 'closure':
      emitClosure(context, expression);
      return;
    case 'apply':
      emitApply(context, expression);
      return;
    case 'call':
      emitCall(context, expression, tail);
      return;
    case 'builtin':
      emitBuiltin(context, expression);
      return;
    case 'variant':
      emitVariant(context, expression);
      return;
    case 'record':
      emitRecord(context, expression);
      return;
    case 'field':
      emitField(context, expression);
      return;
    case 'list':
      emitList(context, expression);
      return;
    case 'block':
      emitBlock(context, expression, tail);
      return;
    case 'match':
      emitMatch(context, expression, tail);
      return;
    case 'broken':
      throw new Error('a module with errors is never emitted');
  }
}

function emitNegation(context: FunctionContext, operand: Typed): void {
  const { code } = context;
  if (coreType(operand.type) === 'f64') {
    context.emit(operand);
    code.op(OP.f64Neg);
    return;
  }
  code.i64(0n);
  context.emit(operand);
  code.op(OP.i64Sub);
}

function emitBlock(context: FunctionContext, block: Typed & { kind: 'block' }, tail: boolean): void {
  context.code.scoped(() => {
    for (const statement of block.statements) emitStatement(context, statement);
    if (block.result !== undefined) context.emit(block.result, tail);
  });
}

function emitStatement(context: FunctionContext, statement: TypedStatement): void {
  context.emit(statement.value);
  if (statement.kind === 'discard') context.drop(statement.value.type);
  else context.assign(statement.local);
}
