import type { ServiceRecord } from '../domain/services/service.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type { Expect, Versioned, WriteContext } from '../ports/index.ts';

/** The content of a registry as one immutable value. */
export interface RegistryState<T = ServiceRecord> {
  /** Number of accepted changes. Revisions contain it, so every revision is unique. */
  readonly changes: number;
  readonly records: ReadonlyMap<string, Versioned<T>>;
}

export const emptyRegistry: RegistryState<never> = { changes: 0, records: new Map() };

export interface AcceptedPut<T = ServiceRecord> {
  readonly state: RegistryState<T>;
  readonly item: Versioned<T>;
}

/** A write: record, id and expected revision. */
export interface Put<T> {
  readonly id: string;
  readonly value: T;
  readonly expect: Expect;
}

/** Returns the state after a write. @throws StoreError `conflict` when `expect` differs from the stored revision. */
export function putRecord<T>(
  state: RegistryState<T>,
  { id, value, expect }: Put<T>,
  write: { readonly context: WriteContext; readonly at: Date },
): AcceptedPut<T> {
  const { context, at } = write;
  const found = state.records.get(id);
  if (found?.op === context.op && sameContent(found.value, value)) return { state, item: found };
  check(found, expect, id);
  const changes = state.changes + 1;
  const item: Versioned<T> = {
    value: structuredClone(value),
    revision: `r${String(changes)}`,
    writtenAt: at.toISOString(),
    op: context.op,
  };
  return { state: { changes, records: new Map(state.records).set(id, item) }, item };
}

/** Returns the state after a removal. Removing an absent record succeeds with `absent` and `any`. */
export function removeRecord<T>(state: RegistryState<T>, id: string, expect: Expect): RegistryState<T> {
  const found = state.records.get(id);
  if (found === undefined && (expect === 'any' || expect === 'absent')) return state;
  check(found, expect, id);
  const records = new Map(state.records);
  records.delete(id);
  return { changes: state.changes + 1, records };
}

/** Returns a deep copy. */
export const copyOf = <T>(item: Versioned<T>): Versioned<T> => structuredClone(item);

/** Returns copies of all records, ordered by id. */
export const listRecords = <T>({ records }: RegistryState<T>): readonly Versioned<T>[] =>
  [...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => copyOf(item));

function check(found: Versioned<unknown> | undefined, expect: Expect, id: string): void {
  const current = found?.revision ?? 'absent';
  if (expect !== 'any' && expect !== current) {
    throw new StoreError('conflict', `${id} is at '${current}', not at '${expect}'`, { current });
  }
}

const sameContent = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
