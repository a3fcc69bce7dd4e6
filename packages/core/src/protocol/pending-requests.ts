import type { ClarityError } from '../domain/errors/clarity-error.ts';
import type { PendingRequest } from './pending-request.ts';

/** The requests of one connection that wait for their replies, by id, oldest first. */
export class PendingRequests {
  readonly #byId = new Map<number, PendingRequest>();

  get size(): number {
    return this.#byId.size;
  }

  /** The largest `maxReplyBytes` of the requests. */
  get largestReply(): number {
    return Math.max(0, ...this.all().map(({ maxReplyBytes }) => maxReplyBytes));
  }

  add(pending: PendingRequest): void {
    this.#byId.set(pending.id, pending);
  }

  get(id: number | undefined): PendingRequest | undefined {
    return id === undefined ? undefined : this.#byId.get(id);
  }

  delete(id: number): void {
    this.#byId.delete(id);
  }

  all(): readonly PendingRequest[] {
    return [...this.#byId.values()];
  }

  /**
   * Returns the call that a question of the service belongs to if its transport does not say so: the latest. A request of
   * the runtime itself, such as a list or a ping, has no client that could answer.
   */
  latestCall(): PendingRequest | undefined {
    return this.#calls().at(-1);
  }

  /** Returns the call that a log message belongs to, if exactly one is in flight. */
  onlyCall(): PendingRequest | undefined {
    const [only, more] = this.#calls();
    return more === undefined ? only : undefined;
  }

  failAll(error: ClarityError): void {
    for (const pending of this.#byId.values()) pending.fail(error);
  }

  /**
   * Fails the requests whose deadline has passed. Returns the earliest remaining deadline, in milliseconds of the
   * monotonic clock.
   */
  expire(now: number): number {
    let earliest = Infinity;
    for (const pending of this.#byId.values()) {
      pending.expire(now);
      if (!pending.isSettled) earliest = Math.min(earliest, pending.deadline);
    }
    return earliest;
  }

  #calls(): readonly PendingRequest[] {
    return this.all().filter(
      ({ options, request }) => options.caller !== undefined && request.method !== 'subscriptions/listen',
    );
  }
}
