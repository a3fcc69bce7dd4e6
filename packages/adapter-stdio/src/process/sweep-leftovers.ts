import { startTimeOf, type ChildRecord } from './child-record.ts';
import { endMarked } from './child-marks.ts';
import { signalGroup } from './process-group.ts';

/** Result of `sweepLeftovers`. */
export interface Swept {
  readonly ended: readonly ChildRecord[];
  /** Records of ended processes, also if another process has the id now. */
  readonly gone: readonly ChildRecord[];
}

/**
 * Ends the process groups that an earlier boot left. A group is ended only if a process with the recorded id runs and has the
 * recorded start time. Processes that left the group are found by the mark in their environment.
 */
export async function sweepLeftovers(records: readonly ChildRecord[]): Promise<Swept> {
  const ended: ChildRecord[] = [];
  const gone: ChildRecord[] = [];
  for (const record of records) {
    const isOurs = record.startedAt !== '' && (await startTimeOf(record.pid)) === record.startedAt;
    (isOurs && signalGroup(record.pid, 'SIGKILL') ? ended : gone).push(record);
  }
  const boots = new Set(records.flatMap(({ bootId }) => (bootId === undefined ? [] : [bootId])));
  if (boots.size > 0) await endMarked(({ bootId }) => boots.has(bootId));
  return { ended, gone };
}
