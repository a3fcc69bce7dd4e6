import { join } from 'node:path';
import type { StoreError } from '@clarity-runtime/core';
import type { Clock } from '@clarity-runtime/core/ports';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { isoTime } from '../files/iso-time.ts';
import { RetrySchedule } from '../files/retry-schedule.ts';
import { storeFailure } from '../files/store-failure.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import { CHECKPOINT, type Damage } from './recovery.ts';
import type { TelemetryState } from './telemetry-state.ts';
import { segmentNumber } from './wal-format.ts';
import type { Wal } from './wal.ts';

/** Time without writes after which the journal is compacted. */
const IDLE_MS = 1_000;
/** Average rate of idle compaction in bytes per millisecond: after a large checkpoint the pause is longer. */
const IDLE_BYTES_PER_MS = 64;

/** Dependencies of `Compactor`. */
export interface CompactorDependencies {
  readonly folder: string;
  readonly files: FileOperations;
  readonly state: TelemetryState;
  readonly wal: Wal;
  readonly clock: Clock;
  /** Number of the first finished segment that the checkpoint does not contain. */
  readonly firstNeeded: number;
  /** Called after a checkpoint is on disk. */
  readonly onCheckpoint?: (() => void) | undefined;
}

interface NamedDamage extends Damage {
  /** Name of the file with the damaged bytes. */
  readonly aside: string;
}

const asideOf = ({ name }: Damage, time: string): string => `${name}.damaged-${time}`;

/**
 * Compacts the journal into `telemetry.json`. Keeps the segments since the previous checkpoint: with them,
 * `telemetry.json.bak` has the same records as `telemetry.json`.
 */
export class Compactor {
  readonly #dependencies: CompactorDependencies;
  readonly #closing = new AbortController();
  #firstNeeded: number;
  #compaction: Promise<void> | undefined;
  #lastWriteMs = 0;
  #pausedUntilMs = 0;
  #isWaiting = false;
  #isRetrying = false;
  #hasChanges = false;
  #failure: StoreError | undefined;
  readonly #schedule = new RetrySchedule();
  /** Damage whose bytes are not set aside yet; `undefined` when the damaged segments are removed. */
  #damages: readonly NamedDamage[] | undefined;
  #stepCount = 0;

  constructor(dependencies: CompactorDependencies) {
    this.#dependencies = dependencies;
    this.#firstNeeded = dependencies.firstNeeded;
  }

  /** Number of started and ended compactions. The files are unchanged between two reads of the same value. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /** Error of the last compaction; undefined when it succeeded. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Resolves when no compaction is running. */
  async settled(): Promise<void> {
    await this.#compaction?.catch(() => undefined);
  }

  /** Schedules a compaction after 1 s without writes. */
  onWrite(): void {
    this.#hasChanges = true;
    this.#lastWriteMs = this.#dependencies.clock.monotonic();
    if (!this.#isWaiting) void this.#compactWhenIdle();
  }

  /** Writes a checkpoint, unless the last attempt failed: then the next one follows the schedule. */
  compactSoon(): void {
    if (!this.#schedule.isFailing) void this.compact().catch(() => undefined);
  }

  /** Writes a checkpoint. A call during a compaction joins it. @throws StoreError */
  compact(): Promise<void> {
    return (this.#compaction ??= this.#attempt().finally(() => {
      this.#stepCount += 1;
      this.#compaction = undefined;
    }));
  }

  /**
   * Moves damaged bytes to `<name>.damaged-<time>`, writes a checkpoint of the valid records and removes the damaged
   * segments. Returns the names of the moved files. A later compaction repeats the steps that failed.
   */
  async compactDamaged(damages: readonly Damage[]): Promise<readonly string[]> {
    const time = String(Date.parse(isoTime(this.#dependencies.clock.wall())));
    if (damages.length > 0) this.#damages = damages.map((damage) => ({ ...damage, aside: asideOf(damage, time) }));
    await this.compact();
    return damages.map((damage) => asideOf(damage, time));
  }

  /** Stops idle compaction and writes a last checkpoint if records are not in one. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
    if (this.#hasChanges || this.#damages !== undefined) await this.compact();
  }

  async #attempt(): Promise<void> {
    try {
      await this.#setAside();
      await this.#writeCheckpoint();
      if (this.#damages !== undefined) await this.#removeSegments(this.#firstNeeded);
      this.#damages = undefined;
      this.#failure = undefined;
      this.#schedule.succeeded();
      this.#dependencies.onCheckpoint?.();
    } catch (error) {
      this.#failure = storeFailure(error, CHECKPOINT);
      this.#schedule.failed(error, this.#dependencies.clock.monotonic());
      if (!this.#isRetrying) void this.#retry();
      throw this.#failure;
    }
  }

  /** Repeats a failed compaction by the schedule until one succeeds or the compactor is closed. */
  async #retry(): Promise<void> {
    this.#isRetrying = true;
    const { signal } = this.#closing;
    const isOver = (): boolean => !this.#schedule.isFailing || signal.aborted;
    while (!isOver()) {
      await this.#dependencies.clock.after(this.#schedule.delayMs, signal);
      if (!isOver()) await this.compact().catch(() => undefined);
    }
    this.#isRetrying = false;
  }

  async #setAside(): Promise<void> {
    const { folder, files } = this.#dependencies;
    for (const { name, aside, damagedBytes } of this.#damages ?? []) {
      if (damagedBytes === 'all') await files.rename(join(folder, name), join(folder, aside));
      else await writeAtomically(files, { path: join(folder, aside), bytes: damagedBytes });
      this.#damages = this.#damages?.filter((damage) => damage.aside !== aside);
    }
  }

  async #writeCheckpoint(): Promise<void> {
    const { folder, files, state, wal, clock } = this.#dependencies;
    this.#stepCount += 1;
    const finished = await wal.rotate();
    this.#hasChanges = false;
    let bytes = 0;
    const counted = function* (chunks: Iterable<Uint8Array>): Generator<Uint8Array, void> {
      for (const chunk of chunks) {
        bytes += chunk.length;
        yield chunk;
      }
    };
    const chunks = counted(encodeCheckpoint(state.image, isoTime(clock.wall())));
    try {
      await writeAtomically(files, { path: join(folder, CHECKPOINT), bytes: chunks, keepPrevious: true });
    } catch (error) {
      this.#hasChanges = true;
      throw error;
    }
    this.#pausedUntilMs = clock.monotonic() + bytes / IDLE_BYTES_PER_MS;
    await this.#removeSegments(this.#firstNeeded);
    this.#firstNeeded = finished;
  }

  /** Removes the segments before a number. A failed removal is repeated after the next compaction. */
  async #removeSegments(before: number): Promise<void> {
    const { folder, files } = this.#dependencies;
    const names = await files.list(folder).catch(() => []);
    const old = names.filter((name) => (segmentNumber(name) ?? before) < before);
    await Promise.all(old.map((name) => files.remove(join(folder, name)).catch(() => undefined)));
  }

  async #compactWhenIdle(): Promise<void> {
    this.#isWaiting = true;
    const { clock } = this.#dependencies;
    const wait = (): number => Math.max(this.#lastWriteMs + IDLE_MS, this.#pausedUntilMs) - clock.monotonic();
    for (let left = wait(); left > 0 && !this.#closing.signal.aborted; left = wait()) {
      await clock.after(left, this.#closing.signal);
    }
    this.#isWaiting = false;
    if (this.#hasChanges && !this.#closing.signal.aborted) this.compactSoon();
  }
}
