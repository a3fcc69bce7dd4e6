import type { AuditEvent } from '@clarity-runtime/core';
import { encodeDrafts, sequencedJson } from '@clarity-runtime/core/audit-chain';
import type { Content, TelemetryState } from './telemetry-state.ts';
import type { NumberedRecord } from './wal-format.ts';

/** A pending write: events without sequence numbers, or a change of a service log. */
export type Draft = { readonly drafts: readonly string[] } | Exclude<Content, { readonly events: readonly string[] }>;

/** Gives records and events their numbers. */
export class RecordNumbers {
  readonly #origin: string;
  #lastSeq: number;
  #lastRecord: number;

  /** Continues after the last numbers of `state`. `origin` is the prefix of every event id. */
  constructor({ lastSeq, lastRecord }: TelemetryState, origin: string) {
    this.#lastSeq = lastSeq;
    this.#lastRecord = lastRecord;
    this.#origin = origin;
  }

  /** Returns a draft as the next record. */
  record(draft: Draft): NumberedRecord {
    this.#lastRecord += 1;
    const firstSeq = this.#lastSeq + 1;
    return { record: { n: this.#lastRecord, ...this.content(draft) }, firstSeq };
  }

  /** Returns a draft with the next sequence numbers and without a number of a record. */
  content(draft: Draft): Content {
    if (!('drafts' in draft)) return draft;
    return {
      events: draft.drafts.map((json) => {
        this.#lastSeq += 1;
        return sequencedJson(json, this.#lastSeq, `${this.#origin}/${String(this.#lastSeq)}`);
      }),
    };
  }
}

/** Maximum length of the waiting records in characters of JSON. */
const MAX_WAITING_LENGTH = 4 * 1024 * 1024;

/**
 * Records that wait until the journal accepts lines, oldest first. A record that does not fit is dropped and counted; from
 * then on every record is counted, so that one gap precedes the event `storage.gap`.
 */
export class Backlog {
  readonly #state: TelemetryState;
  readonly #origin: string;
  #waiting: NumberedRecord[] = [];
  #length = 0;
  #gapCount = 0;
  #lostCount = 0;

  constructor(state: TelemetryState, origin: string) {
    this.#state = state;
    this.#origin = origin;
  }

  get waiting(): readonly NumberedRecord[] {
    return this.#waiting;
  }

  /** Count of events and log entries since the start that did not fit and are never written. */
  get lostCount(): number {
    return this.#lostCount;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#gapCount === 0;
  }

  /** Applies a draft to the memory and keeps its record for the journal, if it fits. Returns its events. */
  add(draft: Draft): readonly AuditEvent[] {
    const numbers = new RecordNumbers(this.#state, this.#origin);
    const length = lengthOf(draft);
    if (this.#gapCount > 0 || this.#length + length > MAX_WAITING_LENGTH) {
      const content = numbers.content(draft);
      const count = 'events' in content ? content.events.length : 1;
      this.#gapCount += count;
      this.#lostCount += count;
      return this.#state.skip(content);
    }
    const numbered = numbers.record(draft);
    this.#waiting.push(numbered);
    this.#length += length;
    return this.#state.apply(numbered.record);
  }

  /** Returns the event that reports what did not fit; an empty list if all is waiting. */
  gapDraft(now: () => string): readonly Draft[] {
    if (this.#gapCount === 0) return [];
    const event = {
      at: now(),
      kind: 'storage.gap',
      level: 'warn',
      message: `${String(this.#gapCount)} events and log entries were not stored`,
      data: { unrecorded: this.#gapCount },
    } as const;
    return [{ drafts: encodeDrafts([event], undefined) }];
  }

  /** Forgets everything, after the journal has it. */
  clear(): void {
    this.#waiting = [];
    this.#length = 0;
    this.#gapCount = 0;
  }
}

function lengthOf(draft: Draft): number {
  const texts = 'drafts' in draft ? draft.drafts : 'lines' in draft ? draft.lines : [draft.dropped];
  return texts.reduce((sum, { length }) => sum + length + RECORD_LENGTH, 0);
}

/** Approximate length of the number and the id that an event gets. */
const RECORD_LENGTH = 64;
