import type { Typed } from '../typed/typed-tree.ts';
import { coreType } from '../types/layout.ts';
import { CAPTURE_BYTES, type Closure, type FunctionContext } from './function-context.ts';
import { valueTypes } from './opcodes.ts';

const INDEX_OFFSET = 0;
const ENVIRONMENT_OFFSET = 4;
const CLOSURE_SIZE = 8;

/** Emits a closure: the address of its table index and copies of the captured values. */
export function emitClosure(context: FunctionContext, closure: Closure): void {
  const { code, module } = context;
  const { index, captured } = module.closure(closure, context.owner);
  if (captured.length === 0) {
    code.i32(module.literals.closure(index));
    return;
  }
  code.scoped(() => {
    const [environment, address] = [code.slot('i32'), code.slot('i32')];
    context.allocate(CAPTURE_BYTES * captured.length);
    code.set(environment);
    for (const [place, local] of captured.entries()) {
      const type = coreType(local.type);
      if (type === 'none') continue;
      code.get(environment);
      context.read(local);
      code.store(type, CAPTURE_BYTES * place);
    }
    context.allocate(CLOSURE_SIZE);
    code.set(address).get(address).i32(index).store('i32', INDEX_OFFSET);
    code.get(address).get(environment).store('i32', ENVIRONMENT_OFFSET).get(address);
  });
}

/** Emits a call of a function value. The captured values are the first argument. */
export function emitApply(
  context: FunctionContext,
  { callee, arguments: values, type }: Typed & { kind: 'apply' },
): void {
  const { code, module } = context;
  code.scoped(() => {
    const address = code.slot('i32');
    context.emit(callee);
    code.set(address).get(address).load('i32', ENVIRONMENT_OFFSET);
    for (const value of values) context.emit(value);
    const parameters = values.flatMap((value) => valueTypes(coreType(value.type)));
    code.get(address).load('i32', INDEX_OFFSET);
    code.callIndirect(module.typeIndexOfValue({ parameters: ['i32', ...parameters], result: coreType(type) }));
  });
}
