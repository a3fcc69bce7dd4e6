import { setTimeout as pause } from 'node:timers/promises';

/** One attempt: resolves when the stream has ended, `never` when the service offers none. */
export type OpenNotices = (hasOpened: () => void, signal: AbortSignal) => Promise<'ended' | 'never'>;

const LONGEST = 32;

/** The stream on which a service tells what changed: opened again, ever more slowly, when it ends. */
export class NoticeStream {
  readonly #stopping = new AbortController();
  readonly #open: OpenNotices;
  readonly #reopenMs: number;
  readonly #missed: () => void;

  /** `missed` is called when a stream is open again: what happened in between was not heard. */
  constructor(open: OpenNotices, reopenMs: number, missed: () => void) {
    this.#open = open;
    this.#reopenMs = reopenMs;
    this.#missed = missed;
  }

  /** Resolves when the first stream is open or there will be none, at the latest after `waitMs`. */
  async start(waitMs: number): Promise<void> {
    let settle: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      settle = resolve;
    });
    void this.#run(settle).finally(settle);
    await Promise.race([first, pause(waitMs, undefined, { ref: false })]);
  }

  stop(): void {
    this.#stopping.abort('failed');
  }

  async #run(isOpen: () => void): Promise<void> {
    const { signal } = this.#stopping;
    let opened = 0;
    let failures = 0;
    while (!signal.aborted) {
      const before = opened;
      const ended = await this.#open(() => {
        if (opened > 0) this.#missed();
        opened += 1;
        isOpen();
      }, signal).catch(() => 'ended' as const);
      if (ended === 'never') return;
      failures = opened > before ? 0 : failures + 1;
      const factor = Math.min(LONGEST, 2 ** failures);
      await pause(this.#reopenMs * factor, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
