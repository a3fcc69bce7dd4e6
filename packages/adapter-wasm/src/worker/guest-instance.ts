import { GuestTrap } from '../guest/guest-error.ts';
import { hostFunction } from '../imports/host-function.ts';
import { DEFAULT_HOST_LIMITS, GuestContext } from '../guest/host-state.ts';
import type { Assertion } from '../guest/assertion.ts';
import { GuestMemory } from '../guest/guest-memory.ts';
import type { ModulePlan } from './messages.ts';

/** Maximum bytes to copy back. A new instance is cheaper above it. */
const MAX_IMAGE_BYTES = 1 << 20;
const FIRST_FREE_BYTE = 1_024;

export interface InstanceEvents {
  log(line: string): void;
  assertion(assertion: Assertion): void;
}

type Export = (...args: readonly unknown[]) => unknown;

/** An instance with its memory and its host state, which can be reset. */
export class GuestInstance {
  readonly state: GuestContext;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: WebAssembly.Memory;
  /** The memory before the first call; undefined when each call needs a new instance. */
  readonly #image: Uint8Array | undefined;

  /** Instantiates the module, which runs its start function. @throws the errors of WebAssembly. */
  constructor(module: WebAssembly.Module, plan: ModulePlan, events: InstanceEvents) {
    const functions = new Map<string, Export>();
    this.#exports = new WebAssembly.Instance(module, importObject(plan.imports, functions)).exports;
    this.#memory = memoryOf(this.#exports);
    const { maxMemoryBytes: maxBytes } = plan.limits;
    const memory = new GuestMemory(this.#memory, heapBase(this.#exports, this.#memory), { maxBytes });
    this.state = new GuestContext(memory, {
      log: (line) => {
        events.log(line);
      },
      ...(plan.tests
        ? {
            assertion: (assertion: Assertion): void => {
              events.assertion(assertion);
            },
          }
        : {}),
      now: () => Date.now(),
      random: () => Math.random(),
      limits: DEFAULT_HOST_LIMITS,
    });
    for (const name of plan.imports) functions.set(name, hostFunction(name, this.state) as Export);
    const isWarm = !plan.keepsState && this.#memory.buffer.byteLength <= MAX_IMAGE_BYTES;
    this.#image = isWarm ? new Uint8Array(this.#memory.buffer).slice() : undefined;
  }

  call(name: string, args: readonly unknown[]): unknown {
    const run = this.#exports[name];
    if (typeof run !== 'function') throw new TypeError('the module does not export the function');
    return (run as Export)(...args);
  }

  /**
   * Resets memory and state. Returns false when that is not possible. A guest can write to any address of its memory,
   * so the whole image is copied. A memory that grew cannot shrink.
   */
  restore(): boolean {
    if (this.#image?.length !== this.#memory.buffer.byteLength) return false;
    new Uint8Array(this.#memory.buffer).set(this.#image);
    this.state.reset();
    return true;
  }
}

/**
 * Import objects without a prototype that contain only the imports of the module: otherwise a module could import
 * `constructor`. The functions exist only after the memory, so each import looks up its function.
 */
function importObject(names: readonly string[], functions: ReadonlyMap<string, Export>): WebAssembly.Imports {
  const env = Object.create(null) as Record<string, Export>;
  for (const name of names) {
    env[name] = (...args) => {
      const run = functions.get(name);
      if (run === undefined) throw new GuestTrap('the start function calls the host, which is not there yet');
      return run(...args);
    };
  }
  const imports = Object.create(null) as WebAssembly.Imports;
  imports.env = env;
  return imports;
}

/** A module without a memory gets one that it cannot reach, so that all code handles one case. */
const memoryOf = ({ memory }: WebAssembly.Exports): WebAssembly.Memory =>
  memory instanceof WebAssembly.Memory ? memory : new WebAssembly.Memory({ initial: 1, maximum: 1 });

/** Without `__heap_base` the heap begins after the initial memory of the module. */
function heapBase(exports: WebAssembly.Exports, memory: WebAssembly.Memory): number {
  if (!(exports.memory instanceof WebAssembly.Memory)) return FIRST_FREE_BYTE;
  const declared: unknown = exports.__heap_base instanceof WebAssembly.Global ? exports.__heap_base.value : undefined;
  const size = memory.buffer.byteLength;
  return typeof declared === 'number' && declared >>> 0 <= size ? declared >>> 0 : size;
}
