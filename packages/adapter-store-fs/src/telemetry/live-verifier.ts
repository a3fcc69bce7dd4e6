import type { ChainVerifier, EventRing } from '@clarity-runtime/core/audit-chain';
import type { AuditHead, AuditVerdict, AuditVerification } from '@clarity-runtime/core/ports';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import type { Compactor } from './compactor.ts';
import { verifyFiles } from './file-verifier.ts';

/** The open store whose files are verified. */
export interface LiveFiles {
  readonly folder: string;
  readonly files: FileOperations;
  readonly ring: EventRing;
  readonly compactor: Compactor;
  /** Returns a link that the files must have. */
  readonly knownHead: () => AuditHead | undefined;
}

const MAX_ATTEMPT_COUNT = 5;

/**
 * Verifies the files of an open store. Reads again, at most 5 times, if a compaction changed the files meanwhile. Also
 * detects a truncated end: the files must contain the last link that the store has written.
 */
export async function verifyLive(live: LiveFiles, { expect }: AuditVerification): Promise<AuditVerdict> {
  const known = live.knownHead();
  const { folder, files, ring, compactor } = live;
  for (let attempt = 1; ; attempt += 1) {
    await compactor.settled();
    const { stepCount } = compactor;
    const { head } = ring;
    const isLast = (): boolean => attempt === MAX_ATTEMPT_COUNT || compactor.stepCount === stepCount;
    try {
      const check = await verifyFiles(folder, files);
      const verdict = verdictOf(check, { expect, known });
      if (verdict.fault === undefined && check.has(head.hash)) return verdict;
      if (isLast()) return { fault: cutOff(verdict.to, head.seq), ...verdict };
    } catch (error) {
      if (isLast()) throw error;
    }
  }
}

/** Options of `verifyTelemetry`. */
export interface VerifyTelemetryOptions extends AuditVerification {
  readonly folder: string;
  /** A link that the files must have: the one that the record outside of the workspace has. */
  readonly known?: AuditHead | undefined;
}

/**
 * Verifies the telemetry files of a folder that no process writes to. `expect` is a link that the chain must contain.
 * @throws StoreError when the folder or a file cannot be read.
 */
export async function verifyTelemetry({ folder, expect, known }: VerifyTelemetryOptions): Promise<AuditVerdict> {
  return verdictOf(await verifyFiles(folder, nodeFiles), { expect, known });
}

interface Required {
  readonly expect: string | undefined;
  readonly known: AuditHead | undefined;
}

/** A chain without the known link was cut before it, or is another one. */
function verdictOf(check: ChainVerifier, { expect, known }: Required): AuditVerdict {
  const verdict = check.end(expect);
  if (verdict.fault !== undefined || known === undefined || check.has(known.hash)) return verdict;
  if (verdict.to < known.seq) return { ...verdict, fault: cutOff(verdict.to, known.seq) };
  const reason = `record ${String(known.seq)} or one before it is not what was written: its link differs from the recorded one`;
  return { ...verdict, fault: { seq: known.seq, reason } };
}

const cutOff = (last: number, known: number): NonNullable<AuditVerdict['fault']> => ({
  seq: last + 1,
  reason: `the end is missing: records ${String(last + 1)} to ${String(known)} were written`,
});
