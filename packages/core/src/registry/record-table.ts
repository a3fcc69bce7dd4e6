import { StoreError } from '../domain/errors/store-error.ts';
import { sha256Hex } from '../domain/json/digest.ts';
import type { Expect, Versioned, WriteContext } from '../ports/index.ts';
import { OperationMemory } from './operation-memory.ts';
import { DEDUPE_WINDOW_MS, type RecordBacking, type RecordEntry } from './record-backing.ts';

/** One intended change: a value to store, or a removal without `value`. */
export interface Write<T> {
  readonly tenant: string;
  readonly id: string;
  readonly value?: T;
  readonly expect: Expect;
  readonly context: WriteContext;
  /** Time of the store. */
  readonly at: Date;
}

/** The answer to a write. `entry` is absent when the write changes nothing. */
export interface AcceptedWrite<T> {
  readonly item?: Versioned<T>;
  readonly entry?: RecordEntry<T>;
}

/** Records in memory by tenant and id. A batch of writes is judged first and applied after it is stored. */
export class RecordTable<T> {
  readonly #tenants = new Map<string, Map<string, Versioned<T>>>();
  readonly #operations = new OperationMemory(DEDUPE_WINDOW_MS);
  #changes: number;

  constructor({ changes, records }: RecordBacking<T>['initial']) {
    this.#changes = changes;
    for (const { tenant, id, ...item } of records) this.#of(tenant).set(id, item);
  }

  /** Number of accepted changes. */
  get changes(): number {
    return this.#changes;
  }

  find(tenant: string, id: string): Versioned<T> | undefined {
    return this.#tenants.get(tenant)?.get(id);
  }

  /** Returns copies of the records of a tenant, or of all with `*`, ordered by id. */
  list(tenant: string): readonly Versioned<T>[] {
    const tables = tenant === '*' ? [...this.#tenants.values()] : [this.#tenants.get(tenant) ?? []];
    const records = tables.flatMap((table) => [...table]);
    return records.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => structuredClone(item));
  }

  /** Starts a batch: its writes see the writes before them. */
  batch(): RecordBatch<T> {
    return new RecordBatch(this, this.#operations);
  }

  /** Applies the entries of a stored batch. */
  apply(entries: readonly RecordEntry<T>[]): void {
    for (const { tenant, id, op, revision, writtenAt, value } of entries) {
      this.#changes += 1;
      if (value === undefined) this.#of(tenant).delete(id);
      else this.#of(tenant).set(id, { value, revision, writtenAt, op });
      const digest = value === undefined ? undefined : digestOf(value);
      this.#operations.add(tenant, op, { id, at: Date.parse(writtenAt), revision, writtenAt, digest });
    }
  }

  #of(tenant: string): Map<string, Versioned<T>> {
    const found = this.#tenants.get(tenant) ?? new Map<string, Versioned<T>>();
    this.#tenants.set(tenant, found);
    return found;
  }
}

/** Writes that are stored together. */
export class RecordBatch<T> {
  readonly entries: RecordEntry<T>[] = [];
  readonly #table: RecordTable<T>;
  readonly #operations: OperationMemory;
  /** The newest entry of this batch by tenant and id. */
  readonly #staged = new Map<string, RecordEntry<T>>();

  constructor(table: RecordTable<T>, operations: OperationMemory) {
    this.#table = table;
    this.#operations = operations;
  }

  /** Judges a write. @throws StoreError `conflict` with the stored revision. */
  add(write: Write<T>): AcceptedWrite<T> {
    const { tenant, id, value, expect, context, at } = write;
    const known = this.#repeated(write);
    if (known !== undefined) return known;
    const current = this.#current(tenant, id)?.revision ?? 'absent';
    if (value === undefined && current === 'absent' && (expect === 'any' || expect === 'absent')) return {};
    if (expect !== 'any' && expect !== current) {
      throw new StoreError('conflict', `${id} is at '${current}', not at '${expect}'`, { current });
    }
    const revision = `r${String(this.#table.changes + this.entries.length + 1)}`;
    const { op, event } = context;
    const writtenAt = at.toISOString();
    const entry: RecordEntry<T> = {
      tenant,
      id,
      op,
      revision,
      writtenAt,
      ...(value === undefined ? {} : { value: structuredClone(value) }),
      ...(event === undefined ? {} : { event }),
    };
    this.entries.push(entry);
    this.#staged.set(`${tenant}/${id}`, entry);
    return value === undefined ? { entry } : { entry, item: { value, revision, writtenAt, op } };
  }

  /** Returns the answer to an operation that was accepted before, which changes nothing now. */
  #repeated({ tenant, id, value, context: { op } }: Write<T>): AcceptedWrite<T> | undefined {
    const staged = this.entries.find((entry) => entry.tenant === tenant && entry.op === op);
    if (staged !== undefined) {
      const isSame = staged.id === id && digestOf(staged.value) === digestOf(value);
      return isSame ? itemOf(staged.revision, staged.writtenAt, op, value) : undefined;
    }
    const effect = this.#operations.find(tenant, op);
    if (effect === undefined) {
      const found = this.#table.find(tenant, id);
      // After a restart only the operation of the current record is known.
      const isSame = found?.op === op && value !== undefined && digestOf(found.value) === digestOf(value);
      return isSame ? itemOf(found.revision, found.writtenAt, op, value) : undefined;
    }
    const isSame = effect.id === id && effect.digest === digestOf(value);
    return isSame ? itemOf(effect.revision, effect.writtenAt, op, value) : undefined;
  }

  #current(tenant: string, id: string): { readonly revision: string } | undefined {
    const staged = this.#staged.get(`${tenant}/${id}`);
    if (staged === undefined) return this.#table.find(tenant, id);
    return staged.value === undefined ? undefined : staged;
  }
}

const itemOf = <T>(revision: string, writtenAt: string, op: string, value: T | undefined): AcceptedWrite<T> =>
  value === undefined ? {} : { item: { value: structuredClone(value), revision, writtenAt, op } };

const digestOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : sha256Hex(JSON.stringify(value));
