import type { ServiceRecord } from '../domain/services/service.ts';
import type { StoreCapabilities } from '../ports/index.ts';
import { emptyRegistry, type RegistryState } from './registry-state.ts';

/** Storage of the state of a registry. */
export interface RegistryBacking<T = ServiceRecord> {
  readonly state: RegistryState<T>;
  readonly capabilities: StoreCapabilities;
  /** Stores changes in order of the calls. `state` changes when the promise resolves. */
  commit(change: (state: RegistryState<T>) => RegistryState<T>): Promise<RegistryState<T>>;
  close(): Promise<void>;
  now(): Date;
}

/** Returns a backing in memory. */
export function inMemory<T>(): RegistryBacking<T> {
  let state: RegistryState<T> = emptyRegistry;
  return {
    get state() {
      return state;
    },
    capabilities: { durable: 'memory', watch: 'push', maxValueBytes: 256 * 1024 },
    commit: (change) =>
      new Promise((resolve) => {
        state = change(state);
        resolve(state);
      }),
    close: () => Promise.resolve(),
    now: () => new Date(),
  };
}
