import { monitorEventLoopDelay } from 'node:perf_hooks';

const MAX_ATTEMPTS = 5;

/** A generous net for the claim that work never blocks its thread. */
export const MAX_SILENCE_MS = 100;

/**
 * Returns the longest silence of the event loop during some work, in milliseconds: the shortest of up to 5 attempts, because other
 * processes of the machine only add to it.
 */
export async function silenceDuring(work: () => Promise<unknown>): Promise<number> {
  let shortest = Infinity;
  for (let i = 0; i < MAX_ATTEMPTS && shortest >= MAX_SILENCE_MS; i += 1) {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await work();
    delay.disable();
    shortest = Math.min(shortest, delay.max / 1e6);
  }
  return shortest;
}
