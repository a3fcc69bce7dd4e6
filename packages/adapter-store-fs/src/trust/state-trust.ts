import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustProblem, TrustState } from '@clarity-runtime/core';
import type { AuditHead, WorkspaceTrust } from '@clarity-runtime/core/ports';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { SeenState, type WatchedAudit } from './seen-state.ts';
import { StateMarks, type ParsedStateFile } from './state-marks.ts';
import type { TrustFolders } from './trust-folders.ts';
import { openUserKey, type UserKey } from './user-key.ts';
import { WorkspaceRecords, type WorkspaceRecord } from './workspace-record.ts';

/** Options of `openStateTrust`. */
export interface StateTrustOptions {
  /** Root folder of the workspace. */
  readonly root: string;
  /** Folder of the state files. */
  readonly folder: string;
  readonly files: FileOperations;
  readonly folders: TrustFolders;
  readonly keyFile?: string | undefined;
  /** Id in the workspace; undefined for a workspace that this process creates. */
  readonly workspaceId: string | undefined;
  /** Returns a new id. */
  readonly newId: () => string;
  /** Returns the id in another folder. */
  readonly idIn: (root: string) => Promise<string | undefined>;
  /** The workspace had no state before this process. */
  readonly isNew: boolean;
}

/** Dependencies of `StateTrust`. */
interface StateTrustDependencies {
  /** Real path of the workspace. */
  readonly root: string;
  readonly workspaceId: string;
  readonly key: UserKey;
  readonly files: FileOperations;
  readonly folder: string;
  readonly records: WorkspaceRecords;
  readonly record: WorkspaceRecord | undefined;
  readonly problems: readonly TrustProblem[];
}

/** Files whose loss or damage does not change what runs. */
const HARMLESS: ReadonlySet<string> = new Set(['session.key', 'children.json']);

/** The trust of one workspace: the user key, the marks of its files and its record. */
export class StateTrust implements WorkspaceTrust {
  readonly root: string;
  readonly workspaceId: string;
  readonly key: UserKey;
  readonly marks: StateMarks;
  readonly #files: FileOperations;
  readonly #folder: string;
  readonly #seen: SeenState;
  /** Labels with a counter when the workspace was opened. */
  readonly #expected: readonly string[];
  /** The record of an earlier start is of this folder and trusts it. */
  readonly #isKnown: boolean;
  #problems: readonly TrustProblem[];
  #isMarking: boolean;
  #isDecided = false;
  readonly #grantWork: (() => Promise<void>)[] = [];

  constructor(options: StateTrustDependencies) {
    const { root, workspaceId, key, files, folder, records, record, problems } = options;
    this.root = root;
    this.workspaceId = workspaceId;
    this.key = key;
    this.#files = files;
    this.#folder = folder;
    this.#isKnown = record?.trusted === true && record.path === root;
    this.#expected = Object.keys(record?.counters ?? {});
    this.#problems = problems;
    this.#isMarking = problems.length === 0;
    this.marks = new StateMarks({
      seal: key.seal(workspaceId),
      seen: new Map(Object.entries(record?.counters ?? {})),
      isTrusted: () => this.#isMarking && key.ephemeral === undefined,
      onSaved: () => this.#save(this.#problems.length === 0),
    });
    const uid = process.geteuid?.();
    this.#seen = new SeenState({
      records,
      base: { workspaceId, path: root, ...(uid === undefined ? {} : { uid }) },
      record,
      counters: () => this.marks.counters,
    });
  }

  /** Reason why a decision is lost when this process ends; undefined if it is stored. */
  get unkept(): string | undefined {
    return this.key.ephemeral ?? this.#seen.failure;
  }

  get state(): TrustState {
    return this.#problems.length === 0 ? { trusted: true } : { trusted: false, problems: this.#problems };
  }

  /** Returns whether the mark of a file was valid when it was read. */
  isValid(label: string): boolean {
    return this.marks.verdicts.get(label)?.kind === 'valid';
  }

  /** Stops marking as soon as one file is not valid, so that a rewrite never gives it a mark. */
  judge(label: string, file: Uint8Array | ParsedStateFile): void {
    const { kind } = this.marks.judge(label, file);
    if (kind !== 'valid' && !HARMLESS.has(label)) this.#isMarking = false;
  }

  /** Notes a file whose records no key of this user made. */
  distrust(label: string): void {
    this.#isMarking = false;
    this.#problems = [...this.#problems, { file: shown(label), reason: 'unsigned' }];
  }

  /** The newest link of the audit chain that the record outside of the workspace has. */
  get knownHead(): AuditHead | undefined {
    return this.#seen.knownHead;
  }

  /** Notes that the files have this number of changes of a kind. */
  note(kind: string, changes: number): void {
    this.#seen.note(kind, changes);
    this.recordSoon();
  }

  recordSoon(): void {
    if (this.#isDecided && this.#problems.length === 0) void this.#save(true);
  }

  /** Writes the record of a new workspace before its files. */
  begin(): Promise<void> {
    return this.#save(true);
  }

  watch(audit: WatchedAudit): void {
    this.#seen.watch(audit);
  }

  /** Decides after all files were read. A difference stays until the operator decides, also if a later start does not find it. */
  async decide(): Promise<void> {
    const older = this.#seen.differences(() => shown('state.wal.jsonl'), shown('telemetry.json'));
    this.#problems = [...this.#problems, ...this.#differences(), ...older];
    this.#isMarking = this.#problems.length === 0;
    this.#isDecided = true;
    if (this.#isMarking || this.#isKnown) await this.#save(this.#isMarking);
  }

  /** Adds work that a decision to trust begins with: it marks what is not a state file. */
  onGrant(work: () => Promise<void>): void {
    this.#grantWork.push(work);
  }

  async grant(): Promise<void> {
    this.#isMarking = true;
    try {
      for (const work of this.#grantWork) await work();
      for (const label of [...this.marks.labels]) await this.#remark(label);
      await this.#save(true);
    } catch (error) {
      this.#isMarking = this.#problems.length === 0;
      throw storeFailure(error, this.#folder);
    }
    this.#problems = [];
  }

  async revoke(): Promise<void> {
    this.#problems = [{ file: '.clarity', reason: 'revoked' }];
    this.#isMarking = false;
    await this.#save(false);
  }

  /** Records the end of the audit chain. */
  async close(): Promise<void> {
    if (this.#isDecided && this.#problems.length === 0) await this.#save(true);
    this.#isDecided = false;
  }

  #differences(): readonly TrustProblem[] {
    const problems: TrustProblem[] = [];
    for (const [label, verdict] of this.marks.verdicts) {
      if (verdict.kind === 'valid' || HARMLESS.has(label)) continue;
      problems.push(
        verdict.kind === 'unsigned'
          ? { file: shown(label), reason: 'unsigned' }
          : { file: shown(label), reason: 'rolled_back', expected: verdict.expected, found: verdict.counter },
      );
    }
    for (const label of this.#expected) {
      if (this.marks.verdicts.has(label) || HARMLESS.has(label)) continue;
      problems.push({ file: shown(label), reason: 'missing' });
    }
    return problems;
  }

  /** Marks the content that was read; a file that changed since then is detected as damaged at the next start. */
  #remark(label: string): Promise<void> {
    const path = join(this.#folder, label);
    return this.marks.remark(
      label,
      () =>
        this.#files.read(path).catch((error: unknown) => {
          if (codeOf(error) === 'ENOENT') return undefined;
          throw error;
        }),
      (bytes) => writeAtomically(this.#files, { path, bytes }),
    );
  }

  /** A record that is behind its files is valid, so a failure is only kept. */
  #save(trusted: boolean): Promise<void> {
    return this.key.ephemeral === undefined ? this.#seen.save(trusted) : Promise.resolve();
  }
}

const shown = (label: string): string => `.clarity/runtime/${label}`;

/**
 * Opens the trust of a workspace before its files are read. `decide` completes it.
 * @throws StoreError when the key or the record of this user cannot be used.
 */
export async function openStateTrust(options: StateTrustOptions): Promise<StateTrust> {
  const { folder, files, folders, keyFile, workspaceId: stored, newId, idIn, isNew } = options;
  const root = await realpath(options.root);
  const key = await openUserKey({ folder: folders.key, keyFile });
  const records = new WorkspaceRecords(folders.state);
  const found = stored === undefined || key.ephemeral !== undefined ? undefined : await records.find(stored);
  const isHere = found?.path === root;
  // A copy beside the original gets an id of its own, so that both can be trusted.
  const isCopy = found !== undefined && !isHere && (await idIn(found.path)) === stored;
  const workspaceId = stored === undefined || isCopy ? newId() : stored;
  const problems = isNew ? [] : problemsOf(found, isHere);
  const record = isCopy ? undefined : found;
  const trust = new StateTrust({ root, workspaceId, key, files, folder, records, record, problems });
  // The record comes first: a workspace with files and without a record is not trusted.
  if (isNew) await trust.begin();
  return trust;
}

function problemsOf(record: WorkspaceRecord | undefined, isHere: boolean): readonly TrustProblem[] {
  if (record === undefined) return [{ file: '.clarity', reason: 'unknown' }];
  const me = process.geteuid?.();
  if (record.uid !== undefined && me !== undefined && record.uid !== me)
    return [{ file: '.clarity', reason: 'unknown' }];
  if (!isHere) return [{ file: '.clarity', reason: 'moved' }];
  return record.trusted ? [] : [{ file: '.clarity', reason: 'revoked' }];
}
