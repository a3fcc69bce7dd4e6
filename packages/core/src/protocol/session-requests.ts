import { CancellationSource, type Cancellation } from '../domain/calls/cancellation.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { RpcCode, type McpNotification, type McpReply, type McpRequest } from '../domain/mcp/mcp.ts';
import { idKey } from './message-reader.ts';
import { encodeNotification, encodeRequest, type EncodedMessage } from './message-writer.ts';

const MAX_CLIENT_REQUESTS = 64;

const unanswered = (message: string): McpReply => ({ error: { code: RpcCode.internalError, message } });

interface RunningRequest {
  readonly cancellation: CancellationSource;
  /** Ends the requests to the client that belong to this request. */
  readonly cancels: Set<() => void>;
}

/**
 * The open requests of one session of a client, in both directions: those of the client, which it may cancel, and those to
 * the client, which it answers in other messages (MCP 2025-11-25, "Cancellation" and "Messages").
 */
export class SessionRequests {
  readonly #running = new Map<string, RunningRequest>();
  readonly #byCancellation = new WeakMap<Cancellation, RunningRequest>();
  readonly #clientRequests = new Map<string, (reply: McpReply) => void>();
  readonly #onLimit: () => void;
  #requestCount = 0;
  #isClosed = false;

  /** `onLimit` is called for each request to the client that exceeds the limit of 64. */
  constructor(onLimit: () => void = () => undefined) {
    this.#onLimit = onLimit;
  }

  /** Number of requests of the client that run. */
  get running(): number {
    return this.#running.size;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Runs the request of that id (JSON text). It is cancelled when the client cancels the request, or at `close`. */
  async run<T>(id: string, work: (cancellation: Cancellation) => Promise<T>): Promise<T> {
    // Only a string has more than one spelling.
    const key = id.startsWith('"') ? idKey(RawJson.fromText(id)) : id;
    const cancellation = new CancellationSource();
    const running: RunningRequest = { cancellation, cancels: new Set() };
    this.#running.set(key, running);
    this.#byCancellation.set(cancellation, running);
    try {
      return await work(cancellation);
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }

  /** Handles `notifications/cancelled`; returns false for any other one. A cancellation of a request that does not run is ignored. */
  cancel({ method, params }: McpNotification): boolean {
    if (method !== 'notifications/cancelled') return false;
    const id = params.get('requestId');
    if (id !== undefined) abort(this.#running.get(idKey(id)));
    return true;
  }

  /**
   * Sends a request to the client with `write` and waits for its response. `cancellation` is that of the request of the client
   * that caused it: when it is cancelled, the client receives `notifications/cancelled`.
   */
  ask(request: McpRequest, cancellation: Cancellation, write: (message: EncodedMessage) => void): Promise<McpReply> {
    const owner = this.#byCancellation.get(cancellation);
    if (this.#isClosed || cancellation.isCancelled || owner === undefined) {
      return Promise.resolve(unanswered('the client is not connected'));
    }
    if (this.#clientRequests.size >= MAX_CLIENT_REQUESTS) {
      this.#onLimit();
      return Promise.resolve(unanswered('the client has too many open requests'));
    }
    this.#requestCount += 1;
    const id = JSON.stringify(`clarity-${String(this.#requestCount)}`);
    return new Promise((resolve) => {
      const end = (reply: McpReply): void => {
        owner.cancels.delete(cancel);
        this.#clientRequests.delete(id);
        resolve(reply);
      };
      const cancel = (): void => {
        const params = new Map([['requestId', RawJson.fromText(id)]]);
        write(encodeNotification({ method: 'notifications/cancelled', params }));
        end(unanswered('the request was cancelled'));
      };
      owner.cancels.add(cancel);
      this.#clientRequests.set(id, end);
      write(encodeRequest(id, request));
    });
  }

  /** Passes on the client's response to the request of that id (JSON text). A response without an open request is ignored. */
  answer(id: string, reply: McpReply): void {
    this.#clientRequests.get(idKey(RawJson.fromText(id)))?.(reply);
  }

  close(): void {
    this.#isClosed = true;
    for (const running of this.#running.values()) abort(running);
    for (const end of [...this.#clientRequests.values()]) end(unanswered('the session has ended'));
  }
}

function abort(running: RunningRequest | undefined): void {
  if (running === undefined) return;
  running.cancellation.cancel();
  for (const cancel of [...running.cancels]) cancel();
}
