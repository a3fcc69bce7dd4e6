import type { Operation, Typed, TypedLink } from '../typed/typed-tree.ts';
import type { FunctionContext } from './function-context.ts';
import { OP, type ValueType } from './opcodes.ts';

/** Operations with an instruction of their own. */
const INSTRUCTIONS: ReadonlyMap<Operation, number> = new Map([
  ['equal-int', OP.i64Eq],
  ['different-int', OP.i64Ne],
  ['less-int', OP.i64LtS],
  ['greater-int', OP.i64GtS],
  ['at-most-int', OP.i64LeS],
  ['at-least-int', OP.i64GeS],
  ['add-int', OP.i64Add],
  ['subtract-int', OP.i64Sub],
  ['multiply-int', OP.i64Mul],
  ['divide-int', OP.i64DivS],
  ['remainder-int', OP.i64RemS],
  ['equal-float', OP.f64Eq],
  ['different-float', OP.f64Ne],
  ['less-float', OP.f64Lt],
  ['greater-float', OP.f64Gt],
  ['at-most-float', OP.f64Le],
  ['at-least-float', OP.f64Ge],
  ['add-float', OP.f64Add],
  ['subtract-float', OP.f64Sub],
  ['multiply-float', OP.f64Mul],
  ['divide-float', OP.f64Div],
  ['equal-bool', OP.i32Eq],
  ['different-bool', OP.i32Ne],
]);

/** Replaces two strings on the stack by 1 if they are equal, otherwise by 0. */
export function emitStringEquality({ code, module }: FunctionContext): void {
  code.call(module.host('string_eq', { parameters: ['i32', 'i32'], result: 'i32' }));
}

/** Emits a chain from left to right. `and` and `or` evaluate the right operand only if necessary. */
export function emitChain(context: FunctionContext, { first, rest }: Typed & { kind: 'chain' }, tail: boolean): void {
  context.emit(first);
  for (const [index, link] of rest.entries()) {
    if (link.operation === 'and' || link.operation === 'or')
      emitDecision(context, link, tail && index === rest.length - 1);
    else {
      context.emit(link.operand);
      emitOperation(context, link.operation);
    }
  }
}

function emitDecision(context: FunctionContext, { operation, operand }: TypedLink, tail: boolean): void {
  const { code } = context;
  code.open(OP.if, 'i32');
  if (operation === 'or') code.i32(1).op(OP.else);
  context.emit(operand, tail);
  if (operation === 'and') code.op(OP.else).i32(0);
  code.close();
}

function emitOperation(context: FunctionContext, operation: Operation): void {
  const { code, module } = context;
  const instruction = INSTRUCTIONS.get(operation);
  if (instruction !== undefined) {
    code.op(instruction);
    return;
  }
  const binary = (type: ValueType): void => {
    code.call(
      module.host(operation === 'concat' ? 'string_concat' : 'f64_rem', { parameters: [type, type], result: type }),
    );
  };
  if (operation === 'concat') binary('i32');
  else if (operation === 'remainder-float') binary('f64');
  else {
    emitStringEquality(context);
    if (operation === 'different-string') code.op(OP.i32Eqz);
  }
}
