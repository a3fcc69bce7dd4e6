import type { Clock } from '@clarity-runtime/core/ports';
import pg from 'pg';

/** Dependencies of `Hints`. */
export interface HintsOptions {
  readonly clock: Clock;
  readonly channel: string;
  readonly connect: () => pg.ClientConfig;
}

/** Limits of a wait in milliseconds: `maxMs` after `readAt`, a time of the clock. */
export interface HintWait {
  readonly readAt?: number;
  readonly maxMs?: number;
}

const POLL_MS = 1_000;
/** Without hints of the server. */
const BLIND_POLL_MS = 250;
const RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 5_000;

/**
 * Tells readers when to look again: at a notification of the server, and at least every second. A hint may be missed or come
 * twice, so readers compare with what they know.
 */
export class Hints implements AsyncDisposable {
  readonly #options: HintsOptions;
  readonly #closed = new AbortController();
  readonly #waiting = new Set<{ readonly kind: string; readonly wake: () => void }>();
  /** Number of hints by kind, so that a hint between a read and the wait is not lost. */
  readonly #counts = new Map<string, number>();
  #client: pg.Client | undefined;
  #isListening = false;
  #isStarted = false;
  #wakeUp = new AbortController();

  constructor(options: HintsOptions) {
    this.#options = options;
  }

  /** Whether hints arrive. Without them readers poll more often. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** Returns the number of hints of a kind: pass it to `wait` after reading. */
  count(kind: string): number {
    if (!this.#isStarted) {
      this.#isStarted = true;
      void this.#listen();
    }
    return this.#counts.get(kind) ?? 0;
  }

  /** Resolves at the next hint of a kind after `seen`, after the time between two polls, or on abort. */
  async wait(kind: string, seen: number, signal: AbortSignal, since: HintWait = {}): Promise<void> {
    if (this.count(kind) !== seen || signal.aborted) return;
    const { clock } = this.#options;
    const { readAt = clock.monotonic(), maxMs = Infinity } = since;
    const pollMs = this.#isListening ? POLL_MS : BLIND_POLL_MS;
    const leftMs = readAt + Math.min(pollMs, maxMs) - clock.monotonic();
    if (leftMs <= 0) return;
    const woken = new AbortController();
    const waiter = {
      kind,
      wake: () => {
        woken.abort();
      },
    };
    this.#waiting.add(waiter);
    await clock.after(leftMs, AbortSignal.any([signal, woken.signal]));
    this.#waiting.delete(waiter);
  }

  /** Connects at once instead of after a pause. */
  reconnect(): void {
    this.#wakeUp.abort();
    this.#wakeAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    this.#wakeUp.abort();
    this.#wakeAll();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #listen(): Promise<void> {
    let pauseMs = RECONNECT_MS;
    while (!this.#closed.signal.aborted) {
      try {
        await this.#session();
        pauseMs = RECONNECT_MS;
      } catch {
        pauseMs = Math.min(MAX_RECONNECT_MS, pauseMs * 2);
      }
      this.#isListening = false;
      this.#wakeAll();
      this.#wakeUp = new AbortController();
      await this.#pause(pauseMs);
    }
  }

  /** Listens until the connection ends. */
  async #session(): Promise<void> {
    const client = new pg.Client(this.#options.connect());
    const ended = new Promise<void>((resolve) => {
      client.on('end', resolve);
      client.on('error', () => {
        resolve();
      });
    });
    client.on('notification', ({ payload = '' }) => {
      this.#hint(payload);
    });
    try {
      await client.connect();
      await client.query(`listen ${this.#options.channel}`);
      if (this.#closed.signal.aborted) return;
      this.#client = client;
      this.#isListening = true;
      this.#wakeAll();
      await ended;
    } finally {
      void client.end().catch(() => undefined);
    }
  }

  #hint(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    for (const waiter of this.#waiting) if (waiter.kind === kind) waiter.wake();
  }

  #wakeAll(): void {
    for (const kind of new Set([...this.#waiting].map((waiter) => waiter.kind))) this.#hint(kind);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wakeUp.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
