import type { EngineInstance, EngineReply, ExactJson } from '@clarity-runtime/core/ports';
import type { ComponentContract, ComponentFunction } from '../contract/component-contract.ts';
import { wasiImports, type WasiHost } from '../wasi/wasi-imports.ts';
import { WasiDenied, GuestExit } from '../wasi/wasi-error.ts';
import type { WasiGrants } from '../wasi/wasi-grants.ts';
import { ArgumentProblem, toGuestArguments } from './to-guest-value.ts';
import { evaluate, lieOf, TooManyCopies, type Exports, type Instantiate } from './transpiled-code.ts';
import { ResultTooLarge, writeResult } from './write-result.ts';

/** Input of `open` of the engine. It can be posted between threads. */
export interface ComponentState {
  readonly contract: ComponentContract;
  readonly glue: string;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  readonly grants: WasiGrants;
  readonly maxResultBytes: number;
  /** Bytes that one call may make the host copy out of its memory. */
  readonly maxCopiedBytes: number;
}

/** A new instance with its host. */
interface Started {
  readonly exports: Exports;
  readonly host: WasiHost;
}

type GuestFunction = (...args: readonly unknown[]) => unknown;

/** A component in this thread. Each call has an instance of its own. */
export class ComponentInstance implements EngineInstance {
  readonly #state: ComponentState;
  readonly #instantiate: Instantiate;
  readonly #functions: ReadonlyMap<string, ComponentFunction>;
  readonly #log: (line: string) => void;
  #next: Started | undefined;

  /** Instantiates the component, which runs its start functions. @throws the errors of WebAssembly. */
  constructor(state: ComponentState, log: (line: string) => void) {
    this.#state = state;
    this.#log = log;
    this.#instantiate = evaluate(state.glue, state.maxCopiedBytes);
    this.#functions = new Map(state.contract.functions.map((entry) => [entry.name, entry]));
    this.#next = this.#start();
  }

  call(name: string, args: ExactJson): EngineReply {
    const fn = this.#functions.get(name);
    if (fn === undefined) return failure('ARGUMENTS_INVALID', 'the component has no such function');
    const values = valuesOf(fn, args);
    if (values instanceof ArgumentProblem) return failure('ARGUMENTS_INVALID', values.message);
    const { exports, host } = this.#next ?? this.#start();
    this.#next = undefined;
    try {
      return this.#reply(fn, () => find(exports, fn.path)(...values));
    } catch (error) {
      if (error instanceof WasiDenied) return failure('WASM_CAPABILITY', error.message);
      if (error instanceof GuestExit) return failure('WASM_TRAP', error.message);
      if (error instanceof ResultTooLarge || error instanceof TooManyCopies) {
        return failure('WASM_LIMIT', error.message);
      }
      const lie = lieOf(error);
      if (lie !== undefined) return failure('WASM_ABI', `the component broke the canonical ABI: ${lie}`);
      throw error;
    } finally {
      host.end();
    }
  }

  #reply({ result }: ComponentFunction, run: () => unknown): EngineReply {
    const { maxResultBytes } = this.#state;
    if (result?.kind !== 'result') {
      const value = run();
      return { type: 'value', json: result === undefined ? 'null' : writeResult(result, value, maxResultBytes) };
    }
    let value: unknown;
    try {
      value = run();
    } catch (error) {
      if (!isErrorResult(error)) throw error;
      const json = result.err === undefined ? 'null' : writeResult(result.err, error.payload, maxResultBytes);
      return { type: 'err', json };
    }
    return { type: 'value', json: result.ok === undefined ? 'null' : writeResult(result.ok, value, maxResultBytes) };
  }

  #start(): Started {
    const { modules, contract, grants } = this.#state;
    const host = wasiImports(contract.imports, grants, this.#log);
    const exports = this.#instantiate(
      (name) => {
        const module = modules.get(name);
        if (module === undefined) throw new TypeError('the component has no such module');
        return module;
      },
      host.imports,
      (module, imports) => new WebAssembly.Instance(module, imports),
    );
    return { exports, host };
  }
}

function valuesOf({ params }: ComponentFunction, args: ExactJson): readonly unknown[] | ArgumentProblem {
  try {
    return toGuestArguments(params, args);
  } catch (error) {
    if (error instanceof ArgumentProblem) return error;
    throw error;
  }
}

const failure = (
  code: 'ARGUMENTS_INVALID' | 'WASM_CAPABILITY' | 'WASM_TRAP' | 'WASM_LIMIT' | 'WASM_ABI',
  message: string,
): EngineReply => ({
  type: 'failure',
  code,
  message,
});

/** Returns the function at a path of the exports. Only members of the exports themselves count. */
function find(exports: Exports, path: readonly string[]): GuestFunction {
  let found: unknown = exports;
  for (const name of path) {
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? (found as Exports)[name] : undefined;
  }
  if (typeof found !== 'function') throw new TypeError('the component does not export the function');
  return found as GuestFunction;
}

/** The transpiled code throws the `err` of a result as an error with the member `payload`. */
const isErrorResult = (error: unknown): error is { readonly payload: unknown } =>
  error instanceof Error && error.constructor.name === 'ComponentError' && Object.hasOwn(error, 'payload');
