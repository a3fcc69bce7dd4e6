import { sendThroughDaemon, type EgressReply, type GrantedNetwork } from '../network/egress-client.ts';
import { refusalOfRequest } from '../network/request-rules.ts';
import { Fields } from './http-fields.ts';
import { OutgoingBody, GuestRequest, RequestOptions, type Tagged } from './http-request.ts';
import { InputStream, Pollable } from './streams.ts';
import { HostError, WasiDenied } from './wasi-error.ts';

type Members = Readonly<Record<string, unknown>>;

/** Codes of failures as cases of `error-code`. Cases with a value have none of their own here. */
const CASES: Readonly<Record<string, string>> = {
  CALL_TIMED_OUT: 'HTTP-response-timeout',
  ENDPOINT_FORBIDDEN: 'destination-IP-prohibited',
  PAYLOAD_TOO_LARGE: 'HTTP-response-body-size',
  PROXY_FORBIDDEN: 'destination-IP-prohibited',
  SERVICE_BUSY: 'connection-limit-reached',
  UPSTREAM_LOST: 'connection-terminated',
  UPSTREAM_PROTOCOL: 'HTTP-protocol-error',
  UPSTREAM_UNREACHABLE: 'destination-unavailable',
};

const UNFINISHED: EgressReply = { head: { type: 'failure', code: 'UNFINISHED' }, body: new Uint8Array() };

const errorCode = (code: string): Tagged => {
  if (code === 'UNFINISHED') return { tag: 'internal-error', val: 'the body of the request is not finished' };
  return { tag: CASES[code] ?? 'internal-error', val: undefined };
};

/** The end of the body of a response, without trailers. */
class FutureTrailers {
  subscribe(): Pollable {
    return new Pollable();
  }

  get(): Tagged {
    return { tag: 'ok', val: { tag: 'ok', val: undefined } };
  }
}

class IncomingBody {
  readonly #content: Uint8Array;
  #isTaken = false;

  constructor(content: Uint8Array) {
    this.#content = content;
  }

  stream(): InputStream {
    if (this.#isTaken) throw new HostError(undefined);
    this.#isTaken = true;
    let at = 0;
    return new InputStream((length) => {
      if (at === this.#content.length) return undefined;
      const part = this.#content.slice(at, at + length);
      at += part.length;
      return part;
    });
  }

  static finish(): FutureTrailers {
    return new FutureTrailers();
  }
}

class IncomingResponse {
  readonly #status: number;
  readonly #headers: Fields;
  #body: IncomingBody | undefined;

  constructor(status: number, headers: Fields, body: Uint8Array) {
    this.#status = status;
    this.#headers = headers;
    this.#body = new IncomingBody(body);
  }

  status(): number {
    return this.#status;
  }

  headers(): Fields {
    return this.#headers;
  }

  consume(): IncomingBody {
    const body = this.#body;
    if (body === undefined) throw new HostError(undefined);
    this.#body = undefined;
    return body;
  }
}

/** The response of a request that is being sent. */
interface Sending {
  /** The body of the request is complete. */
  isComplete(): boolean;
  /** Sends the request and waits for the reply. */
  send(): EgressReply;
}

/**
 * The response of a request. The request is sent when the component waits for it, because its body may be written after
 * `handle`. A component that waits for the response alone, without an end of its body, gets an error.
 */
class FutureIncomingResponse {
  readonly #sending: Sending;
  #reply: EgressReply | undefined;
  #isTaken = false;

  constructor(sending: Sending) {
    this.#sending = sending;
  }

  subscribe(): Pollable {
    return new ReplyPollable(this);
  }

  /** Returns whether the reply is there. Waits for it if the request is complete. */
  receive(): boolean {
    if (this.#reply === undefined && this.#sending.isComplete()) this.#reply = this.#sending.send();
    return this.#reply !== undefined;
  }

  /** Waits for the reply. */
  settle(): void {
    if (!this.receive()) this.#reply = UNFINISHED;
  }

  get(): Tagged | undefined {
    if (!this.receive()) return undefined;
    if (this.#isTaken) return { tag: 'err', val: undefined };
    this.#isTaken = true;
    const { head, body } = this.#reply ?? UNFINISHED;
    if (head.type === 'failure') return { tag: 'ok', val: { tag: 'err', val: errorCode(head.code) } };
    const response = new IncomingResponse(head.status, Fields.received(head.headers), body);
    return { tag: 'ok', val: { tag: 'ok', val: response } };
  }
}

class ReplyPollable extends Pollable {
  readonly #future: FutureIncomingResponse;

  constructor(future: FutureIncomingResponse) {
    super();
    this.#future = future;
  }

  /** Nothing but the component itself can complete its request. */
  override get leftMs(): number {
    return this.#future.receive() ? 0 : Infinity;
  }

  override block(): void {
    this.#future.settle();
  }
}

const HANDLER = 'wasi:http/outgoing-handler';

/** Returns the interfaces of `wasi:http` for a granted network. */
export function http(network: GrantedNetwork, log: (line: string) => void): Readonly<Record<string, Members>> {
  const { maxBytes } = network;
  class GrantedRequest extends GuestRequest {
    constructor(headers: Fields) {
      super(headers, maxBytes);
    }
  }
  const handle = (request: GuestRequest): FutureIncomingResponse => {
    const { url, verb } = request;
    if (url === undefined) throw new HostError({ tag: 'HTTP-request-URI-invalid' });
    const refusal = refusalOfRequest(network, verb, url);
    if (refusal !== undefined) throw new WasiDenied(HANDLER, 'handle', 'network', refusal);
    const { bodyPart } = request;
    return new FutureIncomingResponse({
      isComplete: () => bodyPart === undefined || bodyPart.content !== undefined,
      send: () => {
        const content = bodyPart?.content ?? new Uint8Array();
        const head = { method: verb, url: url.href, headers: request.headers().texts, hasBody: content.length > 0 };
        const reply = sendThroughDaemon(network, head, content);
        log(`${verb} ${url.origin}: ${reply.head.type === 'response' ? String(reply.head.status) : reply.head.code}`);
        return reply;
      },
    });
  };
  return {
    'wasi:http/types': {
      Fields,
      OutgoingRequest: GrantedRequest,
      OutgoingBody,
      RequestOptions,
      IncomingResponse,
      IncomingBody,
      FutureTrailers,
      FutureIncomingResponse,
      httpErrorCode: () => undefined,
    },
    [HANDLER]: { handle },
  };
}
