import { isTenantId } from '../domain/access/tenant.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type {
  CallOptions,
  Change,
  Cursor,
  Expect,
  Fence,
  RecordPage,
  RecordStore,
  StoreCapabilities,
  StoreHealth,
  TenantId,
  UnsupportedRecord,
  Versioned,
  WriteContext,
} from '../ports/index.ts';
import { ChangeFeed } from '../registry/change-feed.ts';
import { inMemory, type RecordBacking } from '../registry/record-backing.ts';
import { RecordTable } from '../registry/record-table.ts';
import { RecordWriter } from '../registry/record-writer.ts';

/** The parts that all handles of one store use. */
interface SharedRecords<T> {
  readonly backing: RecordBacking<T>;
  readonly table: RecordTable<T>;
  readonly feed: ChangeFeed<T>;
  readonly writer: RecordWriter<T>;
}

/** Dependencies of `MemoryRecordStore`. */
export interface MemoryRecordStoreOptions<T> {
  /** Returns the id of a value. */
  readonly idOf: (value: T) => string;
  /** Storage behind the records; memory only when absent. */
  readonly backing?: RecordBacking<T>;
  /** Judges the fence of a write; without it a fence is ignored. */
  readonly leases?: FenceCheck;
}

/** Compares the fence of a write with the newest one of its lease. */
export interface FenceCheck {
  isOutdated(tenant: TenantId, lease: string, fence: Fence): boolean;
}

const encoder = new TextEncoder();

/** A `RecordStore` over records in memory and a backing that stores them. */
export class MemoryRecordStore<T> implements RecordStore<T> {
  readonly #shared: SharedRecords<T>;
  readonly #options: MemoryRecordStoreOptions<T>;
  readonly #open = new AbortController();
  readonly #isHandle: boolean;

  constructor(options: MemoryRecordStoreOptions<T>, shared?: SharedRecords<T>) {
    this.#options = options;
    this.#isHandle = shared !== undefined;
    this.#shared = shared ?? shareOf(options.backing ?? inMemory());
  }

  get unsupported(): readonly UnsupportedRecord[] {
    return this.#shared.backing.unsupported ?? [];
  }

  get capabilities(): StoreCapabilities {
    return this.#shared.backing.capabilities;
  }

  get health(): StoreHealth {
    return this.#shared.backing.health;
  }

  /** Opens a second handle of the same records, as another process would. Disposing it does not close the store. */
  handle(): MemoryRecordStore<T> {
    return new MemoryRecordStore(this.#options, this.#shared);
  }

  async list(tenant: TenantId, options?: CallOptions): Promise<RecordPage<T>> {
    this.#assertUsable(tenant, options);
    const { table } = this.#shared;
    return Promise.resolve({ items: table.list(tenant), cursor: cursorOf(table) });
  }

  async get(tenant: TenantId, id: string, options?: CallOptions): Promise<Versioned<T> | undefined> {
    this.#assertUsable(tenant, options);
    return Promise.resolve(structuredClone(this.#shared.table.find(tenant, id)));
  }

  async put(tenant: TenantId, value: T, expect: Expect, context: WriteContext): Promise<Versioned<T>> {
    this.#assertUsable(tenant, context);
    const own = cloned(value);
    const id = this.#options.idOf(own);
    const { maxValueBytes } = this.capabilities;
    if (encoder.encode(JSON.stringify(own)).length > maxValueBytes) {
      throw new StoreError('too_large', `${id}: a record may have ${String(maxValueBytes)} bytes`);
    }
    this.#assertFence(tenant, context);
    const at = this.#shared.backing.now();
    const { item } = await this.#shared.writer.write({ tenant, id, value: own, expect, context, at });
    if (item === undefined) throw new StoreError('indeterminate', 'the store did not try the change');
    return structuredClone(item);
  }

  async remove(tenant: TenantId, id: string, expect: Expect, context: WriteContext): Promise<void> {
    this.#assertUsable(tenant, context);
    this.#assertFence(tenant, context);
    await this.#shared.writer.write({ tenant, id, expect, context, at: this.#shared.backing.now() });
  }

  /** Resumes only from the current cursor. Any older cursor yields a `reset`. */
  watch(tenant: TenantId, from: Cursor | 'snapshot', signal: AbortSignal): AsyncIterable<Change<T>> {
    const { table, feed } = this.#shared;
    const cursor = cursorOf(table);
    const items = table.list(tenant).map((item) => ({ type: 'put', item, cursor }) as const);
    const first: readonly Change<T>[] =
      from === 'snapshot'
        ? [...items, { type: 'synced', cursor }]
        : from === cursor
          ? [{ type: 'synced', cursor }]
          : [{ type: 'reset', reason: 'changes since this cursor are not kept' }];
    return feed.read(first, AbortSignal.any([signal, this.#open.signal]), tenant === '*' ? undefined : tenant);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#open.signal.aborted) return;
    this.#open.abort();
    if (!this.#isHandle) await this.#shared.writer.close();
  }

  #assertUsable(tenant: TenantId, { signal }: CallOptions = {}): void {
    if (this.#open.signal.aborted) throw new StoreError('closed', 'the store is closed');
    if (!isTenantId(tenant)) throw new StoreError('invalid', `'${String(tenant)}' is not the name of a tenant`);
    if (this.#shared.backing.tenants?.includes(tenant) === false)
      throw new StoreError('invalid', `the store has no tenant '${tenant}'`);
    if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
  }

  #assertFence(tenant: TenantId, { fence }: WriteContext): void {
    if (fence !== undefined && this.#options.leases?.isOutdated(tenant, fence.lease, fence.value) === true) {
      throw new StoreError('fenced', `the lease '${fence.lease}' has another holder`);
    }
  }
}

function shareOf<T>(backing: RecordBacking<T>): SharedRecords<T> {
  const table = new RecordTable<T>(backing.initial);
  const feed = new ChangeFeed<T>();
  const writer = new RecordWriter<T>(table, backing, (entries) => {
    const cursor = cursorOf(table);
    for (const { tenant, id, value, revision, writtenAt, op } of entries) {
      if (value === undefined) feed.publish({ type: 'remove', id, cursor }, tenant);
      else feed.publish({ type: 'put', item: structuredClone({ value, revision, writtenAt, op }), cursor }, tenant);
    }
  });
  return { backing, table, feed, writer };
}

function cloned<T>(value: T): T {
  try {
    return structuredClone(value);
  } catch (error) {
    throw new StoreError('invalid', 'the value is not data', { cause: error });
  }
}

const cursorOf = ({ changes }: RecordTable<never> | RecordTable<unknown>): Cursor => `c${String(changes)}`;
