import { createHash } from 'node:crypto';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { guardModule, type GuardedModule } from '../guard/guard-module.ts';
import { invalid, ModuleRefusal } from '../guard/module-refusal.ts';
import { bareInterface, checkInterface } from '../interface/module-interface.ts';
import type { GuestLimits, ModulePlan } from './messages.ts';

export interface LoadRequest {
  readonly wasm: Uint8Array;
  readonly document: InterfaceDocument | undefined;
  readonly limits: GuestLimits;
  /** Whether the module consists of tests, which may assert. */
  readonly tests?: boolean | undefined;
}

/** Checks a module, compares it with its interface document and compiles it. @throws ModuleRefusal. */
export function loadModule({ wasm, document, limits, tests = false }: LoadRequest): {
  readonly module: WebAssembly.Module;
  readonly plan: ModulePlan;
} {
  const answer = guardModule(wasm, { maxMemoryBytes: limits.maxMemoryBytes, tests });
  if (answer.type === 'refused') throw new ModuleRefusal(answer.code, answer.reason);
  const { bytes, functions, imports, hasMemory, keepsState } = answer.module;
  if (document !== undefined) {
    if (document.wasmSha256 !== createHash('sha256').update(wasm).digest('hex')) {
      throw new ModuleRefusal('INTERFACE_MISMATCH', 'it describes another build of the module');
    }
    checkInterface(document, functions);
  }
  const described = document === undefined ? bareInterface(functions) : { document };
  const plan = { ...described, imports, hasMemory, keepsState, limits, tests };
  return { module: compile(bytes), plan };
}

function compile(bytes: GuardedModule['bytes']): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'it does not compile');
  }
}
