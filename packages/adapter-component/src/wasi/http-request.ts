import { Buffer } from 'node:buffer';
import type { Fields } from './http-fields.ts';
import { IoError, OutputStream } from './streams.ts';
import { HostError } from './wasi-error.ts';

/** A variant of WIT in the form of transpiled code. */
export interface Tagged {
  readonly tag: string;
  readonly val?: unknown;
}

const failed = (): HostError => new HostError(undefined);

/** Collects the body of a request up to a number of bytes. */
class BodyStream extends OutputStream {
  readonly #maxBytes: number;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  get content(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#parts));
  }

  protected put(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) throw new IoError('the body is larger than spec.capabilities.network.maxBytes');
    this.#parts.push(bytes.slice());
  }
}

/** The body of a request (`wasi:http/types`, resource `outgoing-body`). */
export class OutgoingBody {
  readonly #stream: BodyStream;
  #isTaken = false;
  #isFinished = false;

  constructor(maxBytes: number) {
    this.#stream = new BodyStream(maxBytes);
  }

  /** The bytes of a finished body; undefined before. */
  get content(): Uint8Array | undefined {
    return this.#isFinished ? this.#stream.content : undefined;
  }

  write(): OutputStream {
    if (this.#isTaken) throw failed();
    this.#isTaken = true;
    return this.#stream;
  }

  static finish(body: OutgoingBody, trailers: Fields | undefined): void {
    if (trailers !== undefined) throw new HostError({ tag: 'internal-error', val: 'trailers are not supported' });
    body.#isFinished = true;
  }
}

/** A request before it is sent (`wasi:http/types`, resource `outgoing-request`). */
export class GuestRequest {
  readonly #headers: Fields;
  readonly #maxBytes: number;
  #body: OutgoingBody | undefined;
  #method: Tagged = { tag: 'get' };
  #path: string | undefined;
  #scheme: Tagged | undefined;
  #authority: string | undefined;

  constructor(headers: Fields, maxBytes = 0) {
    this.#headers = headers;
    this.#maxBytes = maxBytes;
    headers.fix();
  }

  /** The body; undefined for a request without one. */
  get bodyPart(): OutgoingBody | undefined {
    return this.#body;
  }

  body(): OutgoingBody {
    if (this.#body !== undefined) throw failed();
    this.#body = new OutgoingBody(this.#maxBytes);
    return this.#body;
  }

  method(): Tagged {
    return this.#method;
  }

  setMethod(method: Tagged): void {
    if (method.tag === 'other' && !/^[A-Za-z]{1,32}$/.test(String(method.val))) throw failed();
    this.#method = method;
  }

  pathWithQuery(): string | undefined {
    return this.#path;
  }

  setPathWithQuery(path: string | undefined): void {
    if (path !== undefined && (path.length > MAX_PATH || !/^[\x21-\x7e]*$/.test(path))) throw failed();
    this.#path = path;
  }

  scheme(): Tagged | undefined {
    return this.#scheme;
  }

  setScheme(scheme: Tagged | undefined): void {
    if (scheme?.tag === 'other') throw failed();
    this.#scheme = scheme;
  }

  authority(): string | undefined {
    return this.#authority;
  }

  setAuthority(authority: string | undefined): void {
    if (authority !== undefined && !/^[A-Za-z0-9._~:[\]-]{1,261}$/.test(authority)) throw failed();
    this.#authority = authority;
  }

  headers(): Fields {
    return this.#headers;
  }

  /** The method in upper case. */
  get verb(): string {
    return (this.#method.tag === 'other' ? String(this.#method.val) : this.#method.tag).toUpperCase();
  }

  /** The URL; undefined when the parts do not make one. */
  get url(): URL | undefined {
    const path = this.#path ?? '/';
    const text = `${this.#scheme?.tag.toLowerCase() ?? 'https'}://${this.#authority ?? ''}${path.startsWith('/') ? path : `/${path}`}`;
    return this.#authority === undefined || !URL.canParse(text) ? undefined : new URL(text);
  }
}

const MAX_PATH = 8_192;

/** Timeouts that a component sets have no effect beyond that of its grant (`wasi:http/types`, resource `request-options`). */
export class RequestOptions {
  readonly #values: Record<string, bigint | undefined> = {};

  connectTimeout(): bigint | undefined {
    return this.#values['connect'];
  }

  setConnectTimeout(ns: bigint | undefined): void {
    this.#values['connect'] = ns;
  }

  firstByteTimeout(): bigint | undefined {
    return this.#values['first'];
  }

  setFirstByteTimeout(ns: bigint | undefined): void {
    this.#values['first'] = ns;
  }

  betweenBytesTimeout(): bigint | undefined {
    return this.#values['between'];
  }

  setBetweenBytesTimeout(ns: bigint | undefined): void {
    this.#values['between'] = ns;
  }
}
