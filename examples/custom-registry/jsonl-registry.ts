import { randomUUID } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { StoreError, type ServiceRecord } from '@clarity-runtime/core';
import { ChangeFeed } from '@clarity-runtime/core/registry';
import type {
  Change,
  Cursor,
  Expect,
  RecordPage,
  ServiceRegistry,
  TenantId,
  Versioned,
  WriteContext,
} from '@clarity-runtime/core/ports';

type Item = Versioned<ServiceRecord>;
type Line = ({ readonly put: Item } | { readonly removed: string; readonly op?: string }) & Pick<WriteContext, 'event'>;

/** A registry in one append-only file: one line per change, random revisions, the last line of a service applies. */
export class JsonlRegistry implements ServiceRegistry {
  readonly capabilities = {
    shared: false,
    durable: 'power',
    watch: 'push',
    maxValueBytes: 64 * 1024,
    dedupeWindowMs: 'forever',
    writeWithEvent: 'atomic',
  } as const;
  readonly health = { state: 'up' } as const;
  readonly #file: FileHandle;
  readonly #items: Map<string, Item>;
  /** Effects of operations: a repeated operation has none. */
  readonly #done = new Map<string, Item>();
  readonly #removals = new Set<string>();
  readonly #feed = new ChangeFeed<ServiceRecord>();
  readonly #open = new AbortController();
  #cursor: Cursor = randomUUID();
  #length: number;
  #lane: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle, items: Map<string, Item>, length: number) {
    this.#file = file;
    this.#items = items;
    this.#length = length;
  }

  /** Opens the file and truncates an incomplete last line, whose write was never acknowledged. */
  static async open(path: string): Promise<JsonlRegistry> {
    const file = await open(path, 'a+', 0o600);
    await file.close();
    const bytes = await readFile(path);
    const length = bytes.lastIndexOf(0x0a) + 1;
    const items = new Map<string, Item>();
    for (const text of bytes.subarray(0, length).toString().split('\n').filter(Boolean)) {
      const line = JSON.parse(text) as Line;
      if ('put' in line) items.set(line.put.value.serviceId, line.put);
      else items.delete(line.removed);
    }
    const writable = await open(path, 'r+');
    await writable.truncate(length);
    return new JsonlRegistry(writable, items, length);
  }

  async list(tenant: TenantId): Promise<RecordPage<ServiceRecord>> {
    this.#mustBeOpen(tenant);
    const items = [...this.#items.values()].sort((a, b) => (a.value.serviceId < b.value.serviceId ? -1 : 1));
    return Promise.resolve({ items: structuredClone(items), cursor: this.#cursor });
  }

  async get(tenant: TenantId, serviceId: string): Promise<Item | undefined> {
    this.#mustBeOpen(tenant);
    return Promise.resolve(structuredClone(this.#items.get(serviceId)));
  }

  async put(tenant: TenantId, record: ServiceRecord, expect: Expect, context: WriteContext): Promise<Item> {
    this.#mustBeOpen(tenant, context.signal);
    const value = structuredClone(record);
    if (JSON.stringify(value).length > this.capabilities.maxValueBytes) {
      throw new StoreError('too_large', `${value.serviceId} is too large`);
    }
    return this.#next(async () => {
      const done = this.#done.get(context.op);
      if (done !== undefined && JSON.stringify(done.value) === JSON.stringify(value)) return structuredClone(done);
      this.#check(value.serviceId, expect);
      const item: Item = { value, revision: randomUUID(), writtenAt: new Date().toISOString(), op: context.op };
      await this.#append({ put: item, ...eventOf(context) });
      this.#items.set(value.serviceId, item);
      this.#done.set(context.op, item);
      this.#tell((cursor) => ({ type: 'put', item: structuredClone(item), cursor }));
      return structuredClone(item);
    });
  }

  async remove(tenant: TenantId, serviceId: string, expect: Expect, context: WriteContext): Promise<void> {
    this.#mustBeOpen(tenant, context.signal);
    await this.#next(async () => {
      if (this.#removals.has(context.op)) return;
      if (!this.#items.has(serviceId) && (expect === 'any' || expect === 'absent')) return;
      this.#check(serviceId, expect);
      await this.#append({ removed: serviceId, op: context.op, ...eventOf(context) });
      this.#items.delete(serviceId);
      this.#removals.add(context.op);
      this.#tell((cursor) => ({ type: 'remove', id: serviceId, cursor }));
    });
  }

  watch(_tenant: TenantId, from: Cursor, signal: AbortSignal): AsyncIterable<Change<ServiceRecord>> {
    const cursor = this.#cursor;
    const items = [...this.#items.values()].map(
      (item) => ({ type: 'put', item: structuredClone(item), cursor }) as const,
    );
    const synced = { type: 'synced', cursor } as const;
    const elsewhere = from === cursor ? [synced] : [{ type: 'reset', reason: 'changes are not kept' } as const];
    const first = from === 'snapshot' ? [...items, synced] : elsewhere;
    return this.#feed.read(first, AbortSignal.any([signal, this.#open.signal]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#open.signal.aborted) return;
    this.#open.abort();
    await this.#lane;
    await this.#file.close();
  }

  /** Runs changes in sequence, so that each comparison uses the result of the previous change. */
  #next<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lane.then(change);
    this.#lane = result.catch(() => undefined);
    return result;
  }

  async #append(line: Line): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      await this.#file.write(bytes, 0, bytes.length, this.#length);
      await this.#file.datasync();
    } catch (error) {
      throw new StoreError('indeterminate', 'it is not known whether the line was written', { cause: error });
    }
    this.#length += bytes.length;
  }

  #check(serviceId: string, expect: Expect): void {
    const current = this.#items.get(serviceId)?.revision ?? 'absent';
    if (expect !== 'any' && expect !== current) throw new StoreError('conflict', `${serviceId} changed`, { current });
  }

  #tell(change: (cursor: Cursor) => Change<ServiceRecord>): void {
    this.#cursor = randomUUID();
    this.#feed.publish(change(this.#cursor));
  }

  /** This file has one tenant. */
  #mustBeOpen(tenant: TenantId, signal?: AbortSignal): void {
    if (this.#open.signal.aborted) throw new StoreError('closed', 'the registry is closed');
    if (tenant !== 'default') throw new StoreError('invalid', `the file has no tenant '${tenant}'`);
    if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
  }
}

const eventOf = ({ event }: WriteContext): Pick<WriteContext, 'event'> => (event === undefined ? {} : { event });
