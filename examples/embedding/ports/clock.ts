import { systemClock } from '@clarity-runtime/core';
import type { Clock } from '@clarity-runtime/core/ports';

/** Returns the clock of the system with a corrected wall time, for hosts whose clock is known to be wrong by `offsetMs`. */
export function correctedClock(offsetMs: () => number): Clock {
  return {
    wall: () => new Date(systemClock.wall().getTime() + offsetMs()),
    monotonic: () => systemClock.monotonic(),
    after: (ms, signal) => systemClock.after(ms, signal),
  };
}
