import { setMaxListeners } from 'node:events';
import { RawJson, RpcCode, type McpNotification, type McpReply, type McpRequest } from '@clarity-runtime/core';
import type { McpPeer } from '@clarity-runtime/core/ports';
import { encodeNotification, encodeRequest, idKey, type EncodedMessage } from '@clarity-runtime/core/protocol';
import type { EventBudget } from './event-budget.ts';
import { EventStore } from './event-store.ts';
import type { SessionFacts } from './session-id.ts';

const MAX_CLIENT_REQUESTS = 64;
/** First revision whose clients understand an event without data. */
const PRIMED_REVISION = '2025-11-25';

const unanswered = (message: string): McpReply => ({ error: { code: RpcCode.internalError, message } });

/** One session of a legacy client, from its handshake to its end. */
export class Session {
  readonly facts: SessionFacts;
  readonly events: EventStore;
  /** Key of the principal that the session belongs to. */
  readonly owner: string;
  readonly peer: McpPeer;
  readonly #running = new Map<string, AbortController>();
  readonly #clientRequests = new Map<string, (reply: McpReply) => void>();
  readonly #onLimit: () => void;
  #requestCount = 0;
  #isClosed = false;
  /** Monotonic milliseconds. */
  usedAt = 0;

  /** `onLimit` is called for each request to the client that exceeds the limit. `budget` bounds the kept events. */
  constructor(
    facts: SessionFacts,
    open: (send: (notification: McpNotification) => void) => McpPeer,
    onLimit: () => void,
    { owner = '', budget }: { readonly owner?: string; readonly budget?: EventBudget } = {},
  ) {
    this.facts = facts;
    this.owner = owner;
    this.events = new EventStore(budget, owner);
    this.#onLimit = onLimit;
    this.peer = open((notification) => {
      this.events.standalone.push(encodeNotification(notification));
    });
  }

  /** A request is running, or the standalone stream is open. */
  get isBusy(): boolean {
    return this.#running.size > 0 || this.events.standalone.isAttached;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  get primes(): boolean {
    return this.facts.revision >= PRIMED_REVISION;
  }

  /** Runs the request of that id. The signal aborts when the client cancels the request, not when it disconnects. */
  async run<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const key = idKey(RawJson.fromText(id));
    const control = new AbortController();
    // Every request to the client adds a listener.
    setMaxListeners(MAX_CLIENT_REQUESTS * 2, control.signal);
    this.#running.set(key, control);
    try {
      return await work(control.signal);
    } finally {
      if (this.#running.get(key) === control) this.#running.delete(key);
    }
  }

  /** Handles a notification. A cancellation of a request that does not run is ignored. */
  notify(notification: McpNotification): void {
    const cancelled = notification.params.get('requestId');
    if (notification.method !== 'notifications/cancelled') this.peer.notify(notification);
    else if (cancelled !== undefined) this.#running.get(idKey(cancelled))?.abort();
  }

  /** Sends a request to the client with `write` and waits for the response that the client posts. */
  request(request: McpRequest, signal: AbortSignal, write: (message: EncodedMessage) => void): Promise<McpReply> {
    if (this.#isClosed || signal.aborted) return Promise.resolve(unanswered('the client is not connected'));
    if (this.#clientRequests.size >= MAX_CLIENT_REQUESTS) {
      this.#onLimit();
      return Promise.resolve(unanswered('the client has too many open requests'));
    }
    this.#requestCount += 1;
    const id = JSON.stringify(`clarity-${String(this.#requestCount)}`);
    return new Promise((resolve) => {
      const end = (reply: McpReply): void => {
        signal.removeEventListener('abort', cancel);
        this.#clientRequests.delete(id);
        resolve(reply);
      };
      const cancel = (): void => {
        const params = new Map([['requestId', RawJson.fromText(id)]]);
        write(encodeNotification({ method: 'notifications/cancelled', params }));
        end(unanswered('the request was cancelled'));
      };
      signal.addEventListener('abort', cancel, { once: true });
      this.#clientRequests.set(id, end);
      write(encodeRequest(id, request));
    });
  }

  /** Passes on the client's response. A response without an open request is ignored. */
  answer(id: string, reply: McpReply): void {
    this.#clientRequests.get(idKey(RawJson.fromText(id)))?.(reply);
  }

  close(): void {
    this.#isClosed = true;
    for (const control of this.#running.values()) control.abort();
    for (const end of [...this.#clientRequests.values()]) end(unanswered('the session has ended'));
    this.events.close();
    this.peer.close();
  }
}
