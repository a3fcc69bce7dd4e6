import { createHash } from 'node:crypto';
import { StoreError } from '@clarity-runtime/core';
import type {
  CallOptions,
  Change,
  Cursor,
  Expect,
  RecordPage,
  RecordStore,
  StoreCapabilities,
  StoreHealth,
  TenantId,
  UnsupportedRecord,
  Versioned,
  WriteContext,
} from '@clarity-runtime/core/ports';
import type { Database, ResultRow } from '../database/database.ts';
import { assertTenant, textOf, timeOf } from '../database/values.ts';
import { feedPosition, watchRecords } from './record-watch.ts';

/** Milliseconds for which a repeated operation is recognized. */
const DEDUPE_WINDOW_MS = 24 * 60 * 60_000;
const MAX_VALUE_BYTES = 256 * 1024;

/** Dependencies of `PgRecordStore`. */
export interface PgRecordStoreOptions<T> {
  readonly database: Database;
  /** Name of the kind of record in the database. */
  readonly kind: string;
  readonly idOf: (value: T) => string;
  /** Returns whether this version can use a stored value. */
  readonly isSupported?: (value: T) => boolean;
  readonly durable: StoreCapabilities['durable'];
}

/** Records of one kind in PostgreSQL. */
export class PgRecordStore<T> implements RecordStore<T> {
  readonly capabilities: StoreCapabilities;
  readonly #options: PgRecordStoreOptions<T>;
  readonly #closed = new AbortController();
  #unsupported: readonly UnsupportedRecord[] = [];

  constructor(options: PgRecordStoreOptions<T>) {
    this.#options = options;
    this.capabilities = {
      shared: true,
      durable: options.durable,
      watch: 'hint',
      maxValueBytes: MAX_VALUE_BYTES,
      dedupeWindowMs: DEDUPE_WINDOW_MS,
      writeWithEvent: 'repaired',
    };
  }

  get health(): StoreHealth {
    return this.#options.database.health;
  }

  get unsupported(): readonly UnsupportedRecord[] {
    return this.#unsupported;
  }

  async list(tenant: TenantId, options: CallOptions = {}): Promise<RecordPage<T>> {
    this.#assertUsable(tenant);
    const { database, kind } = this.#options;
    // Read before the records: what changes between both reads comes again.
    const { cursor } = await feedPosition(database, kind, options);
    const rows = await database.call('records', [tenant, kind, null], options);
    return { items: this.#supported(rows), cursor };
  }

  async get(tenant: TenantId, id: string, options: CallOptions = {}): Promise<Versioned<T> | undefined> {
    this.#assertUsable(tenant);
    const { database, kind } = this.#options;
    const rows = await database.call('records', [tenant, kind, id], options);
    return this.#supported(rows)[0];
  }

  async put(tenant: TenantId, value: T, expect: Expect, context: WriteContext): Promise<Versioned<T>> {
    this.#assertUsable(tenant);
    const body = JSON.stringify(value);
    const id = this.#options.idOf(value);
    if (Buffer.byteLength(body) > MAX_VALUE_BYTES) {
      throw new StoreError('too_large', `${id}: a record may have ${String(MAX_VALUE_BYTES)} bytes`);
    }
    const digest = createHash('sha256').update(body).digest('hex');
    const row = await this.#write(tenant, { id, body, digest, expect, context });
    return {
      value: JSON.parse(body) as T,
      revision: textOf(row, 'revision'),
      writtenAt: timeOf(row, 'written_at'),
      op: context.op,
    };
  }

  async remove(tenant: TenantId, id: string, expect: Expect, context: WriteContext): Promise<void> {
    this.#assertUsable(tenant);
    await this.#write(tenant, { id, body: null, digest: null, expect, context });
  }

  async *watch(tenant: TenantId, from: Cursor | 'snapshot', signal: AbortSignal): AsyncGenerator<Change<T>, void> {
    const { database, kind } = this.#options;
    if (tenant !== '*') assertTenant(tenant);
    const ended = AbortSignal.any([signal, this.#closed.signal, database.ended]);
    yield* watchRecords({ database, kind, tenant, parse: (row) => this.#supported([row])[0] }, from, ended);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  async #write(
    tenant: TenantId,
    write: {
      readonly id: string;
      readonly body: string | null;
      readonly digest: string | null;
      readonly expect: Expect;
      readonly context: WriteContext;
    },
  ): Promise<ResultRow | undefined> {
    const { id, body, digest, expect, context } = write;
    const { database, kind } = this.#options;
    const { op, fence, event } = context;
    const values = [
      tenant,
      kind,
      id,
      body,
      digest,
      expect,
      op,
      fence?.lease ?? null,
      fence?.value ?? null,
      event === undefined ? null : JSON.stringify(event),
    ];
    const [row] = await database.call('put', values, { ...context, isWrite: true });
    return row;
  }

  /** Returns the usable records of rows, and notes the others. */
  #supported(rows: readonly ResultRow[]): readonly Versioned<T>[] {
    return rows.flatMap((row) => {
      const id = textOf(row, 'id');
      const value = parsed(textOf(row, 'body')) as T | undefined;
      const others = this.#unsupported.filter(({ name }) => name !== id);
      if (value === undefined || this.#options.isSupported?.(value) === false) {
        this.#unsupported = [...others, unsupportedRecord(this.#options.kind, id)];
        return [];
      }
      if (others.length < this.#unsupported.length) this.#unsupported = others;
      return [
        { value, revision: textOf(row, 'revision'), writtenAt: timeOf(row, 'written_at'), op: textOf(row, 'op') },
      ];
    });
  }

  #assertUsable(tenant: TenantId): void {
    if (this.#closed.signal.aborted) throw new StoreError('closed', 'the store is closed');
    assertTenant(tenant);
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const unsupportedRecord = (kind: string, name: string): UnsupportedRecord => ({
  file: `table record, kind ${kind}`,
  name,
  reason: 'this version cannot read the record',
  fix: 'upgrade this daemon to the version of the other daemons',
});
