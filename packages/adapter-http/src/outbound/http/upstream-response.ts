import { ClarityError } from '@clarity-runtime/core';

/** Header fields by lower-case name. A repeated field is a list. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Receives the body of a response. After `onEnd` or `onFailure` nothing follows. */
export interface BodyConsumer {
  onData(chunk: Uint8Array): void;
  onEnd(): void;
  /** The response ended early, or it was destroyed. */
  onFailure(error: ClarityError): void;
}

/** The controls of the exchange that a response belongs to. */
export interface ExchangeControls {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** Bytes of a body that are kept before its consumer is known; the connection pauses above. */
const MAX_KEPT_BYTES = 256 * 1024;

/** The head of a response, and its body for one consumer. */
export class UpstreamResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly #controls: ExchangeControls;
  #consumer: BodyConsumer | undefined;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #outcome: ClarityError | 'ended' | undefined;

  constructor(status: number, headers: ResponseHeaders, controls: ExchangeControls) {
    this.status = status;
    this.headers = headers;
    this.#controls = controls;
  }

  /** Returns a header field as one text; the fields of a repeated one are joined by `, ` (RFC 9110 §5.3). */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** Takes the whole body if it has arrived with the head, as short replies do; undefined if it must be read. */
  take(limit: number): Uint8Array | undefined {
    const [only] = this.#kept;
    if (this.#outcome !== 'ended' || this.#kept.length !== 1 || this.#keptBytes > limit) return undefined;
    this.#kept = [];
    this.#consumer = IGNORE;
    return only;
  }

  /** Passes the body to the consumer, beginning with the bytes that have arrived. */
  read(consumer: BodyConsumer): void {
    this.#consumer = consumer;
    for (const chunk of this.#kept.splice(0)) consumer.onData(chunk);
    if (this.#keptBytes > MAX_KEPT_BYTES) this.#controls.resume();
    this.#keptBytes = 0;
    if (this.#outcome !== undefined) this.#settle(this.#outcome);
  }

  /** Ends the exchange and closes its connection. */
  destroy(): void {
    if (this.#outcome === undefined) this.#controls.abort(new Error('aborted'));
  }

  /** Accepts the next bytes of the body. */
  push(chunk: Uint8Array): void {
    if (this.#consumer !== undefined) {
      this.#consumer.onData(chunk);
      return;
    }
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes > MAX_KEPT_BYTES) this.#controls.pause();
  }

  /** The body is complete, or the response ended early. */
  finish(outcome: 'ended' | 'failed'): void {
    this.#outcome ??= outcome === 'ended' ? 'ended' : new ClarityError('UPSTREAM_LOST', 'the response ended early');
    this.#settle(this.#outcome);
  }

  #settle(outcome: ClarityError | 'ended'): void {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    this.#consumer = IGNORE;
    if (outcome === 'ended') consumer.onEnd();
    else consumer.onFailure(outcome);
  }
}

const ignore = (): void => undefined;
const IGNORE: BodyConsumer = { onData: ignore, onEnd: ignore, onFailure: ignore };
