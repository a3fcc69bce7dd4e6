import type { TrustProblem } from '@clarity-runtime/core';
import type { AuditHead } from '@clarity-runtime/core/ports';
import type { WorkspaceRecord, WorkspaceRecords } from './workspace-record.ts';

/** The audit chain of a workspace. */
export interface WatchedAudit {
  /** Number of the newest event. */
  readonly lastSeq: number;
  /** Returns the newest link after it is on disk; undefined while the journal cannot be synced. */
  durableHead(): Promise<AuditHead | undefined>;
  /** Returns whether the chain has a link with this hash. */
  hasLink(hash: string): boolean;
  /** Replaces the links that retention keeps. */
  keepLinks(hashes: readonly string[]): void;
}

/** Members of a record that do not change while a workspace is open. */
export type RecordBase = Pick<WorkspaceRecord, 'workspaceId' | 'path' | 'uid'>;

/** Links of failed writes that are kept. */
const MAX_PIN_COUNT = 64;

/** Dependencies of `SeenState`. */
export interface SeenStateDependencies {
  readonly records: WorkspaceRecords;
  readonly base: RecordBase;
  /** The record of an earlier start. */
  readonly record: WorkspaceRecord | undefined;
  /** The newest counters of marks by label. */
  readonly counters: () => ReadonlyMap<string, number>;
}

/**
 * The state of a workspace that this user has seen last: counters of its files, changes per kind, and the newest link of its audit
 * chain. Its record outside of the workspace is written after the files: it may be behind them, never ahead. Changes
 * during a write of the record are in the next one, so a burst costs two writes.
 */
export class SeenState {
  readonly #dependencies: SeenStateDependencies;
  readonly #changes = new Map<string, number>();
  #audit: WatchedAudit | undefined;
  /** Content of the record; that of the earlier start until the state is trusted. */
  #recorded: Pick<WorkspaceRecord, 'changes' | 'audit' | 'auditSeq'>;
  #isTrusted = false;
  /** The files were compared with the record of the earlier start, so it may be replaced. */
  #isCompared = false;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #failure: string | undefined;
  /** Hashes of links that the record may have. */
  #pins: readonly string[] = [];

  constructor(dependencies: SeenStateDependencies) {
    const { changes, audit, auditSeq } = dependencies.record ?? {};
    this.#dependencies = dependencies;
    this.#recorded = { changes, audit, auditSeq };
  }

  /** Reason why the last record is not on disk; undefined if it is. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The newest link that the record has. */
  get knownHead(): AuditHead | undefined {
    return this.#recorded.audit;
  }

  /** Notes the number of changes of a kind that are on disk. */
  note(kind: string, changes: number): void {
    this.#changes.set(kind, changes);
  }

  watch(audit: WatchedAudit): void {
    this.#audit = audit;
    this.#pin(this.#recorded.audit);
  }

  /** Returns what is older than the record; later records have what the files have now. `fileOf` returns the file of a kind. */
  differences(fileOf: (kind: string) => string, auditFile: string): readonly TrustProblem[] {
    const problems: TrustProblem[] = [];
    for (const [kind, expected] of Object.entries(this.#recorded.changes ?? {})) {
      const found = this.#changes.get(kind) ?? 0;
      if (found < expected) problems.push({ file: fileOf(kind), reason: 'rolled_back', expected, found });
    }
    const { audit: head, auditSeq: oldSeq = 0 } = this.#recorded;
    const expected = head?.seq ?? oldSeq;
    const found = this.#audit?.lastSeq ?? 0;
    if (found < expected) problems.push({ file: auditFile, reason: 'rolled_back', expected, found });
    else if (head !== undefined && this.#audit?.hasLink(head.hash) !== true)
      problems.push({ file: auditFile, reason: 'unsigned' });
    this.#isCompared = true;
    return problems;
  }

  /** Resolves when a record that was begun after the call is on disk, or its write failed. */
  save(trusted: boolean): Promise<void> {
    this.#isTrusted = trusted;
    return (this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      this.#running = this.#write();
      return this.#running;
    }));
  }

  async #write(): Promise<void> {
    const { records, base, counters } = this.#dependencies;
    const trusted = this.#isTrusted;
    const before = this.#recorded;
    // Read before the head is synced: what changes meanwhile is in the next record.
    const changes = { ...before.changes, ...Object.fromEntries(this.#changes) };
    const marks = Object.fromEntries(counters());
    const isAdopted = trusted && this.#isCompared;
    const audit = isAdopted ? await this.#audit?.durableHead().catch(() => undefined) : undefined;
    const seen = isAdopted ? { changes, audit: audit ?? before.audit } : before;
    try {
      this.#pin(seen.audit);
      await records.write({ version: 1, ...base, trusted, counters: marks, ...seen });
      this.#recorded = seen;
      this.#failure = undefined;
      this.#pins = [];
      this.#pin(seen.audit);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
  }

  /** Keeps a link that the record may have. After a failed write it has the one before or this one. */
  #pin(head: AuditHead | undefined): void {
    if (head === undefined) return;
    this.#pins = [...this.#pins, head.hash].slice(-MAX_PIN_COUNT);
    this.#audit?.keepLinks(this.#pins);
  }
}
