import { ClarityError } from '@clarity-runtime/core';
import type { WasmModuleSpec, WasmReply } from '@clarity-runtime/core/ports';
import type { PoolStats } from '../host/worker-pool.ts';
import type { GuestProcess } from './guest-process.ts';
import { HostLink, type LinkOptions } from './host-link.ts';
import type { CallMessage, LoadedMessage } from './host-messages.ts';

export interface GroupDependencies {
  readonly start: () => GuestProcess;
  readonly link: LinkOptions;
  /** Milliseconds without a call or a load after which the guest host is ended. The next call starts it again. */
  readonly idleMs: number;
}

/** The modules of one run of a guest host. */
interface Run {
  readonly link: HostLink;
  /** Keys of the modules that are loaded, and loads that run. */
  readonly loaded: Set<number>;
  readonly loading: Map<number, Promise<LoadedMessage>>;
}

/** One guest host over its restarts. It starts with the first load and loads a module again after a restart. */
export class GuestGroup {
  readonly #parts: GroupDependencies;
  readonly #specs = new Map<number, WasmModuleSpec>();
  #run: Run | undefined;
  #open = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(parts: GroupDependencies) {
    this.#parts = parts;
  }

  get stats(): PoolStats {
    return this.#run?.link.stats ?? { live: 0, wedged: 0, waiting: 0 };
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** @throws HostEnded, and ClarityError when the module is rejected or the caller aborts. */
  async load(key: number, spec: WasmModuleSpec, signal: AbortSignal): Promise<LoadedMessage> {
    return this.#busy(async () => {
      const run = await this.#start();
      const message = await this.#loadInto(run, key, spec, signal);
      this.#specs.set(key, spec);
      return message;
    });
  }

  /** Registers a module that another group loaded. Its first call loads it here. */
  adopt(key: number, spec: WasmModuleSpec): void {
    this.#specs.set(key, spec);
  }

  /** @throws HostEnded when the guest host ends before it answers; ClarityError like `WasmModule.call`. */
  async call(message: CallMessage, signal: AbortSignal): Promise<WasmReply> {
    return this.#busy(async () => {
      const { key } = message;
      const run = this.#run?.link.isReady === true ? this.#run : await this.#start();
      if (!run.loaded.has(key)) await this.#loadAgain(run, key);
      return run.link.call(message, signal);
    });
  }

  /** Removes a module. The guest host of no module is ended soon. */
  close(key: number): void {
    this.#specs.delete(key);
    const run = this.#run;
    if (run?.loaded.delete(key) === true) run.link.close(key);
    if (this.#specs.size === 0) this.#rest();
  }

  async end(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const run = this.#run;
    this.#run = undefined;
    await run?.link.end();
  }

  async #start(): Promise<Run> {
    const run = (this.#run ??= this.#spawn());
    try {
      await run.link.ready;
    } catch (error) {
      // It ended before it had a module, so no module is the cause.
      throw new ClarityError('RESOURCE_EXHAUSTED', 'a process for modules', { cause: error });
    }
    return run;
  }

  #spawn(): Run {
    const link = new HostLink(
      this.#startProcess(),
      {
        log: (key, line) => {
          this.#specs.get(key)?.onLog(line);
        },
        ended: () => {
          if (this.#run === run) this.#run = undefined;
        },
      },
      this.#parts.link,
    );
    const run: Run = { link, loaded: new Set(), loading: new Map() };
    return run;
  }

  #startProcess(): GuestProcess {
    try {
      return this.#parts.start();
    } catch (error) {
      throw new ClarityError('RESOURCE_EXHAUSTED', 'a process for modules', { cause: error });
    }
  }

  async #loadInto(
    { link, loaded }: Run,
    key: number,
    spec: WasmModuleSpec,
    signal: AbortSignal,
  ): Promise<LoadedMessage> {
    const message = await link.load(key, spec, signal);
    loaded.add(key);
    return message;
  }

  /** Loads a module after a restart, once for all calls that wait for it. */
  async #loadAgain(run: Run, key: number): Promise<void> {
    const spec = this.#specs.get(key);
    if (spec === undefined) throw new ClarityError('SERVICE_STOPPED', 'the module was closed');
    let loading = run.loading.get(key);
    if (loading === undefined) {
      loading = this.#loadInto(run, key, spec, new AbortController().signal);
      run.loading.set(key, loading);
      const over = (): boolean => run.loading.delete(key);
      loading.then(over, over);
    }
    await loading;
  }

  async #busy<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#open += 1;
    clearTimeout(this.#idleTimer);
    try {
      return await work();
    } finally {
      this.#open -= 1;
      if (this.#open === 0) this.#rest();
    }
  }

  #rest(): void {
    if (this.#open > 0 || this.#run === undefined) return;
    clearTimeout(this.#idleTimer);
    const { idleMs } = this.#parts;
    const ms = this.#specs.size === 0 ? Math.min(idleMs, EMPTY_MS) : idleMs;
    this.#idleTimer = setTimeout(() => {
      if (this.#open === 0) void this.end();
    }, ms).unref();
  }
}

/** Milliseconds that a guest host without modules waits for the next one. */
const EMPTY_MS = 10_000;
