import type { ServiceRecord } from '@clarity-runtime/core';
import type { StoreCapabilities, Versioned } from '@clarity-runtime/core/ports';

/** The content of a checkpoint file. */
export interface RegistryState<T = ServiceRecord> {
  /** Number of accepted changes. Revisions contain it, so every revision is unique. */
  readonly changes: number;
  readonly records: ReadonlyMap<string, Versioned<T>>;
  /** Texts of items that this version does not know. They are written again byte for byte. */
  readonly unsupported: readonly string[];
  /** Texts of items whose bytes differ from their encoding, by id. They are written again while the revision is the same. */
  readonly texts: ReadonlyMap<string, { readonly revision: string; readonly text: string }>;
  /** Members of the file that this version does not know. */
  readonly others: Readonly<Record<string, unknown>>;
}

export const emptyRegistry: RegistryState<never> = {
  changes: 0,
  records: new Map(),
  unsupported: [],
  texts: new Map(),
  others: {},
};

/** Facts about the stores of one process on files. */
export const FILE_STORE: StoreCapabilities = {
  shared: false,
  durable: 'power',
  watch: 'push',
  maxValueBytes: 256 * 1024,
  dedupeWindowMs: 24 * 60 * 60_000,
  writeWithEvent: 'atomic',
};
