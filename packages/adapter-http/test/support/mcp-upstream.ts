import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contractAnswer } from '@clarity-runtime/core/testing';

export interface Received {
  readonly httpMethod: string;
  readonly headers: IncomingHttpHeaders;
  readonly id?: unknown;
  readonly method?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
}

export type Handle = (received: Received, response: ServerResponse, request: IncomingMessage) => boolean;

export interface McpUpstream {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Methods of the requests whose client disconnected before the response. */
  readonly dropped: string[];
  readonly sessions: Set<string>;
  /** Open notification streams, to write to. */
  readonly notices: Set<ServerResponse>;
  connections(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface UpstreamOptions {
  readonly era: 'legacy' | 'modern';
  readonly port?: number;
  /** Custom handler that runs first; true if it has responded. */
  readonly handle?: Handle;
}

const capabilities = { tools: { listChanged: true } };
const serverInfo = { name: 'upstream', version: '1.0.0' };

export const json = (response: ServerResponse, status: number, body: unknown, headers: object = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
export const event = (message: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: message\ndata: ${typeof message === 'string' ? message : JSON.stringify(message)}\n\n`;
export const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

/** An MCP server over Streamable HTTP in one era that follows the specification and records its requests. */
export async function mcpUpstream({ era, port = 0, handle = () => false }: UpstreamOptions): Promise<McpUpstream> {
  const received: Received[] = [];
  const dropped: string[] = [];
  const sessions = new Set<string>();
  const notices = new Set<ServerResponse>();
  let connections = 0;

  const keepOpen = (response: ServerResponse): void => {
    notices.add(response);
    response.on('close', () => notices.delete(response));
    stream(response).flushHeaders();
  };

  function legacy(each: Received, response: ServerResponse): void {
    const session = String(each.headers['mcp-session-id'] ?? '');
    if (each.httpMethod === 'DELETE') {
      sessions.delete(session);
      response.writeHead(204).end();
    } else if (each.method === 'initialize') {
      const id = `session-${String(sessions.size + received.length)}`;
      sessions.add(id);
      const result = { protocolVersion: '2025-11-25', capabilities, serverInfo, instructions: 'Ask.' };
      json(response, 200, { jsonrpc: '2.0', id: each.id, result }, { 'mcp-session-id': id });
    } else if (session === '') {
      json(response, 400, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'session required' } });
    } else if (!sessions.has(session)) {
      json(response, 404, { jsonrpc: '2.0', id: null, error: { code: -32001, message: 'session not found' } });
    } else if (each.httpMethod === 'GET') {
      keepOpen(response);
    } else if (each.id === undefined || each.method === undefined) {
      response.writeHead(202).end();
    } else {
      answer(each, response);
    }
  }

  function modern(each: Received, response: ServerResponse): void {
    const { method, id, params } = each;
    const meta = (params['_meta'] ?? {}) as Record<string, unknown>;
    if (each.httpMethod !== 'POST') response.writeHead(405).end();
    else if (method === 'initialize' || meta['io.modelcontextprotocol/protocolVersion'] !== '2026-07-28') {
      json(response, 400, { jsonrpc: '2.0', id, error: { code: -32022, message: 'no', data: { supported: [] } } });
    } else if (method === 'server/discover') {
      const _meta = { 'io.modelcontextprotocol/serverInfo': serverInfo };
      const result = { supportedVersions: ['2026-07-28'], capabilities, resultType: 'complete', ttlMs: 0, _meta };
      json(response, 200, { jsonrpc: '2.0', id, result });
    } else if (method === 'subscriptions/listen') {
      keepOpen(response);
      const told = { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} };
      response.write(event(told));
    } else if (id === undefined) response.writeHead(202).end();
    else answer(each, response);
  }

  function answer({ id, method = '', params }: Received, response: ServerResponse): void {
    const { before, result, error } = contractAnswer(method, params);
    const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},`;
    if (result !== undefined && before.length > 0) {
      stream(response).end([...before, `${head}"result":${result}}`].map((each) => event(each)).join(''));
    } else if (result !== undefined) {
      json(response, 200, `${head}"result":${result}}`);
    } else if (error !== undefined) {
      json(response, 200, `${head}"error":${JSON.stringify(error)}}`);
    } else {
      response.on('close', () => dropped.push(method));
    }
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const body = (text === '' ? {} : JSON.parse(text)) as Partial<Received>;
      const each = { params: {}, ...body, httpMethod: request.method ?? '', headers: request.headers };
      received.push(each);
      if (handle(each, response, request)) return;
      if (era === 'legacy') legacy(each, response);
      else modern(each, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${String(bound)}/mcp`,
    port: bound,
    received,
    dropped,
    sessions,
    notices,
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
