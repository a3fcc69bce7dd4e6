import { join } from 'node:path';
import { isStoreError, StoreError, type AuditEventDraft } from '@clarity-runtime/core';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { APPROVAL_FORMAT } from './approval-file.ts';
import { readCheckpoint, type CheckpointFormat } from './checkpoint-file.ts';
import { applyEntry, kindStateOf, type KindState } from './kind-state.ts';
import { LOGIN_FORMAT } from './login-file.ts';
import { POLICY_FORMAT } from './policy-file.ts';
import { PROFILE_FORMAT } from './profile-file.ts';
import { REGISTRY_FORMAT } from './registry-file.ts';
import type { RegistryState } from './registry-state.ts';
import { TOKEN_FORMAT } from './token-file.ts';
import { decodeState, STATE_KINDS, StateChain, type StateKind } from './state-record.ts';
import { sealOf, STATE_FILES, StateStore, type FsRegistryOptions, type StateOptions } from './state-store.ts';

/**
 * Opens services, policies, access tokens, profiles, approvals and logins of a folder: reads the checkpoints and applies the records of the journal that they do not have.
 * `edited` replaces the content of `registry.json`.
 * @throws StoreError `corrupt` when acknowledged changes are missing, `invalid` when a later version wrote a file;
 * `forbidden`, `exhausted` or `unavailable` when the files cannot be used.
 */
export async function openState(given: FsRegistryOptions, edited?: RegistryState): Promise<StateStore> {
  const options = { files: nodeFiles, now: () => new Date(), ...given };
  const { folder, files, onRecovered, onUnsupported } = options;
  try {
    await files.mkdir(folder);
    await files.restrict(folder, 0o700);
  } catch (error) {
    throw storeFailure(error, folder);
  }
  const open = async (format: CheckpointFormat<never>): Promise<KindState> => {
    const { state, needsWrite, recovered } = await readCheckpoint(format, options);
    if (recovered !== undefined) onRecovered?.(recovered);
    if (state.unsupported.length > 0) onUnsupported?.({ file: format.name, count: state.unsupported.length });
    return kindStateOf(format, state, needsWrite);
  };
  const kinds = {
    services:
      edited === undefined
        ? await open(REGISTRY_FORMAT as CheckpointFormat<never>)
        : kindStateOf(REGISTRY_FORMAT as CheckpointFormat<never>, edited, true),
    policies: await open(POLICY_FORMAT as CheckpointFormat<never>),
    tokens: await open(TOKEN_FORMAT as CheckpointFormat<never>),
    profiles: await open(PROFILE_FORMAT as CheckpointFormat<never>),
    approvals: await open(APPROVAL_FORMAT as CheckpointFormat<never>),
    logins: await open(LOGIN_FORMAT as CheckpointFormat<never>),
  };
  const events = await replay(options, kinds);
  for (const kind of STATE_KINDS) options.trust?.note(kind, kinds[kind].changes);
  const store = new StateStore(options, kinds, events);
  const isClean = events.size === 0 && STATE_KINDS.every((kind) => !kinds[kind].isDirty);
  // A full disk does not prevent the start: the next change folds first.
  if (!isClean) await store.fold().catch(() => undefined);
  return store;
}

const NEWLINE = 0x0a;

/** Applies the journal to the checkpoints. Returns its events. */
async function replay(
  { folder, files, trust }: StateOptions,
  kinds: Readonly<Record<StateKind, KindState>>,
): Promise<Map<string, AuditEventDraft>> {
  const events = new Map<string, AuditEventDraft>();
  const copies = await Promise.all(STATE_FILES.map((name) => readIfExists(files, join(folder, name))));
  const read = decodeState(new StateChain(sealOf(trust)), copies);
  if (read === undefined) {
    // A copy without a complete line was never used: everything before it is in the checkpoints.
    if (copies.every((copy) => copy?.includes(NEWLINE) !== true)) return events;
    throw new StoreError('corrupt', `${join(folder, STATE_FILES[0])}: both copies are damaged`);
  }
  if (!read.isSealed && read.records.length > 0) trust?.distrust(STATE_FILES[0]);
  for (const kind of STATE_KINDS) {
    if ((read.header[kind] ?? 0) > kinds[kind].changes) {
      const path = join(folder, kinds[kind].format.name);
      throw new StoreError('corrupt', `${path}: it is older than the state journal, so changes are missing`);
    }
  }
  const numbers = new Map(STATE_KINDS.map((kind) => [kind, read.header[kind] ?? 0]));
  for (const record of read.records) {
    if (record.event !== undefined) events.set(record.op, record.event);
    if (!('kind' in record)) continue;
    const number = (numbers.get(record.kind) ?? 0) + 1;
    numbers.set(record.kind, number);
    if (number > kinds[record.kind].changes) applyEntry(kinds[record.kind], record);
  }
  if (read.records.length > 0)
    for (const state of Object.values(kinds)) state.isDirty ||= state.changes > state.base.changes;
  return events;
}

async function readIfExists(files: FileOperations, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw isStoreError(error) ? error : storeFailure(error, path);
  }
}
