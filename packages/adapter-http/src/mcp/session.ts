import { setMaxListeners } from 'node:events';
import { RawJson, RpcCode, type McpNotification, type McpReply, type McpRequest } from '@clarity-runtime/core';
import type { McpPeer } from '@clarity-runtime/core/ports';
import { EventStore } from './event-store.ts';
import { notificationFrame, requestFrame, type EncodedMessage } from './rpc-frame.ts';
import type { SessionFacts } from './session-id.ts';

const MAX_ASKS = 64;
/** The first revision whose clients know what an event without data means. */
const PRIMED_REVISION = '2025-11-25';

const unanswered = (message: string): McpReply => ({ error: { code: RpcCode.internalError, message } });

/** One legacy client between its handshake and its end. */
export class Session {
  readonly facts: SessionFacts;
  readonly events = new EventStore();
  readonly peer: McpPeer;
  readonly #running = new Map<string, AbortController>();
  readonly #asks = new Map<string, (reply: McpReply) => void>();
  readonly #refused: () => void;
  #askCount = 0;
  #isClosed = false;
  /** Monotonic milliseconds. */
  usedAt = 0;

  /** `refused` is told of each question too many. */
  constructor(
    facts: SessionFacts,
    open: (send: (notification: McpNotification) => void) => McpPeer,
    refused: () => void,
  ) {
    this.facts = facts;
    this.#refused = refused;
    this.peer = open((notification) => {
      this.events.standalone.push(notificationFrame(notification));
    });
  }

  /** Somebody waits for something. */
  get isBusy(): boolean {
    return this.#running.size > 0 || this.events.standalone.isAttached;
  }

  get primes(): boolean {
    return this.facts.revision >= PRIMED_REVISION;
  }

  /** Runs the request of that id; the signal aborts when its client cancels it, not when it hangs up. */
  async run<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const key = keyOf(RawJson.fromText(id));
    const control = new AbortController();
    // As many questions as a client may be asked at once listen to it.
    setMaxListeners(MAX_ASKS * 2, control.signal);
    this.#running.set(key, control);
    try {
      return await work(control.signal);
    } finally {
      if (this.#running.get(key) === control) this.#running.delete(key);
    }
  }

  /** Takes a notification; one that cancels what does not run is ignored. */
  notify(notification: McpNotification): void {
    const cancelled = notification.params.get('requestId');
    if (notification.method !== 'notifications/cancelled') this.peer.notify(notification);
    else if (cancelled !== undefined) this.#running.get(keyOf(cancelled))?.abort();
  }

  /** Asks the client over the stream that `write` leads to, and waits until it posts its answer. */
  request(request: McpRequest, signal: AbortSignal, write: (frame: EncodedMessage) => void): Promise<McpReply> {
    if (this.#isClosed || signal.aborted) return Promise.resolve(unanswered('nobody is there to be asked'));
    if (this.#asks.size >= MAX_ASKS) {
      this.#refused();
      return Promise.resolve(unanswered('the client has too much to answer already'));
    }
    this.#askCount += 1;
    const id = JSON.stringify(`clarity-${String(this.#askCount)}`);
    return new Promise((resolve) => {
      const end = (reply: McpReply): void => {
        signal.removeEventListener('abort', cancel);
        this.#asks.delete(id);
        resolve(reply);
      };
      const cancel = (): void => {
        const params = new Map([['requestId', RawJson.fromText(id)]]);
        write(notificationFrame({ method: 'notifications/cancelled', params }));
        end(unanswered('the request was cancelled'));
      };
      signal.addEventListener('abort', cancel, { once: true });
      this.#asks.set(id, end);
      write(requestFrame(id, request));
    });
  }

  /** The client's answer to what it was asked; one to what nobody asked counts for nothing. */
  answer(id: string, reply: McpReply): void {
    this.#asks.get(JSON.stringify(RawJson.fromText(id).value))?.(reply);
  }

  close(): void {
    this.#isClosed = true;
    for (const control of this.#running.values()) control.abort();
    for (const end of [...this.#asks.values()]) end(unanswered('the session has ended'));
    this.events.close();
    this.peer.close();
  }
}

/** The same for every spelling of one id. */
const keyOf = (id: RawJson): string => (id.bytes[0] === 0x22 ? JSON.stringify(id.value) : id.text);
