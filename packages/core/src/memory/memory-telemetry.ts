import type { AuditEvent, AuditEventDraft } from '../domain/audit-event.ts';
import { StoreError } from '../domain/store-error.ts';
import type {
  AppendContext,
  AuditPage,
  AuditQuery,
  AuditReading,
  Telemetry,
  TelemetryFigures,
  TelemetryHealth,
  TenantId,
} from '../ports/index.ts';
import { decodeEvent, encodeDrafts, LONGEST_EVENT, numberedJson } from './event-drafts.ts';
import { EventRing } from './event-ring.ts';
import { LogShelf } from './log-shelf.ts';

export interface MemoryTelemetryOptions {
  /** Stands in the events' ids. */
  readonly instance?: string;
  /** Characters of JSON that are kept of all events. */
  readonly maxEvents?: number;
}

/** The newest events and log lines, for as long as the process lives. */
export class MemoryTelemetry implements Telemetry {
  readonly capabilities = {
    durable: { committed: 'memory', recorded: 'memory' },
    maxValueBytes: LONGEST_EVENT,
  } as const;
  readonly #instance: string;
  readonly #ring: EventRing;
  readonly #logs = new LogShelf();
  #closed = false;

  constructor({ instance = 'memory', maxEvents = 4 * 1024 * 1024 }: MemoryTelemetryOptions = {}) {
    this.#instance = instance;
    this.#ring = new EventRing(instance, maxEvents);
  }

  get health(): TelemetryHealth {
    return { state: 'up', unrecorded: 0, droppedBefore: this.#ring.droppedBefore };
  }

  get figures(): TelemetryFigures {
    return { lastSeq: this.#ring.lastSeq, bytes: 0 };
  }

  append(
    _tenant: TenantId,
    drafts: readonly AuditEventDraft[],
    { op }: AppendContext = {},
  ): Promise<readonly AuditEvent[]> {
    return this.#do(() => {
      const known = op === undefined ? undefined : this.#ring.ofOperation(op);
      return known ?? encodeDrafts(drafts, op).map((json) => this.#add(json));
    });
  }

  events(_tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]> {
    return this.#do(() => this.#ring.newest(query));
  }

  read(_tenant: TenantId, reading: AuditReading): Promise<AuditPage> {
    return this.#do(() => this.#ring.read(reading));
  }

  log(_tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void> {
    return this.#do(() => {
      this.#logs.add(serviceId, lines);
    });
  }

  logs(_tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]> {
    return this.#do(() => this.#logs.newest(serviceId, limit));
  }

  dropLogs(_tenant: TenantId, serviceId: string): Promise<void> {
    return this.#do(() => {
      this.#logs.drop(serviceId);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #add(draft: string): AuditEvent {
    const seq = this.#ring.lastSeq + 1;
    const json = numberedJson(draft, seq, `${this.#instance}/1/${String(seq)}`);
    const event = decodeEvent(json);
    this.#ring.push(event, json);
    return event;
  }

  #do<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#closed) throw new StoreError('closed', 'the telemetry is closed');
      resolve(work());
    });
  }
}
