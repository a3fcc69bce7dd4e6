import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { readSseEvents } from '@clarity-runtime/core/protocol';
import { z } from 'zod';
import { CliError } from '../support/cli-error.ts';
import { VERSION } from '../support/version.ts';
import { TENANT_HEADER, unreachable } from './exchange.ts';

/** Where and as whom to connect. */
export interface McpClientOptions {
  /** `/mcp`, or `/mcp/<service>`. */
  readonly endpoint: URL;
  readonly token?: string | undefined;
  /** The tenant that the requests name. The endpoint refuses each but that of the token. */
  readonly tenant?: string | undefined;
  /** Called for progress and log messages of the request. */
  readonly onNotification?: (method: string, params: Readonly<Record<string, unknown>>) => void;
  /**
   * Answers a question of a service (`elicitation/create`) and makes the client declare that it can. The signal aborts when the
   * service no longer waits.
   */
  readonly onQuestion?: (params: Params, signal: AbortSignal) => Promise<object>;
}

type Params = Readonly<Record<string, unknown>>;

/** JSON-RPC 2.0 §5.1. */
const METHOD_NOT_FOUND = -32601;
const INTERNAL_ERROR = -32603;
const REVISION = '2025-11-25';
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_PAGES = 200;

const params = z.record(z.string(), z.unknown()).catch({});
const message = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: params.optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});
type Message = z.output<typeof message>;

/** A refusal of an MCP request. */
export class McpRefusal extends CliError {
  readonly rpcCode: number;

  constructor(rpcCode: number, text: string, hint?: string) {
    super(text, { hint, code: 'REQUEST_REFUSED' });
    this.rpcCode = rpcCode;
  }
}

/**
 * A client of an MCP endpoint of the daemon: one session of revision 2025-11-25, so that policies and surfaces apply as for
 * every client. It declares no capability but the answers to questions, if it can give them.
 */
export class McpClient implements AsyncDisposable {
  readonly #options: McpClientOptions;
  #session: string | undefined;
  #nextId = 1;

  private constructor(options: McpClientOptions) {
    this.#options = options;
  }

  static async open(options: McpClientOptions): Promise<McpClient> {
    const client = new McpClient(options);
    await client.request('initialize', {
      protocolVersion: REVISION,
      capabilities: options.onQuestion === undefined ? {} : { elicitation: {} },
      clientInfo: { name: 'clarityctl', version: VERSION },
    });
    await client.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return client;
  }

  /** Resolves with the result. An abort cancels the request at the service and rejects. */
  async request(method: string, given: Params = {}, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const id = this.#nextId;
    this.#nextId += 1;
    const cancel = (): void => {
      const notice = {
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: id, reason: 'the user ended it' },
      };
      this.#send(notice).catch(() => undefined);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const reply = await this.#send({ jsonrpc: '2.0', id, method, params: given }, id, signal);
      if (reply?.error !== undefined) throw refusalOf(reply.error);
      if (reply?.result === undefined)
        throw new CliError(`the daemon closed the connection before the reply to ${method}`);
      return reply.result;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Returns all entries of a list, over all pages. */
  async list(method: string, member: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const entries: Readonly<Record<string, unknown>>[] = [];
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const result = await this.request(method, cursor === undefined ? {} : { cursor });
      entries.push(...z.array(z.record(z.string(), z.unknown())).catch([]).parse(result[member]));
      cursor = result['nextCursor'];
      if (typeof cursor !== 'string') break;
    }
    return entries;
  }

  /** Ends the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#session !== undefined)
      await this.#exchange('DELETE')
        .then(drain)
        .catch(() => undefined);
  }

  async #send(body: object, id?: number, signal?: AbortSignal): Promise<Message | undefined> {
    const response = await this.#exchange('POST', JSON.stringify(body), signal);
    const session = response.headers['mcp-session-id'];
    if (typeof session === 'string') this.#session = session;
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
    if (isStream) return this.#fromStream(response, id);
    const text = await textOf(response);
    const found = message.safeParse(jsonOf(text)).data;
    if (found?.error !== undefined || (response.statusCode ?? 0) < 300) return found;
    throw refusalOfStatus(response.statusCode ?? 0, text);
  }

  async #fromStream(response: IncomingMessage, id: number | undefined): Promise<Message | undefined> {
    const decoder = new TextDecoder();
    const over = new AbortController();
    try {
      for await (const { data } of readSseEvents(response, MAX_MESSAGE_BYTES)) {
        const found = message.safeParse(jsonOf(decoder.decode(data))).data;
        if (found?.id === id && found?.method === undefined) {
          response.destroy();
          return found;
        }
        if (found?.method === undefined) continue;
        // The stream is read on while the user thinks, because the service may take its question back.
        if (found.id !== undefined) void this.#answer(found, over.signal);
        else this.#options.onNotification?.(found.method, found.params ?? {});
      }
      return undefined;
    } finally {
      over.abort();
    }
  }

  /** Answers a request of the daemon. Never rejects: a daemon that is gone needs no answer. */
  async #answer({ id, method, params: given = {} }: Message, signal: AbortSignal): Promise<void> {
    const { onQuestion } = this.#options;
    let reply: object;
    try {
      if (method === 'ping') reply = { result: {} };
      else if (method === 'elicitation/create' && onQuestion !== undefined) {
        reply = { result: await onQuestion(given, signal) };
      } else reply = { error: { code: METHOD_NOT_FOUND, message: 'clarityctl does not have this method' } };
    } catch {
      reply = { error: { code: INTERNAL_ERROR, message: 'the question was not answered' } };
    }
    await this.#send({ jsonrpc: '2.0', id, ...reply }).catch(() => undefined);
  }

  #exchange(method: 'POST' | 'DELETE', body = '', signal?: AbortSignal): Promise<IncomingMessage> {
    const { endpoint, token, tenant } = this.#options;
    const headers = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenant === undefined ? {} : { [TENANT_HEADER]: tenant }),
      ...(this.#session === undefined ? {} : { 'mcp-session-id': this.#session, 'mcp-protocol-version': REVISION }),
    };
    return new Promise((resolve, reject) => {
      const send = endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
      const sent = send(
        endpoint,
        { method, headers, agent: false, ...(signal === undefined ? {} : { signal }) },
        resolve,
      );
      sent.on('error', (error) => {
        reject(signal?.aborted === true ? error : unreachable(endpoint, error));
      });
      sent.end(body);
    });
  }
}

const drain = (response: IncomingMessage): void => void response.resume();

const refusalOf = ({ code, message: text, data }: NonNullable<Message['error']>): McpRefusal => {
  const hint = z.looseObject({ hint: z.string() }).safeParse(data).data?.hint;
  return new McpRefusal(code, text, hint);
};

function refusalOfStatus(status: number, text: string): CliError {
  const { error, hint, code } = z
    .looseObject({ error: z.string().optional(), hint: z.string().optional(), code: z.string().optional() })
    .catch({})
    .parse(jsonOf(text) ?? {});
  return new CliError(error ?? `the endpoint answered with HTTP ${String(status)}`, { hint, code });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_MESSAGE_BYTES) throw new CliError('the reply is larger than 64 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
