import { ClarityError } from '@clarity-runtime/core';
import type { WasmHost, WasmModule, WasmModuleSpec, WasmReply } from '@clarity-runtime/core/ports';
import type { PoolStats } from '../host/worker-pool.ts';
import { GuestGroup } from './guest-group.ts';
import { startGuestProcess, type GuestProcess } from './guest-process.ts';
import { HostEnded, type LinkOptions } from './host-link.ts';
import { ProcessModule, type LostCall } from './process-module.ts';

/** Settings of `ProcessWasmHost`. */
export interface ProcessWasmHostOptions {
  /** The whole environment of guest hosts. Default: empty. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds without a call after which a guest host is ended; the next call starts it again. Default: 300,000. */
  readonly idleMs?: number;
  readonly link?: Partial<LinkOptions>;
  /** Called before a guest host is started. */
  readonly onStarting?: () => void;
  /** Replaces the processes. */
  readonly startProcess?: (environment: Readonly<Record<string, string>>) => GuestProcess;
}

/** Ends of guest hosts within `WINDOW_MS` after which a module is closed, so that its service is restarted or stopped. */
const MAX_ENDS = 5;
const WINDOW_MS = 60_000;

/**
 * Runs modules in guest hosts: child processes without any rights of this one. Modules share a process unless they ask for
 * one apart. When a guest host ends, its calls are repeated one after the other in another process, so that the module
 * that ended it is found: its call fails, and it gets a process apart. No other call notices.
 */
export class ProcessWasmHost implements WasmHost {
  readonly #start: () => GuestProcess;
  readonly #link: LinkOptions;
  readonly #idleMs: number;
  readonly #shared: GuestGroup;
  /** Runs one repeated call at a time. */
  readonly #trial: GuestGroup;
  readonly #modules = new Map<number, ProcessModule>();
  readonly #groups = new Set<GuestGroup>();
  /** Times at which a module ended a guest host, by key. */
  readonly #ends = new Map<number, number[]>();
  readonly #logged = new Map<number, HostEnded>();
  #repeating: Promise<unknown> = Promise.resolve();
  #lastKey = 0;
  #isClosed = false;

  constructor(options: ProcessWasmHostOptions = {}) {
    const { environment = {}, idleMs = 300_000, onStarting, startProcess = startGuestProcess } = options;
    this.#start = () => {
      onStarting?.();
      return startProcess(environment);
    };
    this.#link = { bootMs: 15_000, silentMs: 15_000, ...options.link };
    this.#idleMs = idleMs;
    this.#shared = this.#group();
    this.#trial = this.#group();
  }

  /** Sums of all guest hosts. */
  get stats(): PoolStats {
    const sum = { live: 0, wedged: 0, waiting: 0 };
    for (const { stats } of this.#groups) {
      sum.live += stats.live;
      sum.wedged += stats.wedged;
      sum.waiting += stats.waiting;
    }
    return sum;
  }

  /** Number of guest hosts that run. */
  get processes(): number {
    return [...this.#groups].filter(({ isRunning }) => isRunning).length;
  }

  async load(spec: WasmModuleSpec, signal: AbortSignal): Promise<WasmModule> {
    this.#checkOpen();
    this.#lastKey += 1;
    const key = this.#lastKey;
    if (spec.apart === true) return this.#loadInto(this.#group(), key, spec, signal);
    try {
      return await this.#loadInto(this.#shared, key, spec, signal);
    } catch (error) {
      // This module or another one ended the guest host. Apart it fails alone.
      this.#checkOpen();
      if (!(error instanceof HostEnded)) throw error;
      return this.#loadInto(this.#group(), key, spec, signal);
    }
  }

  async #loadInto(group: GuestGroup, key: number, spec: WasmModuleSpec, signal: AbortSignal): Promise<WasmModule> {
    try {
      const loaded = await group.load(key, spec, signal);
      const module = new ProcessModule({
        key,
        spec,
        loaded,
        group,
        repeat: (call) => this.#repeat(call),
        closed: () => {
          this.#close(module);
        },
      });
      this.#modules.set(key, module);
      return module;
    } catch (error) {
      this.#checkOpen();
      if (group === this.#shared) throw error;
      await this.#endGroup(group);
      throw toRejection(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#modules.values()].map((module) => module.close()));
    await Promise.all([...this.#groups].map((group) => group.end()));
  }

  /** @throws ClarityError after dispose. */
  #checkOpen(): void {
    if (this.#isClosed) throw closed();
  }

  #group(): GuestGroup {
    const group = new GuestGroup({ start: this.#start, link: this.#link, idleMs: this.#idleMs });
    this.#groups.add(group);
    return group;
  }

  #close(module: ProcessModule): void {
    const { key, group } = module;
    this.#modules.delete(key);
    this.#ends.delete(key);
    this.#logged.delete(key);
    this.#trial.close(key);
    group.close(key);
    if (group !== this.#shared) void this.#endGroup(group);
  }

  async #endGroup(group: GuestGroup): Promise<void> {
    await group.end();
    this.#groups.delete(group);
  }

  /** Repeats a call after all others whose guest host ended. A call of a module with effects fails instead. */
  #repeat(call: LostCall): Promise<WasmReply> {
    const repeated = this.#repeating.then(() => this.#tryApart(call));
    this.#repeating = repeated.catch(() => undefined);
    return repeated;
  }

  async #tryApart({ module, message, signal, cause }: LostCall): Promise<WasmReply> {
    if (!this.#modules.has(module.key)) throw closed();
    if (module.spec.hasEffects === true) return this.#isolate(module, cause);
    this.#trial.adopt(module.key, module.spec);
    try {
      const reply = await this.#trial.call(message, signal);
      this.#logOnce(module, cause);
      return reply;
    } catch (error) {
      this.#checkOpen();
      if (!(error instanceof HostEnded)) throw error;
      return this.#isolate(module, error);
    } finally {
      this.#trial.close(module.key);
    }
  }

  /** Logs one line for all calls of a module that one end of a guest host interrupted. */
  #logOnce({ key, spec }: ProcessModule, cause: HostEnded): void {
    if (this.#logged.get(key) === cause) return;
    this.#logged.set(key, cause);
    spec.onLog(`The guest host ended (${cause.message}). Interrupted calls are repeated.`);
  }

  /** Moves a module that ends guest hosts to its own. @throws ClarityError when it did so too often. */
  #isolate(module: ProcessModule, { message: reason }: HostEnded): WasmReply {
    const { key, spec } = module;
    const now = performance.now();
    const ends = [...(this.#ends.get(key) ?? []), now].filter((at) => now - at < WINDOW_MS);
    this.#ends.set(key, ends);
    if (module.group === this.#shared) {
      this.#shared.close(key);
      module.group = this.#group();
      module.group.adopt(key, spec);
    }
    const times = spec.hasEffects === true ? '' : ' twice';
    spec.onLog(`The function ended its guest host${times}: ${reason}`);
    if (ends.length >= MAX_ENDS) {
      void module.close();
      const message = `its module ended its guest host ${String(MAX_ENDS)} times within ${String(WINDOW_MS / 1_000)} s`;
      throw new ClarityError('SERVICE_START_FAILED', message);
    }
    return { type: 'failure', code: 'WASM_TRAP', message: `its guest host ended: ${reason}` };
  }
}

const toRejection = (error: unknown): unknown =>
  error instanceof HostEnded
    ? new ClarityError('MODULE_INVALID', `its guest host ended while it loaded: ${error.message}`)
    : error;

const closed = (): ClarityError => new ClarityError('SERVICE_STOPPED', 'the WASM host is closed');
