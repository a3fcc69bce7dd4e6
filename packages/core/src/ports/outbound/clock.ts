/** Time source. `wall` is for display and records; durations and deadlines use `monotonic` milliseconds. */
export interface Clock {
  /** Returns the wall-clock time. */
  wall(): Date;
  /** Returns milliseconds that never decrease; the zero point is arbitrary. */
  monotonic(): number;
  /** Resolves after `ms`, or immediately on abort; the caller checks the signal. Does not keep the process alive. */
  after(ms: number, signal?: AbortSignal): Promise<void>;
}
