import { sequencedJson, encodeDrafts } from '@clarity-runtime/core/audit-chain';
import type { Content, TelemetryState } from './telemetry-state.ts';
import { StoreError, type Durability } from '@clarity-runtime/core';
import type { Clock } from '@clarity-runtime/core/ports';
import { isoTime } from '../files/iso-time.ts';
import { storeFailure } from '../files/store-failure.ts';
import { flushLines } from './wal-format.ts';
import type { Wal } from './wal.ts';

/** Last used numbers: `seq` of an event and number of a record. */
export interface SequenceNumbers {
  lastSeq: number;
  lastRecord: number;
}

/** A pending write: events without sequence numbers, or a change of a service log. */
export type Draft = { readonly drafts: readonly string[] } | Exclude<Content, { readonly events: readonly string[] }>;

/** Returns a draft with the next sequence numbers and advances `numbers`. */
export function numbered(draft: Draft, numbers: SequenceNumbers, origin: string): Content {
  if (!('drafts' in draft)) return draft;
  return {
    events: draft.drafts.map((json) => {
      numbers.lastSeq += 1;
      return sequencedJson(json, numbers.lastSeq, `${origin}/${String(numbers.lastSeq)}`);
    }),
  };
}

interface SyncRound {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Runs one sync at a time. All calls during a sync share the next one. */
export class GroupCommit {
  readonly #sync: () => Promise<void>;
  #next: SyncRound | undefined;
  #isRunning = false;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Settles like the next sync that starts after this call. */
  next(): Promise<void> {
    const round = (this.#next ??= newSyncRound());
    if (!this.#isRunning) void this.#run();
    return round.done;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let round = this.#takeNext(); round !== undefined; round = this.#takeNext()) {
      await this.#sync().then(round.resolve, round.reject);
    }
    this.#isRunning = false;
  }

  #takeNext(): SyncRound | undefined {
    const round = this.#next;
    this.#next = undefined;
    return round;
  }
}

function newSyncRound(): SyncRound {
  let settle: Pick<SyncRound, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { done, ...settle };
}

/** `recorded` events are on disk within 50 ms: 40 ms delay, 10 ms for the sync. */
const SYNC_DELAY_MS = 40;

interface PendingWrite {
  readonly draft: Draft;
  readonly durability: Durability;
  readonly resolve: (content: Content) => void;
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
 * Journal with group commit: the drafts of one turn of the event loop are one write, and all `committed` drafts share
 * the next sync. A link of the hash chain ends the events of a write. Memory changes after the write.
 * If a write fails, `recorded` drafts are applied in memory only and counted. The next successful batch starts with an
 * event `storage.gap` that has the count.
 */
export class Journal {
  readonly #dependencies: JournalDependencies;
  readonly #groupCommit: GroupCommit;
  #pending: PendingWrite[] = [];
  #draining: Promise<void> | undefined;
  #gapCount = 0;
  #unrecorded = 0;
  #failure: StoreError | undefined;
  #isSyncScheduled = false;

  constructor(dependencies: JournalDependencies) {
    this.#dependencies = dependencies;
    this.#groupCommit = new GroupCommit(() => dependencies.wal.sync());
  }

  /** Error of the last write or sync; undefined when it succeeded. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Number of events and log entries that were never written since the start. */
  get unrecorded(): number {
    return this.#unrecorded;
  }

  /**
   * Writes a draft and returns it with its sequence numbers. `recorded` resolves after the write, `committed` after the
   * sync. @throws StoreError when a `committed` draft cannot be written; `indeterminate` when only the sync fails.
   */
  write(draft: Draft, durability: Durability): Promise<Content> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ draft, durability, resolve, reject });
      this.#draining ??= new Promise((turn) => setImmediate(turn)).then(() => this.#drain());
    });
  }

  /** Syncs all writes that precede the call. @throws StoreError `indeterminate` when the sync fails. */
  async sync(): Promise<void> {
    try {
      await this.#groupCommit.next();
    } catch (error) {
      this.#failure = storeFailure(error, 'sync');
      const message = `the write may not be on disk: ${this.#failure.message}`;
      throw new StoreError('indeterminate', message, { cause: error });
    }
  }

  /** Resolves when all pending drafts are written and the sync has settled. */
  async settle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
    await this.sync().catch(() => undefined);
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) await this.#writeBatch(this.#pending.splice(0));
    this.#draining = undefined;
  }

  async #writeBatch(batch: readonly PendingWrite[]): Promise<void> {
    const { state, wal, origin, onWritten } = this.#dependencies;
    const numbers = { lastSeq: state.lastSeq, lastRecord: state.lastRecord };
    const drafts = [...this.#gapDraft(), ...batch.map(({ draft }) => draft)];
    const records = drafts.map((draft) => {
      numbers.lastRecord += 1;
      return { n: numbers.lastRecord, ...numbered(draft, numbers, origin) };
    });
    const { text, links } = flushLines(records, { seq: state.lastSeq, hash: state.ring.head.hash });
    try {
      await wal.append(text);
    } catch (error) {
      this.#applyUnwritten(batch, storeFailure(error, 'telemetry'));
      return;
    }
    this.#gapCount = 0;
    this.#failure = undefined;
    for (const record of records) state.apply(record);
    for (const link of links) state.link(link);
    const contents = records.slice(records.length - batch.length);
    this.#resolveBatch(batch, contents);
    onWritten();
  }

  #resolveBatch(batch: readonly PendingWrite[], contents: readonly Content[]): void {
    let durable: Promise<void> | undefined;
    for (const [i, { durability, resolve, reject }] of batch.entries()) {
      const content = contents[i];
      if (content === undefined) continue;
      if (durability === 'recorded') resolve(content);
      else {
        durable ??= this.sync();
        durable.then(() => {
          resolve(content);
        }, reject);
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

  #applyUnwritten(batch: readonly PendingWrite[], failure: StoreError): void {
    const { state, origin } = this.#dependencies;
    this.#failure = failure;
    const numbers = { lastSeq: state.lastSeq, lastRecord: state.lastRecord };
    for (const { draft, durability, resolve, reject } of batch) {
      if (durability === 'committed') {
        reject(failure);
        continue;
      }
      const content = numbered(draft, numbers, origin);
      state.add(content);
      const count = 'events' in content ? content.events.length : 1;
      this.#gapCount += count;
      this.#unrecorded += count;
      resolve(content);
    }
  }

  #gapDraft(): readonly Draft[] {
    if (this.#gapCount === 0) return [];
    const event = {
      at: isoTime(this.#dependencies.clock.wall()),
      kind: 'storage.gap',
      level: 'warn',
      message: `${String(this.#gapCount)} events and log entries were served but not stored`,
      data: { unrecorded: this.#gapCount },
    } as const;
    return [{ drafts: encodeDrafts([event], undefined) }];
  }
}
