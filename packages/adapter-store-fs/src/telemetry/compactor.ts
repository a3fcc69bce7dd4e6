import { join } from 'node:path';
import type { Clock } from '@clarity-runtime/core/ports';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { isoTime } from '../files/iso-time.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import { CHECKPOINT, type Damage } from './recovery.ts';
import type { TelemetryState } from './telemetry-state.ts';
import { segmentNumber } from './wal-format.ts';
import type { Wal } from './wal.ts';

/** A store at rest is folded after this long. */
const IDLE_MS = 1_000;
/** Large checkpoints are written at rest less often: this many bytes a millisecond, on average. */
const BYTES_PER_MS = 64;

export interface CompactorDependencies {
  readonly folder: string;
  readonly files: FileOperations;
  readonly state: TelemetryState;
  readonly wal: Wal;
  readonly clock: Clock;
  /** Finished segments before this one are in the checkpoint. */
  readonly firstNeeded: number;
}

/**
 * Folds the journal into `telemetry.json`. The segments since the checkpoint before stay beside it, so that the copy of
 * that one, with them, tells as much as the newest.
 */
export class Compactor {
  readonly #parts: CompactorDependencies;
  readonly #ended = new AbortController();
  #firstNeeded: number;
  #folding: Promise<void> | undefined;
  #lastWrite = 0;
  #restUntil = 0;
  #watching = false;
  #dirty = false;
  #steps = 0;

  constructor(parts: CompactorDependencies) {
    this.#parts = parts;
    this.#firstNeeded = parts.firstNeeded;
  }

  /** Another number after every beginning and every end of a folding: in between the files were left alone. */
  get steps(): number {
    return this.#steps;
  }

  /** Resolves when nothing is being folded. */
  async rest(): Promise<void> {
    await this.#folding?.catch(() => undefined);
  }

  /** Something was written: it is folded when nothing more comes for a second. */
  touch(): void {
    this.#dirty = true;
    this.#lastWrite = this.#parts.clock.monotonic();
    if (!this.#watching) void this.#watch();
  }

  /** Writes the checkpoint; one at a time. */
  compact(): Promise<void> {
    return (this.#folding ??= this.#fold().finally(() => {
      this.#steps += 1;
      this.#folding = undefined;
    }));
  }

  /** Keeps the damaged bytes under another name, writes what is good, and forgets the segments that were damaged. */
  async foldDamaged(damages: readonly Damage[]): Promise<readonly string[]> {
    const { folder, files, clock } = this.#parts;
    const kept: string[] = [];
    for (const { name, rest } of damages) {
      const aside = `${name}.damaged-${String(Date.parse(isoTime(clock.wall())))}`;
      if (rest === 'all') await files.rename(join(folder, name), join(folder, aside));
      else await writeAtomically(files, { path: join(folder, aside), bytes: rest });
      kept.push(aside);
    }
    await this.compact();
    if (damages.length > 0) await this.#forget(this.#firstNeeded);
    return kept;
  }

  /** Folds what is not folded yet; afterwards nothing is folded any more. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.rest();
    if (this.#dirty) await this.compact();
  }

  async #fold(): Promise<void> {
    const { folder, files, state, wal, clock } = this.#parts;
    this.#steps += 1;
    const finished = await wal.rotate();
    this.#dirty = false;
    let bytes = 0;
    const counted = function* (pieces: Iterable<Uint8Array>): Generator<Uint8Array, void> {
      for (const piece of pieces) {
        bytes += piece.length;
        yield piece;
      }
    };
    const pieces = counted(encodeCheckpoint(state.image, isoTime(clock.wall())));
    try {
      await writeAtomically(files, { path: join(folder, CHECKPOINT), bytes: pieces, keepPrevious: true });
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
    this.#restUntil = clock.monotonic() + bytes / BYTES_PER_MS;
    await this.#forget(this.#firstNeeded);
    this.#firstNeeded = finished;
  }

  /** A segment that cannot be removed is removed the next time. */
  async #forget(before: number): Promise<void> {
    const { folder, files } = this.#parts;
    const names = await files.list(folder).catch(() => []);
    const old = names.filter((name) => (segmentNumber(name) ?? before) < before);
    await Promise.all(old.map((name) => files.remove(join(folder, name)).catch(() => undefined)));
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    const { clock } = this.#parts;
    const wait = (): number => Math.max(this.#lastWrite + IDLE_MS, this.#restUntil) - clock.monotonic();
    for (let left = wait(); left > 0 && !this.#ended.signal.aborted; left = wait()) {
      await clock.after(left, this.#ended.signal);
    }
    this.#watching = false;
    if (this.#dirty && !this.#ended.signal.aborted) await this.compact().catch(() => undefined);
  }
}
