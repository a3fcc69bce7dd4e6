import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { codeOf, messageOf } from '../support/error-text.ts';
import { CliError } from '../support/cli-error.ts';

/** Method, token and body of one request. */
export interface ExchangeOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly token?: string;
  /** The tenant that the request names. */
  readonly tenant?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Status code and body of a response. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Header of the tenant that a request names. */
export const TENANT_HEADER = 'x-clarity-tenant';

const CONNECT_TIMEOUT_MS = 2_000;
/** Longer than the longest start of a service. */
const RESPONSE_TIMEOUT_MS = 660_000;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** Sends one request and returns its reply. It does not follow redirects. */
export function exchange(url: URL, { method, token, tenant, body }: ExchangeOptions): Promise<Answer> {
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const options: RequestOptions = {
    method,
    agent: false,
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenant === undefined ? {} : { [TENANT_HEADER]: tenant }),
      ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': payload.length }),
    },
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = send(url, options, (answer) => {
      read(answer).then(resolve, (error: unknown) => {
        reject(unreachable(url, error));
      });
    });
    limitDuration(sent);
    sent.on('error', (error) => {
      reject(unreachable(url, error));
    });
    sent.end(payload);
  });
}

function limitDuration(sent: ClientRequest): void {
  const abortAfter = (ms: number, missing: string): NodeJS.Timeout =>
    setTimeout(() => {
      sent.destroy(new Error(`${missing} within ${String(ms / 1000)} seconds`));
    }, ms);
  const connecting = abortAfter(CONNECT_TIMEOUT_MS, 'no connection');
  const responding = abortAfter(RESPONSE_TIMEOUT_MS, 'no response');
  sent.on('socket', (socket) => {
    socket.once('connect', () => {
      clearTimeout(connecting);
    });
  });
  sent.once('close', () => {
    clearTimeout(connecting);
    clearTimeout(responding);
  });
}

async function read(answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) throw new Error(`the response is larger than ${String(MAX_RESPONSE_BYTES)} bytes`);
    chunks.push(chunk);
  }
  return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
}

/** Returns the error for a daemon that cannot be reached, with a hint. */
export function unreachable({ origin }: URL, error: unknown): CliError {
  if (codeOf(error) === 'ECONNREFUSED') {
    return new CliError(`no daemon listens at ${origin}`, {
      hint: 'start it with `clarity-runtime up`, or set --daemon-url to another daemon',
      code: 'DAEMON_UNREACHABLE',
      cause: error,
    });
  }
  return new CliError(`the daemon at ${origin} cannot be reached: ${messageOf(error)}`, {
    hint: 'check --daemon-url (or CLARITYD_URL), and that clarityd runs at this address',
    code: 'DAEMON_UNREACHABLE',
    cause: error,
  });
}
