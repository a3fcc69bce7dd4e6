import { GuestTrap } from '../guest/guest-error.ts';
import { hostFunction } from '../imports/host-function.ts';
import { DEFAULT_HOST_LIMITS, GuestContext } from '../guest/host-state.ts';
import type { Assertion } from '../guest/assertion.ts';
import { GuestMemory } from '../guest/guest-memory.ts';
import type { ModulePlan } from './messages.ts';

/** Copying back more than this costs more than a new instance. */
const MAX_IMAGE_BYTES = 1 << 20;
const FIRST_FREE_BYTE = 1_024;

export interface InstanceEvents {
  log(line: string): void;
  assertion(assertion: Assertion): void;
}

type Export = (...args: readonly unknown[]) => unknown;

/** An instance with its memory and its host state, which can be put back to where it began. */
export class GuestInstance {
  readonly state: GuestContext;
  readonly #exports: WebAssembly.Exports;
  readonly #memory: WebAssembly.Memory;
  /** The memory as it was before the first call; absent where each call needs an instance of its own. */
  readonly #image: Uint8Array | undefined;

  /** Throws what WebAssembly throws: a start function runs in here. */
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
   * Puts everything back; says whether that was possible. A guest can write to any address of its memory, so the whole
   * image is copied, and a memory that grew cannot shrink.
   */
  restore(): boolean {
    if (this.#image?.length !== this.#memory.buffer.byteLength) return false;
    new Uint8Array(this.#memory.buffer).set(this.#image);
    this.state.reset();
    return true;
  }
}

/**
 * Objects without a prototype, with the module's own imports and nothing else: a module could import `constructor` from
 * any other. The functions exist only after the memory does, so each import looks its function up.
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

/** A module without a memory gets one that it cannot reach, so that everything behind it is the same. */
const memoryOf = ({ memory }: WebAssembly.Exports): WebAssembly.Memory =>
  memory instanceof WebAssembly.Memory ? memory : new WebAssembly.Memory({ initial: 1, maximum: 1 });

/** Without a `__heap_base` the heap begins behind the memory that the module asked for. */
function heapBase(exports: WebAssembly.Exports, memory: WebAssembly.Memory): number {
  if (!(exports.memory instanceof WebAssembly.Memory)) return FIRST_FREE_BYTE;
  const declared: unknown = exports.__heap_base instanceof WebAssembly.Global ? exports.__heap_base.value : undefined;
  const size = memory.buffer.byteLength;
  return typeof declared === 'number' && declared >>> 0 <= size ? declared >>> 0 : size;
}
