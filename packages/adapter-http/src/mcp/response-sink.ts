import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { EncodedMessage } from '@clarity-runtime/core/protocol';
import { setCommonHeaders } from '../http/response.ts';
import type { EventStore, ResumableStream } from './event-store.ts';
import { endWithJson, SseResponse } from './sse-response.ts';

/** The media types that a client accepts for a response. */
export interface Accepted {
  readonly json: boolean;
  /** Only if `text/event-stream` is named: a client that accepts every type does not expect a stream. */
  readonly stream: boolean;
}

const JSON_TYPE = /(?:^|[\s,])(?:application\/json|application\/\*|\*\/\*)[ \t]*(?:[;,]|$)/i;
const STREAM_TYPE = /(?:^|[\s,])text\/event-stream[ \t]*(?:[;,]|$)/i;

/** Parses an `Accept` header. A client without one accepts JSON. */
export const acceptedForms = (accept: string | undefined): Accepted =>
  accept === undefined
    ? { json: true, stream: false }
    : { json: JSON_TYPE.test(accept), stream: STREAM_TYPE.test(accept) };

function setHeaders(res: ServerResponse, headers: OutgoingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
}

/** The session whose store keeps the events of a response. */
export interface ResumePoint {
  readonly events: EventStore;
  /** The client understands an event without data (MCP 2025-11-25). */
  readonly primes: boolean;
}

/**
 * Writes the response to one POST: JSON, or an event stream if a message precedes the reply and the client accepts streams.
 * The stream of a session continues in its store after the client disconnects, so that the client can resume it.
 */
export class ResponseWriter {
  readonly #res: ServerResponse;
  readonly #accepted: Accepted;
  readonly #onTooSlow: () => void;
  #resumePoint: ResumePoint | undefined;
  #sse: SseResponse | undefined;
  #stream: ResumableStream | undefined;
  #hasEnded = false;

  /** `onTooSlow` is called when the connection of a client that does not read is closed. */
  constructor(res: ServerResponse, accepted: Accepted, onTooSlow: () => void = () => undefined) {
    this.#res = res;
    this.#accepted = accepted;
    this.#onTooSlow = onTooSlow;
  }

  /** The client accepts `text/event-stream`, so messages may precede the response. */
  get acceptsSse(): boolean {
    return this.#accepted.stream;
  }

  /** Must be called before the first message. */
  attachTo(resumePoint: ResumePoint): void {
    this.#resumePoint = resumePoint;
  }

  /** Drops the message after the end, or if the client accepts JSON only. */
  notify(message: EncodedMessage): void {
    if (this.#hasEnded || (!this.#accepted.stream && this.#sse === undefined)) return;
    if (this.#stream === undefined && this.#res.destroyed) return;
    const sse = this.#open();
    if (this.#stream === undefined) sse.event(message);
    else this.#stream.push(message);
  }

  /** Starts the stream whatever the client accepts: some responses have only this form. */
  openStream(): void {
    if (!this.#hasEnded) this.#open().flush();
  }

  /** Writes the reply, once. A stream has sent its status already; without a message the body is empty. */
  end(status: number, message: EncodedMessage | undefined, headers?: OutgoingHttpHeaders): void {
    this.#hasEnded = true;
    if (this.#stream !== undefined) {
      if (message !== undefined) this.#stream.push(message);
      this.#stream.finish();
      return;
    }
    if (this.#res.destroyed) return;
    if (this.#sse !== undefined) {
      this.#sse.end(message);
      return;
    }
    if (headers !== undefined) setHeaders(this.#res, headers);
    if (message === undefined) {
      setCommonHeaders(this.#res);
      this.#res.writeHead(status, { 'content-length': 0 });
      this.#res.end();
    } else if (this.#accepted.json) {
      endWithJson(this.#res, status, message);
    } else {
      new SseResponse(this.#res, { status }).end(message);
    }
  }

  #open(): SseResponse {
    if (this.#sse !== undefined) return this.#sse;
    const sse = new SseResponse(this.#res, { onTooSlow: this.#onTooSlow });
    this.#sse = sse;
    if (this.#resumePoint === undefined) return sse;
    const { events, primes } = this.#resumePoint;
    const stream = events.open();
    this.#stream = stream;
    if (primes) sse.prime(stream.position);
    stream.attach(sse);
    this.#res.once('close', () => {
      stream.detach(sse);
    });
    return sse;
  }
}
