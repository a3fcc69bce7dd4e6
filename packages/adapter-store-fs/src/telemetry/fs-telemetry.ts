import { randomBytes } from 'node:crypto';
import { durabilityOf, StoreError, systemClock, type AuditEvent, type AuditEventDraft } from '@clarity-runtime/core';
import { decodeEvent, encodeDrafts, MAX_EVENT_BYTES } from '@clarity-runtime/core/audit-chain';
import type {
  AppendContext,
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
import { Compactor } from './compactor.ts';
import { Journal } from './group-commit.ts';
import { recoverTelemetry, type Recovery } from './recovery.ts';
import { verifyLive, type LiveFiles } from './live-verifier.ts';
import { Wal } from './wal.ts';

const FOLD_AT_BYTES = 4 * 1024 * 1024;

export interface FsTelemetryOptions {
  /** Created with mode 0700 when it is not there. */
  readonly folder: string;
  readonly files?: FileOperations;
  readonly clock?: Clock;
  /** Stand in the events' ids; the workspace counts its starts. */
  readonly origin?: { readonly instance: string; readonly boot: number };
  /** Characters of JSON that are kept of all events. */
  readonly maxEvents?: number;
}

/**
 * `telemetry.json`, a checkpoint, with `telemetry.wal.jsonl`, the journal since then, in a folder. What is damaged is put
 * aside and told in an event `storage.recovered`.
 */
export async function fsTelemetry(options: FsTelemetryOptions): Promise<Telemetry> {
  const { folder, files = nodeFiles, maxEvents = 4 * 1024 * 1024 } = options;
  try {
    await files.mkdir(folder);
    await files.restrict(folder, 0o700);
  } catch (error) {
    throw storeFailure(error, folder);
  }
  const newStore = randomBytes(6).toString('hex');
  const recovery = await recoverTelemetry({ folder, files, newStore, maxEvents });
  const telemetry = new FsTelemetry(options, recovery);
  await telemetry.begin(recovery);
  return telemetry;
}

class FsTelemetry implements Telemetry {
  readonly capabilities = {
    durable: { committed: 'power', recorded: 'process' },
    maxValueBytes: MAX_EVENT_BYTES,
  } as const;
  readonly #state: Recovery['state'];
  readonly #wal: Wal;
  readonly #journal: Journal;
  readonly #folding: Compactor;
  readonly #clock: Clock;
  readonly #live: LiveFiles;
  readonly #pending = new Map<string, Promise<readonly AuditEvent[]>>();
  #foldFailure: StoreError | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: FsTelemetryOptions, recovery: Recovery) {
    const { folder, files = nodeFiles, clock = systemClock } = options;
    const { state, nextSegment, leftover, firstNeeded } = recovery;
    const { instance, boot } = options.origin ?? { instance: state.store, boot: 1 };
    this.#state = state;
    this.#clock = clock;
    this.#wal = new Wal({ folder, files, nextSegment, leftover });
    this.#folding = new Compactor({ folder, files, state, wal: this.#wal, clock, firstNeeded });
    this.#live = { folder, files, ring: state.ring, folding: this.#folding };
    const origin = `${instance}/${String(boot)}`;
    const written = (): void => {
      this.#folding.touch();
      if (this.#wal.size >= FOLD_AT_BYTES) void this.#fold();
    };
    this.#journal = new Journal({ state, wal: this.#wal, clock, origin, written });
  }

  /** Folds what was recovered and tells of it. A full disk does not keep anybody from starting. */
  async begin({ unfolded, damages, replayed, missing }: Recovery): Promise<void> {
    let setAside: readonly string[] = [];
    if (unfolded) await this.#fold(async () => (setAside = await this.#folding.foldDamaged(damages)));
    if (damages.length === 0 && missing === 0) return;
    const reasons = damages.map(({ name, reason }) => `${name}: ${reason}`);
    const event = {
      at: isoTime(this.#clock.wall()),
      kind: 'storage.recovered',
      level: 'warn',
      message: `Telemetry was damaged: ${String(replayed)} records recovered, ${String(missing)} missing`,
      data: { replayed, missing, reasons, setAside },
    } as const;
    await this.append('default', [event]).catch(() => undefined);
  }

  get health(): TelemetryHealth {
    const failure = this.#wal.readOnly ?? this.#journal.failure ?? this.#foldFailure;
    const facts = { unrecorded: this.#journal.unrecorded, droppedBefore: this.#state.ring.droppedBefore };
    if (failure === undefined) return { state: 'up', ...facts };
    return { state: this.#wal.readOnly === undefined ? 'degraded' : 'read-only', reason: failure.message, ...facts };
  }

  get figures(): TelemetryMetrics {
    return { lastSeq: this.#state.lastSeq, bytes: this.#wal.size };
  }

  async append(
    _tenant: TenantId,
    drafts: readonly AuditEventDraft[],
    { op }: AppendContext = {},
  ): Promise<readonly AuditEvent[]> {
    this.#mustBeOpen();
    if (op === undefined) return this.#append(drafts, op);
    const pending = this.#pending.get(op);
    if (pending !== undefined) return structuredClone(await pending);
    const append = this.#appendOnce(drafts, op).finally(() => this.#pending.delete(op));
    this.#pending.set(op, append);
    return append;
  }

  events(_tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]> {
    return this.#look(() => this.#state.ring.newest(query));
  }

  read(_tenant: TenantId, reading: TelemetryRead): Promise<TelemetryPage> {
    return this.#look(() => this.#state.ring.read(reading));
  }

  async verify(_tenant: TenantId, verification: AuditVerification = {}): Promise<AuditVerdict> {
    this.#mustBeOpen();
    return verifyLive(this.#live, verification);
  }

  async log(_tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void> {
    this.#mustBeOpen();
    await this.#journal.write({ serviceId, lines: [...lines] }, 'recorded');
  }

  logs(_tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]> {
    return this.#look(() => this.#state.logs.newest(serviceId, limit));
  }

  async dropLogs(_tenant: TenantId, serviceId: string): Promise<void> {
    this.#mustBeOpen();
    await this.#journal.write({ dropped: serviceId }, 'committed');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#journal.settle();
    await this.#fold(() => this.#folding.close());
    await this.#wal.close();
  }

  async #appendOnce(drafts: readonly AuditEventDraft[], op: string): Promise<readonly AuditEvent[]> {
    const known = this.#state.ring.ofOperation(op);
    if (known === undefined) return this.#append(drafts, op);
    // The first try may have ended before it was known to be on disk.
    if (classOf(known) === 'committed') await this.#journal.sync();
    return known;
  }

  async #append(drafts: readonly AuditEventDraft[], op: string | undefined): Promise<readonly AuditEvent[]> {
    const encoded = encodeDrafts(drafts, op);
    if (encoded.length === 0) return [];
    const content = await this.#journal.write({ drafts: encoded }, classOf(drafts));
    return 'events' in content ? content.events.map(decodeEvent) : [];
  }

  async #fold(how: () => Promise<unknown> = () => this.#folding.compact()): Promise<void> {
    try {
      await how();
      this.#foldFailure = undefined;
    } catch (error) {
      this.#foldFailure = storeFailure(error, 'telemetry.json');
    }
  }

  #mustBeOpen(): void {
    if (this.#closed !== undefined) throw new StoreError('closed', 'the telemetry is closed');
  }

  #look<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#mustBeOpen();
      resolve(work());
    });
  }
}

/** A batch is as safe as the safest of its events asks. */
const classOf = (events: readonly AuditEventDraft[]): 'committed' | 'recorded' =>
  events.every(({ kind }) => durabilityOf(kind) === 'recorded') ? 'recorded' : 'committed';
