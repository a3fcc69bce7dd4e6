import type { Leases, RecordStore, Revision, Versioned } from '../ports/index.ts';
import type { RecordSamples } from './record-samples.ts';

/** `open` opens the same store again, so that the contract can check durability. */
export interface RecordStoreSetup<T> {
  readonly open: () => Promise<RecordStore<T>>;
  /** Opens a second handle while the first is open, as another process does; absent for a store of one process. */
  readonly second?: (first: RecordStore<T>) => Promise<RecordStore<T>>;
  /**
   * Holds back the answers to writes. The returned function lets them go on, and resolves when the store answers again. Absent
   * where nothing can be held back.
   */
  readonly stall?: () => Promise<() => Promise<void>>;
  /** The leases whose fences the store checks; absent for a store without leases. */
  readonly leases?: Leases;
}

/** The parts of the contract use these helpers. */
export interface RecordContractTools<T> {
  readonly samples: RecordSamples<T>;
  readonly setup: () => Promise<RecordStoreSetup<T>>;
  readonly fresh: () => Promise<RecordStore<T>>;
  readonly put: (store: RecordStore<T>, value: T, expect?: Revision) => Promise<Versioned<T>>;
  readonly ids: (store: RecordStore<T>, tenant?: string) => Promise<readonly string[]>;
}
