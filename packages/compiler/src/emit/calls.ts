import type { Typed } from '../typed/typed-tree.ts';
import type { TypeExpression } from '../parser/syntax-tree.ts';
import { coreType, elementStride } from '../types/layout.ts';
import { UNIT, type Type } from '../types/type.ts';
import type { FunctionContext } from './function-context.ts';
import { OP, type ValueType } from './opcodes.ts';

type Builtin = Typed & { kind: 'builtin' };

/** Emits a call. A tail call of the function itself assigns the parameters and branches to the start. */
export function emitCall(context: FunctionContext, call: Typed & { kind: 'call' }, tail: boolean): void {
  const { code, module, restart } = context;
  for (const argument of call.arguments) context.emit(argument);
  const callee = module.chosen(call.callee);
  if (!tail || restart?.symbol !== callee) {
    code.call(module.own(callee));
    return;
  }
  for (let slot = call.arguments.length - 1; slot >= 0; slot -= 1) code.set(slot);
  code.branch(OP.branch, restart.label);
}

/**
 * Emits a builtin as a call of a host function. Values of type parameters are passed as i64 or i32: a Float64 by its bits,
 * Unit as 0.
 */
export function emitBuiltin(context: FunctionContext, call: Builtin): void {
  const { code, module } = context;
  const { declaration, lowering } = call.builtin;
  const parameters: ValueType[] = [];
  for (const [index, argument] of call.arguments.entries()) {
    context.emit(argument);
    const carrier = carrierOf(call, declaration.parameters[index]?.type);
    if (carrier !== undefined) intoCarrier(context, argument.type);
    parameters.push(carrier ?? valueType(argument.type));
  }
  if (lowering.kind === 'first') {
    code.i64(0n);
    parameters.push('i64');
  }
  if (lowering.kind === 'stride') {
    code.i32(elementStride(argumentNamed(call, 'T')));
    parameters.push('i32');
  }
  const carrier = carrierOf(call, declaration.result);
  const result = lowering.kind === 'empty' ? 'i64' : (carrier ?? coreType(call.type));
  code.call(module.host(hostName(call), { parameters, result }));
  if (lowering.kind === 'empty') code.op(OP.i64Eqz);
  if (carrier !== undefined) outOfCarrier(context, call.type);
}

/** Returns the name of the host function with the types of elements, keys and values. */
function hostName(call: Builtin): string {
  return call.builtin.lowering.name.replace(/\{([A-Z])\}/g, (_, name: string) => {
    const wide = elementStride(argumentNamed(call, name)) === 8;
    if (name === 'K') return wide ? 'i64' : 'str';
    return wide ? 'i64' : 'i32';
  });
}

/** Returns the WebAssembly type that carries a value of a type parameter; undefined for other types. */
function carrierOf(call: Builtin, type: TypeExpression | undefined): ValueType | undefined {
  const argument = type?.kind === 'named' ? call.typeArguments.get(type.name) : undefined;
  if (argument === undefined) return undefined;
  return elementStride(argument) === 8 ? 'i64' : 'i32';
}

function intoCarrier({ code }: FunctionContext, element: Type): void {
  const type = coreType(element);
  if (type === 'f64') code.op(OP.i64ReinterpretF64);
  if (type === 'none') code.i32(0);
}

function outOfCarrier({ code }: FunctionContext, element: Type): void {
  const type = coreType(element);
  if (type === 'f64') code.op(OP.f64ReinterpretI64);
  if (type === 'none') code.op(OP.drop);
}

const argumentNamed = ({ typeArguments }: Builtin, name: string): Type => typeArguments.get(name) ?? UNIT;

/** A parameter of a builtin can be Unit only through a type parameter, which is passed as i32. */
function valueType(type: Type): ValueType {
  const core = coreType(type);
  return core === 'none' ? 'i32' : core;
}
