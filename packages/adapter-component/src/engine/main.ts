import type { EngineProgram, GuestEngine } from '@clarity-runtime/core/ports';
import { functionSchemas, isRecordResult } from '../contract/type-schema.ts';
import { ComponentInstance, type ComponentState } from './component-instance.ts';
import { decodeProgram } from './component-program.ts';

/** Runs transpiled components in a worker of a `WasmHost`. */
export const engine: GuestEngine = {
  load: (data, { guard, maxMemoryBytes, maxResultBytes }): EngineProgram => {
    const { contract, glue, modules, grants } = decodeProgram(data);
    const compiled = new Map<string, WebAssembly.Module>();
    // Several memories share the limit.
    const memories = modules.filter(({ bytes }) => guard(bytes, maxMemoryBytes).hasMemory).length;
    const share = Math.floor(maxMemoryBytes / Math.max(1, memories));
    for (const { name, bytes } of modules) compiled.set(name, new WebAssembly.Module(guard(bytes, share).bytes));
    const functions = contract.functions.map((fn) => ({
      name: fn.name,
      ...functionSchemas(fn),
      ...(isRecordResult(fn) ? { isRecord: true } : {}),
    }));
    const state: ComponentState = {
      contract,
      glue,
      modules: compiled,
      grants,
      maxResultBytes,
      maxCopiedBytes: maxMemoryBytes,
    };
    return { functions, leftOut: contract.leftOut, state };
  },
  open: (state, log) => new ComponentInstance(state as ComponentState, log),
};
