import { readMessage, strictMembers } from '@clarity-runtime/core/protocol';

/** The raw response of a request. */
export interface RawAnswer {
  /** The text of `result`. Undefined for an error. */
  readonly result: string | undefined;
  /** The text of `error`. Undefined for a result. */
  readonly error: string | undefined;
}

export interface RawClient {
  request(method: string, params?: Readonly<Record<string, unknown>>): Promise<RawAnswer>;
}

const info = { name: 'raw', version: '1.0.0' };

/** Members of the parameters that header `Mcp-Name` repeats (MCP 2026-07-28, Streamable HTTP). */
const NAMES: Readonly<Record<string, string>> = {
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** A client of the modern era that does not parse responses. */
export function modernRawClient(url: string, capabilities: object = {}): RawClient {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': info,
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  return {
    request: (method, params = {}) => {
      const name = params[NAMES[method] ?? 'name'];
      return answerOf(url, {
        headers: {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
        },
        message: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } },
      });
    },
  };
}

/** A client of the legacy era with a session that does not parse responses. */
export async function legacyRawClient(url: string): Promise<RawClient> {
  const protocolVersion = '2025-11-25';
  const begun = await post(url, {
    message: {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion, capabilities: {}, clientInfo: info },
    },
  });
  await begun.text();
  const headers = {
    'mcp-session-id': begun.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': protocolVersion,
  };
  await (await post(url, { headers, message: { jsonrpc: '2.0', method: 'notifications/initialized' } })).text();
  return {
    request: (method, params = {}) => answerOf(url, { headers, message: { jsonrpc: '2.0', id: 1, method, params } }),
  };
}

interface Sent {
  readonly message: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const post = (url: string, { message, headers }: Sent): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(message),
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  });

/** Returns the response from a JSON body or from an event. */
async function answerOf(url: string, sent: Sent): Promise<RawAnswer> {
  const response = await post(url, sent);
  const body = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const lines = isStream ? body.split('\n').filter((line) => line.startsWith('data: {')) : [`data: ${body}`];
  for (const line of lines) {
    const bytes = new TextEncoder().encode(line.slice('data: '.length));
    if (readMessage(bytes, 'server').kind !== 'reply') continue;
    const members = strictMembers(bytes);
    return { result: members?.get('result')?.text, error: members?.get('error')?.text };
  }
  throw new Error(`no answer from ${url}, but ${String(response.status)} ${body.slice(0, 200)}`);
}
