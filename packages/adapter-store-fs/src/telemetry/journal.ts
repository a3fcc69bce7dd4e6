import { StoreError, type AuditEvent, type Durability } from '@clarity-runtime/core';
import type { Clock } from '@clarity-runtime/core/ports';
import { isoTime } from '../files/iso-time.ts';
import { RetrySchedule } from '../files/retry-schedule.ts';
import { storeFailure } from '../files/store-failure.ts';
import { Backlog, RecordNumbers, type Draft } from './backlog.ts';
import { GroupCommit } from './group-commit.ts';
import type { TelemetryState } from './telemetry-state.ts';
import { flushLines } from './wal-format.ts';
import type { Wal } from './wal.ts';

/** `recorded` events are on disk within 50 ms: 40 ms delay, 10 ms for the sync. */
const SYNC_DELAY_MS = 40;

/**
 * Most turns of the event loop that a batch gathers drafts in. Each write passes through the thread pool, which took 8 % of the
 * CPU time of proxied calls with 16 connections; four turns make a third fewer writes of them.
 */
const MAX_GATHER_TURNS = 4;

/** Requirements of a write. */
export interface WriteOptions {
  readonly durability: Durability;
  /** A write that waits in memory while the journal does not accept lines. The others are rejected then. */
  readonly waits: boolean;
}

interface PendingWrite extends WriteOptions {
  readonly draft: Draft;
  readonly resolve: (events: readonly AuditEvent[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** Dependencies of `Journal`. */
export interface JournalDependencies {
  readonly state: TelemetryState;
  readonly wal: Wal;
  readonly clock: Clock;
  /** Prefix of every event id: `<instance>/<boot>`. */
  readonly origin: string;
  /** Called after every written batch. */
  readonly onWritten: () => void;
}

/**
 * Journal with group commit: the drafts of one turn of the event loop are one write, those of up to four turns after a
 * batch of several, and all `committed` drafts share the next sync. A link of the hash chain ends the events of a write. Memory changes after the write.
 * While the journal does not accept lines, drafts that wait are in the backlog, and the first write that succeeds begins
 * with them. A failed journal tries again by its `RetrySchedule` until it is closed.
 */
export class Journal {
  readonly #dependencies: JournalDependencies;
  readonly #groupCommit: GroupCommit;
  readonly #backlog: Backlog;
  readonly #schedule = new RetrySchedule();
  readonly #closing = new AbortController();
  #pending: PendingWrite[] = [];
  #draining: Promise<void> | undefined;
  #isProbeDue = false;
  #isRecovering = false;
  #failure: StoreError | undefined;
  #isSyncScheduled = false;
  #lastBatchCount = 1;

  constructor(dependencies: JournalDependencies) {
    const { state, wal, origin } = dependencies;
    this.#dependencies = dependencies;
    this.#backlog = new Backlog(state, origin);
    this.#groupCommit = new GroupCommit(() => wal.sync());
  }

  /** Error of the last write or sync; undefined when it succeeded. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Number of events and log entries that were never written since the start. */
  get unrecorded(): number {
    return this.#backlog.lostCount;
  }

  /**
   * Writes a draft and returns its events with their sequence numbers. `recorded` resolves after the write, `committed` after the
   * sync, and a draft that waits also when it is in the backlog. @throws StoreError when another draft cannot be written;
   * `indeterminate` when only the sync fails.
   */
  write(draft: Draft, options: WriteOptions): Promise<readonly AuditEvent[]> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ draft, ...options, resolve, reject });
      void this.#startDrain();
    });
  }

  /** Syncs all writes that precede the call. @throws StoreError `indeterminate` when the sync fails. */
  async sync(): Promise<void> {
    try {
      await this.#groupCommit.next();
      if (this.#schedule.isFailing) void this.#probe();
    } catch (error) {
      const failure = this.#failed(error, 'sync');
      const message = `the write may not be on disk: ${failure.message}`;
      throw new StoreError('indeterminate', message, { cause: error });
    }
  }

  /** Resolves when all pending drafts are written, or the last attempt has failed, and the sync has settled. */
  async settle(): Promise<void> {
    this.#closing.abort();
    while (this.#draining !== undefined) await this.#draining;
    if (this.#schedule.isFailing) await this.#probe();
    await this.sync().catch(() => undefined);
  }

  /** Resolves after one attempt to write. */
  #probe(): Promise<void> {
    this.#isProbeDue = true;
    return this.#startDrain();
  }

  #startDrain(): Promise<void> {
    return (this.#draining ??= this.#gather().then(() => this.#drain()));
  }

  /** A lone writer waits for one turn, so that its latency does not pay for batches that do not form. */
  async #gather(): Promise<void> {
    const turns = Math.min(Math.max(this.#lastBatchCount, 1), MAX_GATHER_TURNS);
    for (let turn = 0; turn < turns; turn += 1) await new Promise((next) => setImmediate(next));
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0 || this.#isProbeDue) {
      const batch = this.#pending.splice(0);
      this.#lastBatchCount = batch.reduce((sum, { draft }) => sum + ('drafts' in draft ? draft.drafts.length : 1), 0);
      const isProbe = this.#isProbeDue;
      this.#isProbeDue = false;
      if (isProbe || this.#mayWrite(batch)) await this.#writeBatch(batch);
      else this.#keep(batch);
    }
    this.#draining = undefined;
  }

  /** While the journal fails, only a draft that would be rejected causes an attempt between two probes. */
  #mayWrite(batch: readonly PendingWrite[]): boolean {
    if (!this.#schedule.isFailing) return true;
    return this.#schedule.allows(this.#dependencies.clock.monotonic()) && batch.some(({ waits }) => !waits);
  }

  async #writeBatch(batch: readonly PendingWrite[]): Promise<void> {
    const { state, wal, clock, origin, onWritten } = this.#dependencies;
    const isRecovery = this.#schedule.isFailing;
    const numbers = new RecordNumbers(state, origin);
    const drafts = [...this.#backlog.gapDraft(() => isoTime(clock.wall())), ...batch.map(({ draft }) => draft)];
    const records = drafts.map((draft) => numbers.record(draft));
    const all = isRecovery ? [...this.#backlog.waiting, ...records] : records;
    const { text, links } = flushLines(all, state.ring.head);
    try {
      // The unsynced lines first, so that they stay as many as they are while the disk fails.
      if (isRecovery) await (text === '' ? wal.probe() : wal.sync());
      if (text !== '') await wal.append(text);
    } catch (error) {
      this.#failed(error, 'telemetry');
      this.#keep(batch);
      return;
    }
    this.#backlog.clear();
    this.#schedule.succeeded();
    this.#failure = undefined;
    const written = records.map(({ record }) => state.apply(record));
    for (const link of links) state.link(link);
    this.#resolveBatch(batch, written.slice(written.length - batch.length));
    if (text !== '') onWritten();
  }

  #resolveBatch(batch: readonly PendingWrite[], written: readonly (readonly AuditEvent[])[]): void {
    let durable: Promise<void> | undefined;
    for (const [i, { durability, waits, resolve, reject }] of batch.entries()) {
      const settle = (): void => {
        resolve(written[i] ?? []);
      };
      if (durability === 'recorded') settle();
      else {
        durable ??= this.sync();
        durable.then(settle, waits ? settle : reject);
      }
    }
    if (durable === undefined) this.#scheduleSync();
  }

  #scheduleSync(): void {
    if (this.#isSyncScheduled) return;
    this.#isSyncScheduled = true;
    void this.#dependencies.clock.after(SYNC_DELAY_MS).then(async () => {
      this.#isSyncScheduled = false;
      await this.sync().catch(() => undefined);
    });
  }

  #keep(batch: readonly PendingWrite[]): void {
    for (const { draft, waits, resolve, reject } of batch) {
      if (waits) resolve(this.#backlog.add(draft));
      else reject(this.#failure);
    }
  }

  #failed(error: unknown, doing: string): StoreError {
    const failure = storeFailure(error, doing);
    this.#failure = failure;
    this.#schedule.failed(error, this.#dependencies.clock.monotonic());
    if (!this.#isRecovering && !this.#closing.signal.aborted) void this.#recover();
    return failure;
  }

  /** Tries again by the schedule until a write succeeds or the journal is closed. */
  async #recover(): Promise<void> {
    this.#isRecovering = true;
    const { signal } = this.#closing;
    const isOver = (): boolean => !this.#schedule.isFailing || signal.aborted;
    while (!isOver()) {
      await this.#dependencies.clock.after(this.#schedule.delayMs, signal);
      if (!isOver()) await this.#probe();
    }
    this.#isRecovering = false;
  }
}
