/** `wall` is for display and records; every duration and deadline is measured with `monotonic` (milliseconds). */
export interface Clock {
  wall(): Date;
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; the caller looks at the signal. Never keeps a process alive. */
  after(ms: number, signal?: AbortSignal): Promise<void>;
}
