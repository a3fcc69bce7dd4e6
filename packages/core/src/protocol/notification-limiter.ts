import type { Clock } from '../ports/index.ts';

/** Notifications that one connection may send within a second. */
export const MAX_NOTIFICATIONS = 1_000;
const WINDOW_MS = 1_000;

/** Accepts a bounded number of notifications per second. */
export class NotificationLimiter {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #onOverflow: (maxCount: number) => void;
  #windowStart = -Infinity;
  #count = 0;

  /** `onOverflow` is called for the first notification of a window that is rejected. */
  constructor(clock: Pick<Clock, 'monotonic'>, onOverflow: (maxCount: number) => void) {
    this.#clock = clock;
    this.#onOverflow = onOverflow;
  }

  /** Returns whether the window has room for one more notification. */
  take(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count === MAX_NOTIFICATIONS + 1) this.#onOverflow(MAX_NOTIFICATIONS);
    return this.#count <= MAX_NOTIFICATIONS;
  }
}
