import { startTimeOf, type ChildRecord } from './child-record.ts';
import { signalGroup } from './process-group.ts';

/** Result of `sweepLeftovers`. */
export interface Swept {
  readonly ended: readonly ChildRecord[];
  /** Records of ended processes, also if another process has the id now. */
  readonly gone: readonly ChildRecord[];
}

/**
 * Ends the process groups that an earlier boot left. A group is ended only if a process with the recorded id runs and has the
 * recorded start time.
 */
export async function sweepLeftovers(records: readonly ChildRecord[]): Promise<Swept> {
  const ended: ChildRecord[] = [];
  const gone: ChildRecord[] = [];
  for (const record of records) {
    const isOurs = record.startedAt !== '' && (await startTimeOf(record.pid)) === record.startedAt;
    (isOurs && signalGroup(record.pid, 'SIGKILL') ? ended : gone).push(record);
  }
  return { ended, gone };
}
