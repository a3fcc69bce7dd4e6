import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { EventStore, ResumableStream } from './event-store.ts';
import type { EncodedMessage } from './rpc-frame.ts';
import { endWith, SseResponse } from './sse-response.ts';

/** The forms of an answer that a client reads. */
export interface Accepted {
  readonly json: boolean;
  /** Asked for by name: whoever takes anything does not expect a stream. */
  readonly stream: boolean;
}

const JSON_TYPE = /(?:^|[\s,])(?:application\/json|application\/\*|\*\/\*)[ \t]*(?:[;,]|$)/i;
const STREAM_TYPE = /(?:^|[\s,])text\/event-stream[ \t]*(?:[;,]|$)/i;

/** Reads an `Accept` header; without one a client takes plain JSON. */
export const acceptedForms = (accept: string | undefined): Accepted =>
  accept === undefined
    ? { json: true, stream: false }
    : { json: JSON_TYPE.test(accept), stream: STREAM_TYPE.test(accept) };

/** What a stream of a session is kept in. */
export interface ResumePoint {
  readonly events: EventStore;
  /** The client knows what an event without data means. */
  readonly primes: boolean;
}

/**
 * Writes the answer to one POST. It is plain JSON, unless something is said before it and the client reads streams: then it
 * is the last event of one. A stream of a session goes on when its client has gone, for whoever resumes it.
 */
export class ResponseWriter {
  readonly #res: ServerResponse;
  readonly #accepted: Accepted;
  readonly #tooSlow: () => void;
  #resumption: ResumePoint | undefined;
  #sse: SseResponse | undefined;
  #stream: ResumableStream | undefined;
  #ended = false;

  /** `tooSlow` is told when a client is let go that does not read. */
  constructor(res: ServerResponse, accepted: Accepted, tooSlow: () => void = () => undefined) {
    this.#res = res;
    this.#accepted = accepted;
    this.#tooSlow = tooSlow;
  }

  /** Something can be said before the answer. */
  get reads(): boolean {
    return this.#accepted.stream;
  }

  /** To be called before anything is written. */
  keepIn(resumption: ResumePoint): void {
    this.#resumption = resumption;
  }

  /** Drops what comes too late, and what the client could not read. */
  notify(frame: EncodedMessage): void {
    if (this.#ended || (!this.#accepted.stream && this.#sse === undefined)) return;
    if (this.#stream === undefined && this.#res.destroyed) return;
    const sse = this.#open();
    if (this.#stream === undefined) sse.event(frame);
    else this.#stream.push(frame);
  }

  /** Begins the stream whatever the client said that it reads: the answer can be nothing else. */
  openStream(): void {
    if (!this.#ended) this.#open().flush();
  }

  /** Once. A stream that has begun has its status already; without a frame there is no body. */
  end(status: number, frame: EncodedMessage | undefined, headers: OutgoingHttpHeaders = {}): void {
    this.#ended = true;
    if (this.#stream !== undefined) {
      if (frame !== undefined) this.#stream.push(frame);
      this.#stream.finish();
      return;
    }
    if (this.#res.destroyed) return;
    if (this.#sse !== undefined) {
      this.#sse.end(frame);
      return;
    }
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.#res.setHeader(name, value);
    if (frame === undefined) {
      this.#res.writeHead(status, { 'content-length': 0 });
      this.#res.end();
    } else if (this.#accepted.json) {
      const length = Buffer.byteLength(frame.head) + frame.body.length + Buffer.byteLength(frame.tail);
      this.#res.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
      endWith(this.#res, frame);
    } else {
      new SseResponse(this.#res, { status }).end(frame);
    }
  }

  #open(): SseResponse {
    if (this.#sse !== undefined) return this.#sse;
    const sse = new SseResponse(this.#res, { tooSlow: this.#tooSlow });
    this.#sse = sse;
    if (this.#resumption === undefined) return sse;
    const { events, primes } = this.#resumption;
    const stream = events.open();
    this.#stream = stream;
    if (primes) sse.prime(stream.place);
    stream.attach(sse);
    this.#res.once('close', () => {
      stream.detach(sse);
    });
    return sse;
  }
}
