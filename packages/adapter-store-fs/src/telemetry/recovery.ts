import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { decodeEvent, type AuditLink } from '@clarity-runtime/core/audit-chain';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import { emptyImage, TelemetryState, type TelemetryImage } from './telemetry-state.ts';
import { readWalLines, segmentsOf, WAL, decodeLink, decodeRecord, type WalRecord } from './wal-format.ts';

export const CHECKPOINT = 'telemetry.json';

/** Options of `recoverTelemetry`. */
export interface RecoveryOptions {
  readonly folder: string;
  readonly files: FileOperations;
  /** Name of the store if no checkpoint with a name can be read. */
  readonly newStore: string;
  /** Maximum total length of the events in characters of JSON. */
  readonly maxEvents: number;
}

/** Damaged bytes of a file. `all` means that the whole file is renamed. */
export interface Damage {
  readonly name: string;
  readonly reason: string;
  readonly damagedBytes: Uint8Array | 'all';
}

/** Result of `recoverTelemetry`. */
export interface Recovery {
  readonly state: TelemetryState;
  readonly damages: readonly Damage[];
  /** Number of records that were read from the journal. */
  readonly replayed: number;
  /** Number of records that were written according to their numbers and are lost. */
  readonly missing: number;
  /** The files contain records or damage that the checkpoint does not cover. */
  readonly needsCompaction: boolean;
  readonly nextSegment: number;
  /** Number of the first finished segment that the checkpoint does not contain. */
  readonly firstNeeded: number;
  /** `telemetry.wal.jsonl` of an earlier process exists. */
  readonly hasLeftover: boolean;
}

/** Returns the state in the files of a folder without changing them. @throws StoreError when a file cannot be read. */
export async function recoverTelemetry(options: RecoveryOptions): Promise<Recovery> {
  const { folder, files, newStore, maxEvents } = options;
  const names = await files.list(folder).catch((error: unknown) => {
    throw storeFailure(error, folder);
  });
  const damages: Damage[] = [];
  const read = (name: string): Promise<Checkpoint | undefined> => readCheckpoint(options, name);
  const main = await read(CHECKPOINT);
  if (isStoreError(main)) damages.push({ name: CHECKPOINT, reason: main.message, damagedBytes: 'all' });
  const copy = main === undefined || isStoreError(main) ? await read(`${CHECKPOINT}.bak`) : undefined;
  const base = [main, copy].find((image) => image !== undefined && !isStoreError(image));
  const image = base === undefined || isStoreError(base) ? emptyImage(newStore) : base;
  const state = new TelemetryState(image, maxEvents);

  const segments = segmentsOf(names);
  const finished = segments.filter(({ number }) => number !== Infinity).map(({ number }) => number);
  const nextSegment = (finished.at(-1) ?? 0) + 1;
  const lost = { record: 0, seq: 0 };
  let [replayed, missing, firstNeeded] = [0, 0, nextSegment];
  for (const { name, number } of segments) {
    const found = readSegment(await readFile(options, name));
    for (const record of found.entries) {
      if ('hash' in record) {
        state.link(record);
        continue;
      }
      if (record.n <= state.lastRecord) continue;
      missing += record.n - state.lastRecord - 1;
      replayed += 1;
      firstNeeded = Math.min(firstNeeded, number);
      state.apply(record);
    }
    for (const record of found.afterDamage) {
      lost.record = Math.max(lost.record, record.n);
      lost.seq = Math.max(lost.seq, ...seqsOf(record));
    }
    if (found.rest.length > 0) damages.push({ name, reason: 'a line is damaged', damagedBytes: found.rest });
  }
  missing += Math.max(0, lost.record - state.lastRecord);
  state.skipTo(lost.record, lost.seq);
  state.close();
  const needsCompaction =
    replayed > 0 || damages.length > 0 || (base !== undefined && (base !== main || isLegacyCheckpoint(base)));
  const hasLeftover = names.includes(WAL);
  return { state, damages, replayed, missing, needsCompaction, nextSegment, firstNeeded, hasLeftover };
}

type Checkpoint = (TelemetryImage & { readonly isLegacy: boolean }) | StoreError;

const isLegacyCheckpoint = (checkpoint: Checkpoint): boolean => 'isLegacy' in checkpoint && checkpoint.isLegacy;

async function readCheckpoint(options: RecoveryOptions, name: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(options, name);
  if (bytes === undefined) return undefined;
  try {
    return decodeCheckpoint(bytes, options.newStore);
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}

/** Returns undefined only if the file does not exist. @throws StoreError when it exists but cannot be read. */
async function readFile({ folder, files }: RecoveryOptions, name: string): Promise<Uint8Array | undefined> {
  const path = join(folder, name);
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
}

interface SegmentContent {
  /** Records in order; a link follows the records that it covers. */
  readonly entries: readonly (WalRecord | AuditLink)[];
  readonly afterDamage: readonly WalRecord[];
  readonly rest: Uint8Array;
}

function readSegment(bytes: Uint8Array = new Uint8Array()): SegmentContent {
  const { good, goodBytes, afterDamage } = readWalLines(bytes);
  return {
    entries: good.map((json) => decodeLink(json) ?? decodeRecord(json)).filter((entry) => entry !== undefined),
    afterDamage: afterDamage.map(decodeRecord).filter((record) => record !== undefined),
    rest: bytes.subarray(goodBytes),
  };
}

const seqsOf = (record: WalRecord): readonly number[] =>
  'events' in record ? record.events.map((json) => decodeEvent(json).seq) : [];
