import type { EventRing } from '@clarity-runtime/core/audit-chain';
import type { AuditVerdict, AuditVerification } from '@clarity-runtime/core/ports';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import type { Compactor } from './compactor.ts';
import { verifyFiles } from './file-verifier.ts';

export interface LiveFiles {
  readonly folder: string;
  readonly files: FileOperations;
  readonly ring: EventRing;
  readonly folding: Compactor;
}

const MAX_TRIES = 5;

/**
 * Verifies the files that a running store writes: a folding in between begins the reading again. What the store knows to
 * be written must stand in them, so that here a tail that was cut off is found too.
 */
export async function verifyLive(live: LiveFiles, { expect }: AuditVerification): Promise<AuditVerdict> {
  const { folder, files, ring, folding } = live;
  for (let tries = 1; ; tries += 1) {
    await folding.rest();
    const { steps } = folding;
    const { head } = ring;
    const isLast = (): boolean => tries === MAX_TRIES || folding.steps === steps;
    try {
      const check = await verifyFiles(folder, files);
      const verdict = check.end(expect);
      if (verdict.fault === undefined && check.has(head.hash)) return verdict;
      if (isLast()) return { fault: cutOff(verdict.to, head.seq), ...verdict };
    } catch (error) {
      if (isLast()) throw error;
    }
  }
}

/** Verifies the files of a store that nobody writes now. */
export async function verifyTelemetry({
  folder,
  expect,
}: AuditVerification & { folder: string }): Promise<AuditVerdict> {
  return (await verifyFiles(folder, nodeFiles)).end(expect);
}

const cutOff = (last: number, known: number): NonNullable<AuditVerdict['fault']> => ({
  seq: last + 1,
  reason: `the end is not there: the records from ${String(last + 1)} to ${String(known)} were written`,
});
