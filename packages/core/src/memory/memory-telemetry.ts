import type { AuditEvent, AuditEventDraft } from '../domain/audit/audit-event.ts';
import { DEFAULT_TENANT } from '../domain/access/tenant.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type {
  AppendContext,
  AuditHead,
  Cursor,
  TelemetryPage,
  AuditQuery,
  TelemetryRead,
  AuditVerdict,
  AuditVerification,
  Telemetry,
  TelemetryMetrics,
  TelemetryHealth,
  TenantId,
} from '../ports/index.ts';
import { linksOver } from '../audit-chain/hash-chain.ts';
import { ChainVerifier } from '../audit-chain/chain-verifier.ts';
import { decodeEvent, encodeDrafts, MAX_EVENT_BYTES, sequencedJson } from '../audit-chain/event-codec.ts';
import { EventRing } from '../audit-chain/event-ring.ts';
import { LogBuffer } from '../audit-chain/log-buffer.ts';

/** Settings of `MemoryTelemetry`. Each has a default. */
export interface MemoryTelemetryOptions {
  /** Part of the event ids. */
  readonly instance?: string;
  /** Maximum size of all events, in characters of JSON. */
  readonly maxEvents?: number;
  /** The only tenant that the telemetry accepts; `default` when absent. */
  readonly tenant?: TenantId;
}

/** The newest events and log lines of one tenant in memory, until the process ends. */
export class MemoryTelemetry implements Telemetry {
  readonly capabilities = {
    durable: { committed: 'memory', recorded: 'memory' },
    maxValueBytes: MAX_EVENT_BYTES,
  } as const;
  readonly #instance: string;
  readonly #tenant: TenantId;
  readonly #ring: EventRing;
  readonly #logs = new LogBuffer();
  #closed = false;

  constructor({
    instance = 'memory',
    maxEvents = 4 * 1024 * 1024,
    tenant = DEFAULT_TENANT,
  }: MemoryTelemetryOptions = {}) {
    this.#instance = instance;
    this.#tenant = tenant;
    this.#ring = new EventRing(instance, maxEvents);
  }

  get health(): TelemetryHealth {
    return { state: 'up', unrecorded: 0, droppedBefore: this.#ring.droppedBefore };
  }

  get head(): AuditHead {
    const { seq, hash } = this.#ring.head;
    return { seq, hash };
  }

  get figures(): TelemetryMetrics {
    return { lastSeq: this.#ring.lastSeq, bytes: 0 };
  }

  append(
    tenant: TenantId,
    drafts: readonly AuditEventDraft[],
    { op }: AppendContext = {},
  ): Promise<readonly AuditEvent[]> {
    return this.#do(tenant, () => {
      const known = op === undefined ? undefined : this.#ring.ofOperation(op);
      return known ?? this.#add(encodeDrafts(drafts, op));
    });
  }

  events(tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]> {
    return this.#do(tenant, () => this.#ring.newest(query));
  }

  read(tenant: TenantId, reading: TelemetryRead): Promise<TelemetryPage> {
    return this.#do(tenant, () => this.#ring.read(reading));
  }

  cursorOf({ seq }: Pick<AuditEvent, 'seq'>): Cursor {
    return this.#ring.cursorAfter(seq);
  }

  verify(tenant: TenantId, { expect }: AuditVerification = {}): Promise<AuditVerdict> {
    return this.#do(tenant, () => {
      const check = new ChainVerifier(this.#ring.base);
      check.kept(this.#ring.kept(), this.#ring.links());
      return check.end(expect);
    });
  }

  log(tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void> {
    return this.#do(tenant, () => {
      this.#logs.add(serviceId, lines);
    });
  }

  logs(tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]> {
    return this.#do(tenant, () => this.#logs.newest(serviceId, limit));
  }

  dropLogs(tenant: TenantId, serviceId: string): Promise<void> {
    return this.#do(tenant, () => {
      this.#logs.drop(serviceId);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #add(drafts: readonly string[]): readonly AuditEvent[] {
    const first = this.#ring.lastSeq + 1;
    const added = drafts.map((draft, i) => {
      const seq = first + i;
      return { seq, json: sequencedJson(draft, seq, `${this.#instance}/1/${String(seq)}`) };
    });
    const events = added.map(({ json }) => decodeEvent(json));
    const links = linksOver(this.#ring.head, added);
    for (const [i, event] of events.entries()) this.#ring.push(event, added[i]?.json ?? '');
    for (const link of links) this.#ring.link(link);
    return events;
  }

  #do<T>(tenant: TenantId, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (tenant !== this.#tenant) throw new StoreError('invalid', 'the telemetry is of another tenant');
      if (this.#closed) throw new StoreError('closed', 'the telemetry is closed');
      resolve(work());
    });
  }
}
