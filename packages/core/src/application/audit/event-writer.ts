import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import type { AuditEvent, AuditEventDraft } from '../../domain/audit/audit-event.ts';
import type { AppendContext, Clock, Telemetry } from '../../ports/index.ts';
import { BoundedWait } from './bounded-wait.ts';

/** Longest time that an operation waits for its event; the event is then counted as unwritten until it is stored. */
const MAX_WAIT_MS = 50;
/** Number of writes without an answer; further events are lost. */
const MAX_OPEN_COUNT = 1_024;
/** Number of events of changes that wait for the telemetry. */
const MAX_RETAINED_COUNT = 1_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

/** The action is done, so the telemetry keeps the event while it cannot write. */
const FACT: AppendContext = { waits: true };

/** Events that were never stored. */
interface Gap {
  readonly count: number;
  /** ISO 8601 times of the first and the last lost event. */
  readonly from: string;
  readonly to: string;
}

const DONE = Promise.resolve();

/** Events of calls that are one write. */
interface CallBatch {
  readonly drafts: AuditEventDraft[];
  /** Resolves when the events are stored, lost or late. */
  waited: Promise<void>;
  /** Events of the batch whose calls do not wait. */
  lateCount: number;
  isLate: boolean;
}

/**
 * Writes events without making their operations depend on the telemetry: an operation waits at most 50 ms, and not at all
 * while an earlier write has no answer. Events of changes (with an `op`) that the telemetry rejects are kept and written
 * later. Other rejected events are lost; one `storage.gap` event with their number and times follows the recovery.
 */
export class EventWriter {
  readonly #telemetry: Telemetry;
  readonly #clock: Clock;
  readonly #onStored: (event: AuditEvent) => void;
  readonly #waits: BoundedWait;
  readonly #retained = new Map<string, AuditEventDraft>();
  #gap: Gap | undefined;
  #openCount = 0;
  /** Open writes that exceeded the wait. */
  #lateCount = 0;
  #lostCount = 0;
  #isRecovering = false;
  #isRetrying = false;
  /** The batch that takes events until its turn. */
  #batch: CallBatch | undefined;
  #turn: Promise<void> = DONE;

  constructor(telemetry: Telemetry, clock: Clock, onStored: (event: AuditEvent) => void) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#onStored = onStored;
    this.#waits = new BoundedWait(clock, MAX_WAIT_MS);
  }

  /** Number of events and log writes that are not stored: lost, kept for later, or without an answer in time. */
  get unwritten(): number {
    return this.#lostCount + this.#lateCount + this.#retained.size;
  }

  /** Writes an event. Rejects with the error of the telemetry. */
  write(draft: AuditEventDraft): Promise<void> {
    return this.#append([draft]);
  }

  /** Writes an event and never rejects. `op`: the event belongs to a change with this operation, and repeating it adds none. */
  settle(draft: AuditEventDraft, op?: string): Promise<void> {
    return this.#settle(
      () => this.#append([draft], op === undefined ? FACT : { op, waits: true }),
      () => {
        if (op === undefined || this.#retained.size >= MAX_RETAINED_COUNT) this.#lose(draft.at);
        else this.#retain(draft, op);
      },
    );
  }

  /**
   * Writes the event of a call and never rejects. Calls that end while the write before runs share the next one, which costs
   * each of them less than a write of its own.
   */
  settleCall(draft: AuditEventDraft): Promise<void> {
    if (this.#openCount >= MAX_OPEN_COUNT) {
      this.#lose(draft.at);
      return DONE;
    }
    this.#openCount += 1;
    const batch = (this.#batch ??= this.#openBatch());
    batch.drafts.push(draft);
    if (!batch.isLate) return batch.waited;
    batch.lateCount += 1;
    this.#lateCount += 1;
    return DONE;
  }

  /** Resolves when the events of calls are stored, lost or late. */
  settled(): Promise<void> {
    return this.#batch?.waited ?? DONE;
  }

  /** A batch without an answer in time gives its turn to the next one. */
  #openBatch(): CallBatch {
    const batch: CallBatch = { drafts: [], waited: DONE, lateCount: 0, isLate: this.#lateCount > 0 };
    const written = this.#turn.then(() => this.#writeBatch(batch));
    if (!batch.isLate) {
      batch.waited = this.#waits.until(written, () => {
        batch.isLate = true;
        batch.lateCount = batch.drafts.length;
        this.#lateCount += batch.lateCount;
      });
    }
    this.#turn = batch.waited;
    return batch;
  }

  async #writeBatch(batch: CallBatch): Promise<void> {
    this.#batch = undefined;
    try {
      await this.#append(batch.drafts, FACT);
    } catch {
      for (const { at } of batch.drafts) this.#lose(at);
    }
    this.#openCount -= batch.drafts.length;
    this.#lateCount -= batch.lateCount;
  }

  /** Runs another write of the telemetry under the same limits. */
  settleWork(work: () => Promise<unknown>): Promise<void> {
    return this.#settle(work, () => {
      this.#lostCount += 1;
    });
  }

  #settle(work: () => Promise<unknown>, onLost: () => void): Promise<void> {
    if (this.#openCount >= MAX_OPEN_COUNT) {
      onLost();
      return Promise.resolve();
    }
    let isLate = false;
    this.#openCount += 1;
    const end = (): void => {
      this.#openCount -= 1;
      if (isLate) this.#lateCount -= 1;
    };
    const written = attempt(work).then(end, () => {
      end();
      onLost();
    });
    const onLate = (): void => {
      isLate = true;
      this.#lateCount += 1;
    };
    if (this.#lateCount === 0) return this.#waits.until(written, onLate);
    onLate();
    return Promise.resolve();
  }

  async #append(drafts: readonly AuditEventDraft[], context?: AppendContext): Promise<void> {
    const events = await this.#telemetry.append(DEFAULT_TENANT, drafts, context);
    if (context?.op !== undefined) this.#retained.delete(context.op);
    for (const event of events) this.#onStored(event);
    if ((this.#gap !== undefined || this.#retained.size > 0) && !this.#isRecovering) void this.#recover();
  }

  /** Writes the kept events and the event of the gap after the telemetry has accepted a write. */
  async #recover(): Promise<void> {
    this.#isRecovering = true;
    try {
      for (const [op, draft] of [...this.#retained]) await this.#append([draft], { op, waits: true });
      const gap = this.#gap;
      if (gap === undefined) return;
      this.#gap = undefined;
      const { count, from, to } = gap;
      const message = `${String(count)} events were not stored between ${from} and ${to}`;
      const at = this.#clock.wall().toISOString();
      const data = { unrecorded: count, from, to };
      await this.#append([{ at, kind: 'storage.gap', level: 'warn', message, data }], FACT).catch((error: unknown) => {
        this.#gap = joined(gap, this.#gap);
        throw error;
      });
    } catch {
      // The next accepted write, or the next retry, starts again.
    } finally {
      this.#isRecovering = false;
    }
  }

  #lose(at: string): void {
    this.#lostCount += 1;
    this.#gap = joined(this.#gap, { count: 1, from: at, to: at });
  }

  #retain(draft: AuditEventDraft, op: string): void {
    this.#retained.set(op, draft);
    if (!this.#isRetrying) void this.#retry();
  }

  async #retry(): Promise<void> {
    this.#isRetrying = true;
    for (let delayMs = FIRST_DELAY_MS; this.#retained.size > 0; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      await this.#clock.after(delayMs);
      if (!this.#isRecovering) await this.#recover();
    }
    this.#isRetrying = false;
  }
}

const joined = (first: Gap | undefined, second: Gap | undefined): Gap | undefined => {
  if (first === undefined || second === undefined) return first ?? second;
  return { count: first.count + second.count, from: first.from, to: second.to };
};

/** Turns an exception of a call into a rejection. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  await work();
}
