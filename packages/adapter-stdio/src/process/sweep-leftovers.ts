import { startTimeOf, type ChildRecord } from './child-record.ts';
import { signalGroup } from './process-group.ts';

/** What became of the children of an earlier boot. */
export interface Swept {
  readonly ended: readonly ChildRecord[];
  /** No longer there, or another process has the number now. */
  readonly gone: readonly ChildRecord[];
}

/**
 * Ends the process groups that an earlier boot left. A group is ended only by proof: a process with the number is there and
 * was started when the record says.
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
