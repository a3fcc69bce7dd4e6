import { sequencedJson, encodeDrafts } from '@clarity-runtime/core/audit-chain';
import type { Content, TelemetryState } from './telemetry-state.ts';
import { StoreError, type Durability } from '@clarity-runtime/core';
import type { Clock } from '@clarity-runtime/core/ports';
import { isoTime } from '../files/iso-time.ts';
import { storeFailure } from '../files/store-failure.ts';
import { flushLines } from './wal-format.ts';
import type { Wal } from './wal.ts';

export interface SequenceNumbers {
  lastSeq: number;
  lastRecord: number;
}

/** What waits to be written: events without their numbers, or what is done to a log. */
export type Draft = { readonly drafts: readonly string[] } | Exclude<Content, { readonly events: readonly string[] }>;

/** Gives the events of a draft the next numbers; `numbers` moves on. */
export function numbered(draft: Draft, numbers: SequenceNumbers, origin: string): Content {
  if (!('drafts' in draft)) return draft;
  return {
    events: draft.drafts.map((json) => {
      numbers.lastSeq += 1;
      return sequencedJson(json, numbers.lastSeq, `${origin}/${String(numbers.lastSeq)}`);
    }),
  };
}

interface Round {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** One sync at a time; everybody who asks while one is under way shares the next. */
export class GroupCommit {
  readonly #sync: () => Promise<void>;
  #next: Round | undefined;
  #running = false;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Settles as a sync does that begins after this call. */
  next(): Promise<void> {
    const round = (this.#next ??= newRound());
    if (!this.#running) void this.#run();
    return round.done;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let round = this.#take(); round !== undefined; round = this.#take()) {
      await this.#sync().then(round.resolve, round.reject);
    }
    this.#running = false;
  }

  #take(): Round | undefined {
    const round = this.#next;
    this.#next = undefined;
    return round;
  }
}

function newRound(): Round {
  let settle: Pick<Round, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { done, ...settle };
}

/** What is recorded is synced within 50 ms; the rest of the time is for the sync itself. */
const SYNC_WITHIN_MS = 40;

interface Waiting {
  readonly draft: Draft;
  readonly durability: Durability;
  readonly resolve: (content: Content) => void;
  readonly reject: (reason: unknown) => void;
}

export interface GroupCommitDependencies {
  readonly state: TelemetryState;
  readonly wal: Wal;
  readonly clock: Clock;
  /** `<instance>/<boot>`, the beginning of every event's id. */
  readonly origin: string;
  /** Told after every batch. */
  readonly written: () => void;
}

/**
 * Group commit: what is asked for in one turn of the event loop is one write, and all that waits for the disk shares the
 * next sync. The events of a write are closed by a link of their chain. Memory follows the write. When nothing can be written, what is recorded is served all the same and counted,
 * and the first batch that can be written again begins with an event that tells the count.
 */
export class Journal {
  readonly #parts: GroupCommitDependencies;
  readonly #syncs: GroupCommit;
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;
  #gap = 0;
  #unrecorded = 0;
  #failure: StoreError | undefined;
  #syncDue = false;

  constructor(parts: GroupCommitDependencies) {
    this.#parts = parts;
    this.#syncs = new GroupCommit(() => parts.wal.sync());
  }

  /** Why what was written last was not kept as promised. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  get unrecorded(): number {
    return this.#unrecorded;
  }

  write(draft: Draft, durability: Durability): Promise<Content> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, durability, resolve, reject });
      this.#draining ??= new Promise((turn) => setImmediate(turn)).then(() => this.#drain());
    });
  }

  /** Everything that is written by now is on disk when this resolves; `indeterminate` when that cannot be said. */
  async sync(): Promise<void> {
    try {
      await this.#syncs.next();
    } catch (error) {
      this.#failure = storeFailure(error, 'sync');
      const message = `it is not known whether this is on disk: ${this.#failure.message}`;
      throw new StoreError('indeterminate', message, { cause: error });
    }
  }

  /** Resolves when nothing waits any more. */
  async settle(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
    await this.sync().catch(() => undefined);
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.splice(0));
    this.#draining = undefined;
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const { state, wal, origin, written } = this.#parts;
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
      this.#serveUnwritten(batch, storeFailure(error, 'telemetry'));
      return;
    }
    this.#gap = 0;
    this.#failure = undefined;
    for (const record of records) state.apply(record);
    for (const link of links) state.link(link);
    const answers = records.slice(records.length - batch.length);
    this.#answer(batch, answers);
    written();
  }

  #answer(batch: readonly Waiting[], answers: readonly Content[]): void {
    let durable: Promise<void> | undefined;
    for (const [i, { durability, resolve, reject }] of batch.entries()) {
      const content = answers[i];
      if (content === undefined) continue;
      if (durability === 'recorded') resolve(content);
      else {
        durable ??= this.sync();
        durable.then(() => {
          resolve(content);
        }, reject);
      }
    }
    if (durable === undefined) this.#syncSoon();
  }

  #syncSoon(): void {
    if (this.#syncDue) return;
    this.#syncDue = true;
    void this.#parts.clock.after(SYNC_WITHIN_MS).then(async () => {
      this.#syncDue = false;
      await this.sync().catch(() => undefined);
    });
  }

  #serveUnwritten(batch: readonly Waiting[], failure: StoreError): void {
    const { state, origin } = this.#parts;
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
      this.#gap += count;
      this.#unrecorded += count;
      resolve(content);
    }
  }

  #gapDraft(): readonly Draft[] {
    if (this.#gap === 0) return [];
    const event = {
      at: isoTime(this.#parts.clock.wall()),
      kind: 'storage.gap',
      level: 'warn',
      message: `${String(this.#gap)} events and log entries were served and could not be stored`,
      data: { unrecorded: this.#gap },
    } as const;
    return [{ drafts: encodeDrafts([event], undefined) }];
  }
}
