import { reasonOf } from '../../domain/errors/clarity-error.ts';
import { SerialQueue } from '../support/async.ts';
import type { ServiceState } from './service-state.ts';

/** The operations of one service, which run one after another. Knows whether the service runs or is about to run. */
export class OperationQueue {
  readonly #state: ServiceState;
  readonly #isRestartPending: () => boolean;
  readonly #queue = new SerialQueue();
  /** Operations in progress or waiting, after which the service may run. */
  #startsDue = 0;
  /** The first start of this process was not requested yet, but will be. */
  #isExpected = false;

  constructor(state: ServiceState, isRestartPending: () => boolean) {
    this.#state = state;
    this.#isRestartPending = isRestartPending;
  }

  /** True without a running or waiting operation. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  /** True if a start is in progress, or the first start waits for its turn. */
  get isStarting(): boolean {
    const { lifecycle } = this.#state.status;
    return lifecycle === 'STARTING' || (lifecycle === 'REGISTERED' && this.#isDue);
  }

  /** True if the service runs, starts, or is started again by itself. */
  get isOffered(): boolean {
    if (this.#state.status.lifecycle === 'QUARANTINED') return false;
    const isWaiting = this.#state.status.lifecycle === 'NEEDS_LOGIN';
    return this.#state.isRunning || isWaiting || this.#isDue || this.#isRestartPending();
  }

  /** Offers the service until its first operation: the runtime starts it soon. */
  expectStart(): void {
    this.#announcing(() => {
      this.#isExpected = this.#state.status.lifecycle === 'REGISTERED';
    });
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#announcing(() => {
      this.#isExpected = false;
    });
    return this.#queue.run(task);
  }

  /** Runs an operation after which the service may run. Announces a change of `isOffered`. */
  async start(task: () => Promise<void>): Promise<void> {
    this.#announcing(() => {
      this.#startsDue += 1;
      this.#isExpected = false;
    });
    try {
      await this.#queue.run(task);
    } finally {
      this.#announcing(() => {
        this.#startsDue -= 1;
      });
    }
  }

  /** Runs an operation without waiting for it. Its failure is a log line. */
  inBackground(task: () => Promise<void>): void {
    this.run(task).catch(this.#failed);
  }

  /** Runs a start without waiting for it. Its failure is a log line. */
  startInBackground(task: () => Promise<void>): void {
    this.start(task).catch(this.#failed);
  }

  readonly #failed = (error: unknown): void => {
    this.#state.dependencies.audit.log(this.#state.id, `Operation failed: ${reasonOf(error)}`);
  };

  get #isDue(): boolean {
    return this.#isExpected || this.#startsDue > 0;
  }

  /** Announces the change if it makes the service offered, or not. */
  #announcing(change: () => void): void {
    const wasOffered = this.isOffered;
    change();
    if (this.isOffered !== wasOffered && this.#state.snapshot !== undefined) this.#state.changed();
  }
}
