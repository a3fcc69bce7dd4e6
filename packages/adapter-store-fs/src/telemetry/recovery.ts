import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { decodeEvent, type AuditLink } from '@clarity-runtime/core/audit-chain';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { decodeCheckpoint } from './checkpoint.ts';
import { emptyImage, TelemetryState, type TelemetryImage } from './telemetry-state.ts';
import { readWalLines, segmentsOf, WAL, decodeLink, decodeRecord, type WalRecord } from './wal-format.ts';

export const CHECKPOINT = 'telemetry.json';

export interface RecoveryOptions {
  readonly folder: string;
  readonly files: FileOperations;
  /** The name of the store, if nothing of an older one can be read. */
  readonly newStore: string;
  readonly maxEvents: number;
}

/** Bytes of a file that cannot be believed; `rest` is the whole of it when it is to be put aside as it is. */
export interface Damage {
  readonly name: string;
  readonly reason: string;
  readonly rest: Uint8Array | 'all';
}

export interface Recovery {
  readonly state: TelemetryState;
  readonly damages: readonly Damage[];
  /** Records that were read from the journal. */
  readonly replayed: number;
  /** Records that were given a number and are not there. */
  readonly missing: number;
  /** The files hold what the checkpoint does not. */
  readonly unfolded: boolean;
  readonly nextSegment: number;
  /** Finished segments before this one are in the checkpoint. */
  readonly firstNeeded: number;
  /** A journal of an earlier process stands at the current name. */
  readonly leftover: boolean;
}

/** What the files of a folder say, read and not changed. Fails only when a file cannot be read. */
export async function recoverTelemetry(options: RecoveryOptions): Promise<Recovery> {
  const { folder, files, newStore, maxEvents } = options;
  const names = await files.list(folder).catch((error: unknown) => {
    throw storeFailure(error, folder);
  });
  const damages: Damage[] = [];
  const read = (name: string): Promise<Checkpoint | undefined> => readCheckpoint(options, name);
  const main = await read(CHECKPOINT);
  if (isStoreError(main)) damages.push({ name: CHECKPOINT, reason: main.message, rest: 'all' });
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
    for (const record of found.beyond) {
      lost.record = Math.max(lost.record, record.n);
      lost.seq = Math.max(lost.seq, ...seqsOf(record));
    }
    if (found.rest.length > 0) damages.push({ name, reason: 'a line is not what was written', rest: found.rest });
  }
  missing += Math.max(0, lost.record - state.lastRecord);
  state.skipTo(lost.record, lost.seq);
  state.close();
  const unfolded = replayed > 0 || damages.length > 0 || (base !== undefined && (base !== main || isAged(base)));
  const leftover = names.includes(WAL);
  return { state, damages, replayed, missing, unfolded, nextSegment, firstNeeded, leftover };
}

type Checkpoint = (TelemetryImage & { readonly aged: boolean }) | StoreError;

const isAged = (checkpoint: Checkpoint): boolean => 'aged' in checkpoint && checkpoint.aged;

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

/** `undefined` only when there is no such file. That it cannot be read is never taken for absence. */
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
  /** Records, and links behind those that they close. */
  readonly entries: readonly (WalRecord | AuditLink)[];
  readonly beyond: readonly WalRecord[];
  readonly rest: Uint8Array;
}

function readSegment(bytes: Uint8Array = new Uint8Array()): SegmentContent {
  const { good, goodBytes, beyond } = readWalLines(bytes);
  return {
    entries: good.map((json) => decodeLink(json) ?? decodeRecord(json)).filter((entry) => entry !== undefined),
    beyond: beyond.map(decodeRecord).filter((record) => record !== undefined),
    rest: bytes.subarray(goodBytes),
  };
}

const seqsOf = (record: WalRecord): readonly number[] =>
  'events' in record ? record.events.map((json) => decodeEvent(json).seq) : [];
