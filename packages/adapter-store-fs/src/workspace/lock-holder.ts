import { z } from 'zod';
import type { ProcessTable } from './process-table.ts';

const holder = z.object({
  pid: z.number().int().positive(),
  instance: z.string(),
  startTime: z.string().optional(),
  bootId: z.string().optional(),
  url: z.string().optional(),
});

/** Who holds a lock, as the lock file says it. */
export type LockHolder = Readonly<z.infer<typeof holder>>;

/** `undefined` for what is not a lock file of ours. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    return holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether it is proven that the holder is gone. What is not known proves nothing. */
export function isGone({ pid, bootId, startTime }: LockHolder, processes: ProcessTable): boolean {
  const differs = (then: string | undefined, now: string | undefined): boolean =>
    then !== undefined && now !== undefined && then !== now;
  return differs(bootId, processes.bootId()) || !processes.alive(pid) || differs(startTime, processes.startOf(pid));
}
