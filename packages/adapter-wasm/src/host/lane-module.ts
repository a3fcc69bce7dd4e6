import type { LoadedGuest } from '../worker/messages.ts';
import type { GuestWorker } from './guest-worker.ts';
import type { MovedCalls } from './call-queue.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A module that runs in a lane. */
export interface LaneModule {
  readonly guest: LoadedGuest;
  log(lines: readonly string[]): void;
  /** Called when no worker can be started for its calls. */
  failed(): void;
}

/** A lane that continues with the worker of another one. */
export interface Successor {
  takeOver(worker: GuestWorker, key: number, calls: MovedCalls): void;
}

export interface LaneDependencies {
  readonly pool: WorkerPool;
  readonly idleMs: number;
  /** Returns the module of a key; undefined after it was closed. */
  find(key: number): LaneModule | undefined;
  /** Called when a call ended the worker: its module is placed apart from the others. */
  ended(key: number): void;
  /**
   * Called when a call runs long and delays calls of other modules. Returns the lane that takes the worker with the
   * calls of the module; undefined when the lane keeps them.
   */
  separate(key: number): Successor | undefined;
  /** Called when the worker ends because it is idle. */
  rested(): void;
}
