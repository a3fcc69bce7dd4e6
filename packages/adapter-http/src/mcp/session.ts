import type { Cancellation, McpNotification, McpReply, McpRequest } from '@clarity-runtime/core';
import type { McpPeer } from '@clarity-runtime/core/ports';
import {
  encodeNotification,
  SessionRequests,
  type EncodedMessage,
  type SessionFacts,
} from '@clarity-runtime/core/protocol';
import type { EventBudget } from './event-budget.ts';
import { EventStore } from './event-store.ts';
import type { SessionOwner } from './session-id.ts';

/** First revision whose clients understand an event without data. */
const PRIMED_REVISION = '2025-11-25';

interface SessionOwnership {
  readonly owner?: string;
  readonly context?: SessionOwner;
  readonly issuedAt?: number;
  /** Bounds the kept events. */
  readonly budget?: EventBudget;
}

/** One session of a legacy client, from its handshake to its end. */
export class Session {
  readonly facts: SessionFacts;
  readonly events: EventStore;
  /** Key of the principal that the session belongs to. */
  readonly owner: string;
  /** Caller and endpoint of the request that opened the session. */
  readonly context: SessionOwner | undefined;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly peer: McpPeer;
  readonly #requests: SessionRequests;
  /** Monotonic milliseconds. */
  usedAt = 0;

  /** `onLimit` is called for each request to the client that exceeds the limit. */
  constructor(
    facts: SessionFacts,
    open: (send: (notification: McpNotification) => void) => McpPeer,
    onLimit: () => void,
    { owner = '', context, issuedAt = 0, budget }: SessionOwnership = {},
  ) {
    this.facts = facts;
    this.owner = owner;
    this.context = context;
    this.issuedAt = issuedAt;
    this.events = new EventStore(budget, owner);
    this.#requests = new SessionRequests(onLimit);
    this.peer = open((notification) => {
      this.events.standalone.push(encodeNotification(notification));
    });
  }

  /** A request is running, or the standalone stream is open. */
  get isBusy(): boolean {
    return this.#requests.running > 0 || this.events.standalone.isAttached;
  }

  get isOpen(): boolean {
    return this.#requests.isOpen;
  }

  get primes(): boolean {
    return this.facts.revision >= PRIMED_REVISION;
  }

  /** Runs the request of that id. It is cancelled when the client cancels the request, not when it disconnects. */
  run<T>(id: string, work: (cancellation: Cancellation) => Promise<T>): Promise<T> {
    return this.#requests.run(id, work);
  }

  /** Handles a notification. */
  notify(notification: McpNotification): void {
    if (!this.#requests.cancel(notification)) this.peer.notify(notification);
  }

  /** Sends a request to the client with `write` and waits for the response that the client posts. */
  request(
    request: McpRequest,
    cancellation: Cancellation,
    write: (message: EncodedMessage) => void,
  ): Promise<McpReply> {
    return this.#requests.ask(request, cancellation, write);
  }

  /** Passes on the client's response. A response without an open request is ignored. */
  answer(id: string, reply: McpReply): void {
    this.#requests.answer(id, reply);
  }

  close(): void {
    this.#requests.close();
    this.events.close();
    this.peer.close();
  }
}
