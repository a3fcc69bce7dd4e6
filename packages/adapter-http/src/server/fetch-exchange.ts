import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable, Writable } from 'node:stream';

type HeaderList = OutgoingHttpHeaders | readonly (string | number)[];
/** Called when a reader has room for more bytes, or does not need any. */
type OnWritten = (error?: Error | null) => void;

/** Fields of one connection, which the server of the program writes (RFC 9110 §7.6.1). */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);
/** Bytes that a streamed response holds for a reader before its writer waits. */
const MAX_UNREAD_BYTES = 64 * 1024;
/** Status codes whose response has no body (Fetch Standard, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
const CLIENT_GONE = 'the connection was closed before the end of the response';

/** Facts about a request that a `Request` does not have. */
export interface FetchContext {
  /** Address of the peer of the connection, for `RequestHead.peer`. Default: empty. */
  readonly peer?: string;
}

/** A listener for requests of `node:http`. */
type NodeListener = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * Answers a request of the Fetch API with a listener of `node:http`. The body of the response is a stream when it is not
 * complete at once. The exchange ends when the signal of the request aborts or the reader of the body cancels it.
 */
export function answerFetch(listener: NodeListener, request: Request, context: FetchContext = {}): Promise<Response> {
  return new Promise((resolve) => {
    const req = new FetchRequest(request, typeof context.peer === 'string' ? context.peer : undefined);
    const res = new FetchResponse(req, resolve);
    // The listener uses only the members of both classes.
    listener(req as unknown as IncomingMessage, res as unknown as ServerResponse);
  });
}

/** The `IncomingMessage` of a `Request`. It has no socket of a machine, so its peer is never local by itself. */
class FetchRequest extends Readable {
  readonly method: string;
  url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly socket: EventEmitter & { readonly remoteAddress: string | undefined };
  readonly #body: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(request: Request, peer: string | undefined) {
    super({ emitClose: true });
    const url = new URL(request.url);
    const fields: [name: string, value: string][] = [];
    request.headers.forEach((value, name) => {
      if (name !== 'transfer-encoding') fields.push([name, value]);
    });
    if (!request.headers.has('host')) fields.push(['host', url.host]);
    // A `Request` of the program, or of HTTP/2, has a body without a field that announces it.
    if (request.body !== null && !request.headers.has('content-length')) fields.push(['transfer-encoding', 'chunked']);
    this.method = request.method;
    this.url = url.pathname + url.search;
    this.headers = Object.fromEntries(fields);
    this.rawHeaders = fields.flat();
    this.socket = Object.assign(new EventEmitter(), { remoteAddress: peer });
    this.#body = request.body?.getReader();
    if (this.#body === undefined) this.push(null);
    // The response is the place where an abort is handled.
    this.on('error', () => undefined);
    const { signal } = request;
    const abort = (): void => {
      this.endConnection();
    };
    if (signal.aborted) queueMicrotask(abort);
    else signal.addEventListener('abort', abort, { once: true });
  }

  /** The body was read to its end. */
  get complete(): boolean {
    return this.readableEnded;
  }

  /** Ends what waits for the client. Idempotent. */
  endConnection(): void {
    this.socket.emit('close');
    this.destroy();
  }

  override _read(): void {
    this.#body?.read().then(
      ({ done, value }) => this.push(done ? null : value),
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#body?.cancel().catch(() => undefined);
    callback(error);
  }
}

/** The `ServerResponse` of a `Request`. The response resolves with its head. */
class FetchResponse extends Writable {
  readonly #fields = new Headers();
  readonly #resolve: (response: Response) => void;
  readonly #isHead: boolean;
  /** Chunks from before the response resolved. */
  readonly #early: Uint8Array[] = [];
  #status = 0;
  #isResolved = false;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  #onRoom: OnWritten | undefined;

  constructor(req: FetchRequest, resolve: (response: Response) => void) {
    super({ emitClose: true });
    this.#resolve = resolve;
    this.#isHead = req.method === 'HEAD';
    req.socket.once('close', () => {
      this.destroy();
    });
    this.once('close', () => {
      req.endConnection();
    });
    // A write after the end is not a defect of the process.
    this.on('error', () => undefined);
  }

  get headersSent(): boolean {
    return this.#status !== 0;
  }

  setHeader(name: string, value: number | string | readonly string[]): this {
    if (CONNECTION_FIELDS.has(name.toLowerCase())) return this;
    this.#fields.delete(name);
    for (const each of typeof value === 'object' ? value : [value]) this.#fields.append(name, String(each));
    return this;
  }

  hasHeader(name: string): boolean {
    return this.#fields.has(name);
  }

  getHeaderNames(): readonly string[] {
    const names: string[] = [];
    this.#fields.forEach((_value, name) => names.push(name));
    return names;
  }

  /** The head leaves with the next microtask, so that a whole response has its body at once. */
  writeHead(status: number, headers: HeaderList = {}): this {
    const pairs = isFlat(headers) ? pairsOf(headers) : Object.entries(headers);
    for (const [name, value] of pairs) if (value !== undefined) this.setHeader(name, value);
    this.#status = status;
    queueMicrotask(() => {
      this.#settle();
    });
    return this;
  }

  flushHeaders(): void {
    if (!this.headersSent) this.writeHead(200);
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: OnWritten): void {
    this.flushHeaders();
    const stream = this.#stream;
    if (stream === undefined) {
      if (!this.#isResolved) this.#early.push(chunk);
      callback();
      return;
    }
    stream.enqueue(chunk);
    if ((stream.desiredSize ?? 0) > 0) callback();
    else this.#onRoom = callback;
  }

  override _final(callback: OnWritten): void {
    this.flushHeaders();
    this.#settle();
    this.#stream?.close();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#isResolved) {
      this.#isResolved = true;
      this.#resolve(new Response(null, { status: 503 }));
    } else if (!this.writableFinished) {
      this.#stream?.error(new Error(CLIENT_GONE));
    }
    this.#takeRoom();
    callback(error);
  }

  #settle(): void {
    if (this.#isResolved) return;
    this.#isResolved = true;
    const head = { status: this.#status, headers: this.#fields };
    if (this.#isHead || WITHOUT_BODY.has(this.#status)) this.#resolve(new Response(null, head));
    else if (this.writableEnded && this.writableLength === 0)
      this.#resolve(new Response(this.#early.length === 0 ? null : Buffer.concat(this.#early), head));
    else this.#resolve(new Response(this.#open(), head));
  }

  #open(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (stream) => {
          this.#stream = stream;
          for (const chunk of this.#early.splice(0)) stream.enqueue(chunk);
        },
        pull: () => {
          this.#takeRoom();
        },
        cancel: () => {
          this.#stream = undefined;
          this.destroy();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
    );
  }

  #takeRoom(): void {
    const resume = this.#onRoom;
    this.#onRoom = undefined;
    resume?.();
  }
}

const isFlat = (headers: HeaderList): headers is readonly (string | number)[] => Array.isArray(headers);

function pairsOf(flat: readonly (string | number)[]): [string, string | number][] {
  const pairs: [string, string | number][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([String(flat[i]), flat[i + 1] ?? '']);
  return pairs;
}
