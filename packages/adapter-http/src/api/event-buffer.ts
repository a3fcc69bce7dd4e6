import type { AuditEvent, Runtime } from '@clarity-runtime/core';

/** Keeps a bounded number of events until somebody takes them, and then hands on each as it comes. */
export class EventBuffer {
  readonly #most: number;
  readonly #off: () => void;
  readonly #kept: AuditEvent[] = [];
  #missed = 0;
  #taker: ((event: AuditEvent) => void) | undefined;

  constructor(runtime: Runtime, most: number) {
    this.#most = most;
    this.#off = runtime.on('audited', (event) => {
      if (this.#taker !== undefined) this.#taker(event);
      else if (this.#kept.length < this.#most) this.#kept.push(event);
      else this.#missed += 1;
    });
  }

  /** From now on each event goes to `taker`, those that were kept first; how many there was no room for. */
  handOver(taker: (event: AuditEvent) => void): number {
    this.#taker = taker;
    for (const event of this.#kept.splice(0)) taker(event);
    return this.#missed;
  }

  close(): void {
    this.#off();
    this.#kept.length = 0;
  }
}
