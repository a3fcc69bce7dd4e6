import type { Daemon } from './daemon.ts';

export interface McpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The message of a JSON response; undefined for another type. */
  readonly message: RpcAnswer | undefined;
}

export interface RpcAnswer {
  readonly jsonrpc: string;
  readonly id?: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface Posting {
  /** Headers that replace the default ones; undefined removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly path?: string;
}

const usual = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const META = 'io.modelcontextprotocol/';
export const MODERN = '2026-07-28';

/** Posts a body to the endpoint: text unchanged, anything else as JSON. */
export async function postMcp(
  { url }: Pick<Daemon, 'url'>,
  body: unknown,
  { headers = {}, path = '/mcp' }: Posting = {},
): Promise<McpAnswer> {
  const laid: Readonly<Record<string, string | undefined>> = { ...usual, ...headers };
  const given = Object.entries(laid).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: Object.fromEntries(given),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  const message = isJson ? (JSON.parse(text) as RpcAnswer) : undefined;
  return { status: answer.status, headers: answer.headers, text, message };
}

export const legacy = (method: string, params?: unknown, id: unknown = 1): Record<string, unknown> => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params }),
});

/** Returns a request of the modern revision; `_meta` members replace the required ones. */
export const modern = (
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  meta: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> =>
  legacy(method, {
    ...params,
    _meta: { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {}, ...meta },
  });

/** Posts a modern request with its headers. */
export function postModern(
  daemon: Pick<Daemon, 'url'>,
  body: Record<string, unknown>,
  posting: Posting = {},
): Promise<McpAnswer> {
  const params = body['params'] as Readonly<Record<string, unknown>>;
  const name = params['name'] ?? params['uri'];
  const mirrored = {
    'mcp-protocol-version': MODERN,
    'mcp-method': String(body['method']),
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
  };
  return postMcp(daemon, body, { ...posting, headers: { ...mirrored, ...posting.headers } });
}

/** Returns the messages of an SSE response, in order. */
export const eventsOf = ({ text }: McpAnswer): readonly Readonly<Record<string, unknown>>[] =>
  text
    .split('\n\n')
    .flatMap((event) => event.split('\n').filter((line) => line.startsWith('data: ')))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Readonly<Record<string, unknown>>);

/** Starts a legacy session and returns the headers of its requests. */
export async function openSession(
  daemon: Pick<Daemon, 'url'>,
  { version = '2025-11-25', capabilities = {}, ...posting }: Posting & { version?: string; capabilities?: object } = {},
): Promise<Readonly<Record<'mcp-session-id' | 'mcp-protocol-version', string>>> {
  const params = { protocolVersion: version, capabilities, clientInfo: { name: 'client', version: '1' } };
  const { headers } = await postMcp(daemon, legacy('initialize', params), posting);
  return { 'mcp-session-id': headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': version };
}
