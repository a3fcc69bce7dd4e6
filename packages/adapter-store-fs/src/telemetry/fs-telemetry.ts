import { randomBytes } from 'node:crypto';
import { durabilityOf, StoreError, systemClock, type AuditEvent, type AuditEventDraft } from '@clarity-runtime/core';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import { encodeDrafts, MAX_EVENT_BYTES } from '@clarity-runtime/core/audit-chain';
import type {
  AppendContext,
  AuditHead,
  Cursor,
  TelemetryPage,
  AuditQuery,
  TelemetryRead,
  AuditVerdict,
  AuditVerification,
  Clock,
  Telemetry,
  TelemetryMetrics,
  TelemetryHealth,
  TenantId,
} from '@clarity-runtime/core/ports';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { isoTime } from '../files/iso-time.ts';
import { storeFailure } from '../files/store-failure.ts';
import type { WatchedAudit } from '../trust/seen-state.ts';
import { Compactor } from './compactor.ts';
import { Journal } from './journal.ts';
import { RecordedChain, watchedChain, type OutsideRecord } from './outside-record.ts';
import { recoverTelemetry, type Recovery } from './recovery.ts';
import { verifyLive, type LiveFiles } from './live-verifier.ts';
import { Wal } from './wal.ts';

/** Size of the journal at which it is compacted without waiting for an idle store. */
const COMPACT_AT_BYTES = 4 * 1024 * 1024;
/** Measured in characters of JSON. */
const DEFAULT_MAX_EVENTS_LENGTH = 4 * 1024 * 1024;

/** Options of `fsTelemetry`. */
export interface FsTelemetryOptions {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  /** The only tenant that the telemetry accepts; `default` when absent. */
  readonly tenant?: TenantId;
  readonly files?: FileOperations;
  readonly clock?: Clock;
  /** First two parts of the event ids: instance of the workspace and number of its start. */
  readonly origin?: { readonly instance: string; readonly boot: number };
  /** Maximum total length of the stored events in characters of JSON; 4 Mi when absent. Older events are dropped. */
  readonly maxEvents?: number;
  /** A record outside of the folder, which has the newest link of the chain. */
  readonly outside?: OutsideRecord;
}

/** A telemetry whose chain is recorded outside of its folder. */
export interface FileTelemetry extends Telemetry {
  readonly chain: WatchedAudit;
}

/**
 * Opens the telemetry of a folder: the checkpoint `telemetry.json` and the journal `telemetry.wal.jsonl` since then.
 * Moves damaged bytes to `<name>.damaged-<time>` and records an event `storage.recovered`.
 * @throws StoreError `forbidden`, `exhausted` or `unavailable` when the folder or a file cannot be used.
 */
export async function fsTelemetry(options: FsTelemetryOptions): Promise<FileTelemetry> {
  const { folder, files = nodeFiles, maxEvents = DEFAULT_MAX_EVENTS_LENGTH } = options;
  try {
    await files.mkdir(folder);
    await files.restrict(folder, 0o700);
  } catch (error) {
    throw storeFailure(error, folder);
  }
  const newStore = randomBytes(6).toString('hex');
  const recovery = await recoverTelemetry({ folder, files, newStore, maxEvents });
  const telemetry = new FsTelemetry(options, recovery);
  await telemetry.start(recovery);
  return telemetry;
}

class FsTelemetry implements FileTelemetry {
  readonly capabilities = {
    durable: { committed: 'power', recorded: 'process' },
    maxValueBytes: MAX_EVENT_BYTES,
  } as const;
  readonly #tenant: TenantId;
  readonly #state: Recovery['state'];
  readonly #wal: Wal;
  readonly #journal: Journal;
  readonly #compactor: Compactor;
  readonly #clock: Clock;
  readonly #live: LiveFiles;
  readonly chain: WatchedAudit;
  readonly #pending = new Map<string, Promise<readonly AuditEvent[]>>();
  #closed: Promise<void> | undefined;

  constructor(options: FsTelemetryOptions, recovery: Recovery) {
    const { folder, files = nodeFiles, clock = systemClock, outside } = options;
    const { state, nextSegment, hasLeftover, firstNeeded } = recovery;
    const { instance, boot } = options.origin ?? { instance: state.store, boot: 1 };
    this.#tenant = options.tenant ?? DEFAULT_TENANT;
    this.#state = state;
    this.#clock = clock;
    this.#wal = new Wal({ folder, files, nextSegment, hasLeftover });
    const recorded = new RecordedChain(outside);
    const onCheckpoint = (): void => {
      recorded.onCheckpoint();
    };
    this.#compactor = new Compactor({ folder, files, state, wal: this.#wal, clock, firstNeeded, onCheckpoint });
    this.#live = { folder, files, ring: state.ring, compactor: this.#compactor, knownHead: () => recorded.knownHead };
    const origin = `${instance}/${String(boot)}`;
    const onWritten = (): void => {
      this.#compactor.onWrite();
      recorded.onWritten(this.#wal.size);
      if (this.#wal.size >= COMPACT_AT_BYTES) this.#compactor.compactSoon();
    };
    this.#journal = new Journal({ state, wal: this.#wal, clock, origin, onWritten });
    this.chain = watchedChain(state, this.#wal);
  }

  /** Compacts the recovered records and records what was damaged. A full disk does not prevent the start. */
  async start({ needsCompaction, damages, replayed, missing }: Recovery): Promise<void> {
    let setAside: readonly string[] = [];
    if (needsCompaction) setAside = await this.#compactor.compactDamaged(damages).catch(() => []);
    if (damages.length === 0 && missing === 0) return;
    const reasons = damages.map(({ name, reason }) => `${name}: ${reason}`);
    const event = {
      at: isoTime(this.#clock.wall()),
      kind: 'storage.recovered',
      level: 'warn',
      message: `Telemetry was damaged: ${String(replayed)} records recovered, ${String(missing)} missing`,
      data: { replayed, missing, reasons, setAside },
    } as const;
    await this.append(this.#tenant, [event], { waits: true });
  }

  get health(): TelemetryHealth {
    const failure = this.#journal.failure ?? this.#compactor.failure;
    const facts = { unrecorded: this.#journal.unrecorded, droppedBefore: this.#state.ring.droppedBefore };
    return failure === undefined ? { state: 'up', ...facts } : { state: 'degraded', reason: failure.message, ...facts };
  }

  get head(): AuditHead {
    const { seq, hash } = this.#state.ring.head;
    return { seq, hash };
  }

  get figures(): TelemetryMetrics {
    return { lastSeq: this.#state.lastSeq, bytes: this.#wal.size };
  }

  async append(
    tenant: TenantId,
    drafts: readonly AuditEventDraft[],
    context: AppendContext = {},
  ): Promise<readonly AuditEvent[]> {
    this.#assertUsable(tenant);
    const { op } = context;
    if (op === undefined) return this.#append(drafts, context);
    const pending = this.#pending.get(op);
    if (pending !== undefined) return structuredClone(await pending);
    const append = this.#appendOnce(drafts, op, context).finally(() => this.#pending.delete(op));
    this.#pending.set(op, append);
    return append;
  }

  events(tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]> {
    return this.#query(tenant, () => this.#state.ring.newest(query));
  }

  read(tenant: TenantId, reading: TelemetryRead): Promise<TelemetryPage> {
    return this.#query(tenant, () => this.#state.ring.read(reading));
  }

  cursorOf({ seq }: Pick<AuditEvent, 'seq'>): Cursor {
    return this.#state.ring.cursorAfter(seq);
  }

  async verify(tenant: TenantId, verification: AuditVerification = {}): Promise<AuditVerdict> {
    this.#assertUsable(tenant);
    return verifyLive(this.#live, verification);
  }

  async log(tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void> {
    this.#assertUsable(tenant);
    await this.#journal.write({ serviceId, lines: [...lines] }, { durability: 'recorded', waits: true });
  }

  logs(tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]> {
    return this.#query(tenant, () => this.#state.logs.newest(serviceId, limit));
  }

  async dropLogs(tenant: TenantId, serviceId: string): Promise<void> {
    this.#assertUsable(tenant);
    await this.#journal.write({ dropped: serviceId }, { durability: 'committed', waits: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#journal.settle();
    await this.#compactor.close().catch(() => undefined);
    await this.#wal.close();
  }

  async #appendOnce(
    drafts: readonly AuditEventDraft[],
    op: string,
    context: AppendContext,
  ): Promise<readonly AuditEvent[]> {
    const known = this.#state.ring.ofOperation(op);
    if (known === undefined) return this.#append(drafts, context);
    // The first attempt may have failed before its sync was confirmed.
    if (classOf(known) === 'committed') await this.#journal.sync();
    return known;
  }

  async #append(
    drafts: readonly AuditEventDraft[],
    { op, waits = false }: AppendContext,
  ): Promise<readonly AuditEvent[]> {
    const encoded = encodeDrafts(drafts, op);
    if (encoded.length === 0) return [];
    const durability = classOf(drafts);
    const options = { durability, waits: waits || durability === 'recorded' };
    return this.#journal.write({ drafts: encoded }, options);
  }

  #assertUsable(tenant: TenantId): void {
    if (tenant !== this.#tenant) throw new StoreError('invalid', 'the telemetry is of another tenant');
    if (this.#closed !== undefined) throw new StoreError('closed', 'the telemetry is closed');
  }

  #query<T>(tenant: TenantId, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#assertUsable(tenant);
      resolve(work());
    });
  }
}

/** Durability of a batch: `committed` if at least one of its events requires it. */
const classOf = (events: readonly AuditEventDraft[]): 'committed' | 'recorded' =>
  events.every(({ kind }) => durabilityOf(kind) === 'recorded') ? 'recorded' : 'committed';
