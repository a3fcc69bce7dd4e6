import type { StartTimer } from './pending-request.ts';

/** Notifications that one connection may send within a second. */
export const MAX_NOTICES = 1_000;
const WINDOW_MS = 1_000;

/** Lets a bounded number of notifications through per second; its timer runs only while some come. */
export class NotificationLimiter {
  readonly #startTimer: StartTimer;
  readonly #overflown: (most: number) => void;
  #taken = 0;
  #stop: (() => void) | undefined;

  /** `overflown` is told of the first one in a second that is left out. */
  constructor(startTimer: StartTimer, overflown: (most: number) => void) {
    this.#startTimer = startTimer;
    this.#overflown = overflown;
  }

  /** Whether there is room for one more. */
  take(): boolean {
    this.#stop ??= this.#startTimer(WINDOW_MS, () => {
      this.#stop = undefined;
      this.#taken = 0;
    });
    this.#taken += 1;
    if (this.#taken === MAX_NOTICES + 1) this.#overflown(MAX_NOTICES);
    return this.#taken <= MAX_NOTICES;
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
