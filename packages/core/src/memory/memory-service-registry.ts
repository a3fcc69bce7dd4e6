import type { ServiceRecord } from '../domain/services/service.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type {
  Change,
  Cursor,
  Expect,
  ServiceRegistry,
  StoreCapabilities,
  TenantId,
  Versioned,
  WriteContext,
} from '../ports/index.ts';
import { ChangeFeed } from '../registry/change-feed.ts';
import { inMemory, type RegistryBacking } from '../registry/registry-backing.ts';
import { copyOf, listRecords, putRecord, removeRecord, type RegistryState } from '../registry/registry-state.ts';

/** A `ServiceRegistry` over a backing that stores its state. Default: in memory. */
export class MemoryServiceRegistry implements ServiceRegistry {
  readonly #backing: RegistryBacking;
  readonly #feed = new ChangeFeed<ServiceRecord>();
  readonly #open = new AbortController();

  constructor(backing: RegistryBacking = inMemory()) {
    this.#backing = backing;
  }

  get capabilities(): StoreCapabilities {
    return this.#backing.capabilities;
  }

  readonly list: ServiceRegistry['list'] = () => this.#do(() => Promise.resolve(listRecords(this.#backing.state)));

  get(_tenant: TenantId, serviceId: string): Promise<Versioned<ServiceRecord> | undefined> {
    return this.#do(() => {
      const found = this.#backing.state.records.get(serviceId);
      return Promise.resolve(found === undefined ? undefined : copyOf(found));
    });
  }

  put(
    _tenant: TenantId,
    record: ServiceRecord,
    expect: Expect,
    context: WriteContext,
  ): Promise<Versioned<ServiceRecord>> {
    const own = structuredClone(record);
    return this.#do(async () => {
      const accepted: Versioned<ServiceRecord>[] = [];
      const most = this.capabilities.maxValueBytes;
      if (JSON.stringify(own).length > most) {
        throw new StoreError('too_large', `${own.serviceId}: a record may have ${String(most)} bytes`);
      }
      const state = await this.#backing.commit((before) => {
        const write = { context, at: this.#backing.now() };
        const after = putRecord(before, { id: own.serviceId, value: own, expect }, write);
        accepted.push(after.item);
        return after.state;
      });
      const [item] = accepted;
      if (item === undefined) throw new StoreError('indeterminate', 'the store did not try the change');
      this.#feed.publish({ type: 'put', item: copyOf(item), cursor: cursorOf(state) });
      return copyOf(item);
    }, context.signal);
  }

  remove(_tenant: TenantId, serviceId: string, expect: Expect, context: WriteContext): Promise<void> {
    return this.#do(async () => {
      const state = await this.#backing.commit((before) => removeRecord(before, serviceId, expect));
      this.#feed.publish({ type: 'remove', id: serviceId, cursor: cursorOf(state) });
    }, context.signal);
  }

  /** Resumes only from the current cursor. Any older cursor yields a `reset`. */
  watch(_tenant: TenantId, from: Cursor | 'snapshot', signal: AbortSignal): AsyncIterable<Change<ServiceRecord>> {
    const { state } = this.#backing;
    const cursor = cursorOf(state);
    const items = listRecords(state).map((item) => ({ type: 'put', item, cursor }) as const);
    const first: readonly Change<ServiceRecord>[] =
      from === 'snapshot'
        ? [...items, { type: 'synced', cursor }]
        : from === cursor
          ? [{ type: 'synced', cursor }]
          : [{ type: 'reset', reason: 'changes since this cursor are not kept' }];
    return this.#feed.read(first, AbortSignal.any([signal, this.#open.signal]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#open.signal.aborted) return;
    this.#open.abort();
    await this.#backing.close();
  }

  #do<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#open.signal.aborted) return Promise.reject(new StoreError('closed', 'the registry is closed'));
    if (signal?.aborted === true) return Promise.reject(new StoreError('aborted', 'aborted before it was tried'));
    return work();
  }
}

const cursorOf = ({ changes }: RegistryState): Cursor => `c${String(changes)}`;
