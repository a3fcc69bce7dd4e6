import type { StartTimer } from './pending-request.ts';

/** Notifications that one connection may send per second. */
export const MAX_NOTIFICATIONS = 1_000;
const WINDOW_MS = 1_000;

/** Accepts a bounded number of notifications per second. Its timer runs only while notifications arrive. */
export class NotificationLimiter {
  readonly #startTimer: StartTimer;
  readonly #onOverflow: (limit: number) => void;
  #count = 0;
  #stop: (() => void) | undefined;

  /** `onOverflow` is called for the first notification of a second that is dropped. */
  constructor(startTimer: StartTimer, onOverflow: (limit: number) => void) {
    this.#startTimer = startTimer;
    this.#onOverflow = onOverflow;
  }

  /** Counts one notification; false if it must be dropped. */
  take(): boolean {
    this.#stop ??= this.#startTimer(WINDOW_MS, () => {
      this.#stop = undefined;
      this.#count = 0;
    });
    this.#count += 1;
    if (this.#count === MAX_NOTIFICATIONS + 1) this.#onOverflow(MAX_NOTIFICATIONS);
    return this.#count <= MAX_NOTIFICATIONS;
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}
