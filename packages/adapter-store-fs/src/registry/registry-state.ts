import type { RecordBacking, RecordEntry, TenantRecord } from '@clarity-runtime/core/registry';
import type { StoreCapabilities, Versioned } from '@clarity-runtime/core/ports';
import type { ServiceRecord } from '@clarity-runtime/core';

/** The content of a registry file. */
export interface RegistryState<T = ServiceRecord> {
  /** Number of accepted changes. Revisions contain it, so every revision is unique. */
  readonly changes: number;
  readonly records: ReadonlyMap<string, Versioned<T>>;
}

export const emptyRegistry: RegistryState<never> = { changes: 0, records: new Map() };

const MAX_RECORD_BYTES = 256 * 1024;

/** Facts about the stores of one process on files. */
export const FILE_STORE: StoreCapabilities = {
  shared: false,
  durable: 'power',
  watch: 'push',
  maxValueBytes: MAX_RECORD_BYTES,
  dedupeWindowMs: 24 * 60 * 60_000,
  writeWithEvent: 'repaired',
};

export interface FileBackingOptions<T> {
  readonly initial: RegistryState<T>;
  readonly save: (state: RegistryState<T>) => Promise<void>;
  readonly now: () => Date;
}

/** Returns a backing that writes the whole state at each batch. */
export function fileBacking<T>({ initial, save, now }: FileBackingOptions<T>): RecordBacking<T> {
  let state = initial;
  return {
    capabilities: FILE_STORE,
    health: { state: 'up' },
    initial: { changes: initial.changes, records: recordsOf(initial) },
    append: async (entries) => {
      const next = after(state, entries);
      await save(next);
      state = next;
    },
    close: () => Promise.resolve(),
    now,
  };
}

const recordsOf = <T>({ records }: RegistryState<T>): readonly TenantRecord<T>[] =>
  [...records].map(([id, item]) => ({ tenant: 'default', id, ...item }));

function after<T>({ changes, records }: RegistryState<T>, entries: readonly RecordEntry<T>[]): RegistryState<T> {
  const next = new Map(records);
  for (const { id, value, revision, writtenAt, op } of entries) {
    if (value === undefined) next.delete(id);
    else next.set(id, { value, revision, writtenAt, op });
  }
  return { changes: changes + entries.length, records: next };
}
