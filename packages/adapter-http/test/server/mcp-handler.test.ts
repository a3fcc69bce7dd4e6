import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import express from 'express';
import { createRuntime, embeddedCaller, grantOf, RawJson, type Caller, type Runtime } from '@clarity-runtime/core';
import { createMcpHandler, type CallerResolver, type McpHandler, type McpHandlerOptions } from '../../src/index.ts';
import { FakeConnector, manifestOf } from '../support/fake-connector.ts';
import { pageFolder } from '../support/page-folder.ts';

const anna: Caller = {
  tenant: 'default',
  principal: { kind: 'user', id: 'anna' },
  credential: { kind: 'opaque', id: 'anna' },
  door: 'embedded',
  grants: [grantOf('read', 'call')],
};
const callers: CallerResolver = {
  resolve: ({ headers }) => Promise.resolve(headers['x-user'] === 'anna' ? anna : { status: 401 }),
};

let runtime: Runtime;
let connector: FakeConnector;
let log: string[];
const cleanups: (() => Promise<unknown> | undefined)[] = [];

beforeEach(async () => {
  connector = new FakeConnector();
  log = [];
  runtime = await createRuntime({ connectors: [connector] });
  const { service } = await runtime.services.apply(embeddedCaller, manifestOf('calc'));
  await runtime.services.start(embeddedCaller, service.serviceId);
});

afterEach(async () => {
  await runtime.close();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const handlerOf = (options: Partial<McpHandlerOptions> = {}): McpHandler =>
  createMcpHandler(runtime, { callers, onError: (line) => log.push(line), ...options });

/** Serves a listener on a loopback port; returns its URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** Lists and calls through a client of the SDK, also with progress. */
async function useWithSdk(url: string, fetch?: (url: string | URL, init?: RequestInit) => Promise<Response>) {
  connector.answer = ({ params }, options) => {
    const { progressToken } = (params.get('_meta')?.value ?? {}) as { readonly progressToken?: unknown };
    const step = Object.entries({ progressToken, progress: 1, total: 2 });
    options.onNotification({
      method: 'notifications/progress',
      params: new Map(step.map(([name, value]) => [name, RawJson.of(value)])),
    });
    return Promise.resolve({ result: RawJson.of({ content: [{ type: 'text', text: '5' }] }) });
  };
  const client = new Client({ name: 'example', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { 'x-user': 'anna' } },
      ...(fetch === undefined ? {} : { fetch }),
    }),
  );
  const { tools } = await client.listTools();
  const steps: number[] = [];
  const onprogress = ({ progress }: { readonly progress: number }): void => void steps.push(progress);
  const { content } = await client.callTool({ name: tools[0]?.name ?? '', arguments: {} }, { onprogress });
  await client.close();
  return { tools: tools.map(({ name }) => name), content, steps };
}

const SEEN = { tools: ['calc__add'], content: [{ type: 'text', text: '5' }], steps: [1] };
const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const JSON_TYPE = { 'content-type': 'application/json' };

describe('createMcpHandler', () => {
  test.each([
    ['node:http', (): Promise<string> => serve(handlerOf().node)],
    ['node:http below a base path', (): Promise<string> => serve(handlerOf({ basePath: '/a/b/' }).node)],
    ['Express', (): Promise<string> => serve(express().use(handlerOf().node))],
    ['Express below a mount path', (): Promise<string> => serve(express().use('/a/b', handlerOf().node))],
  ])('serves a client of the SDK in %s', async (title, start) => {
    const url = await start();
    expect(await useWithSdk(`${url}${title.includes('below') ? '/a/b' : ''}/mcp`)).toEqual(SEEN);
    expect(log).toEqual([]);
  });

  test.each(['', '/a/b'])('serves a client of the SDK through fetch, with base path "%s"', async (basePath) => {
    const { fetch } = handlerOf({ basePath });
    const url = `http://localhost${basePath}/mcp`;
    expect(await useWithSdk(url, (target, init) => fetch(new Request(target, init)))).toEqual(SEEN);
    expect(log).toEqual([]);
  });

  test('does not trust a request of this machine without a caller', async () => {
    const handler = handlerOf();
    const url = await serve(handler.node);
    const init = { method: 'POST', headers: JSON_TYPE, body: LIST };
    expect((await fetch(`${url}/mcp`, init)).status).toBe(401);
    expect((await handler.fetch(new Request('http://localhost/mcp', init), { peer: '127.0.0.1' })).status).toBe(401);
  });

  test('rejects foreign hosts and web origins before it identifies a caller', async () => {
    const { fetch } = handlerOf({ allowedHosts: ['tools.example'], allowedOrigins: ['https://app.example'] });
    const send = async (host: string, headers: Record<string, string> = {}): Promise<readonly unknown[]> => {
      const response = await fetch(new Request(`http://${host}/mcp`, { headers: { 'x-user': 'anna', ...headers } }));
      return [response.status, response.headers.get('access-control-allow-origin')];
    };
    expect(await send('tools.example')).toEqual([200, null]);
    expect(await send('evil.example')).toEqual([403, null]);
    expect(await send('tools.example', { host: 'evil.example' })).toEqual([403, null]);
    expect(await send('tools.example', { origin: 'https://evil.example' })).toEqual([403, null]);
    expect(await send('tools.example', { origin: 'https://app.example' })).toEqual([200, 'https://app.example']);
  });

  test('serves nothing but /mcp without a page, and passes other paths on', async () => {
    const { node, fetch } = handlerOf({ basePath: '/tools' });
    const url = await serve((req, res) => {
      node(req, res, () => res.writeHead(299).end(req.url));
    });
    const headers = { 'x-user': 'anna' };
    for (const path of ['/mcp', '/tools', '/toolsx/mcp', '/tools/api/status', '/tools/status', '/tools/healthz']) {
      const passedOn = await globalThis.fetch(url + path, { headers });
      expect([passedOn.status, await passedOn.text()]).toEqual([299, path]);
      expect([path, (await fetch(new Request(`http://localhost${path}`, { headers }))).status]).toEqual([path, 404]);
    }
    expect((await globalThis.fetch(`${url}/tools/mcp`, { headers })).status).toBe(200);
    expect((await globalThis.fetch(`${url}/tools/mcp/none/more`, { headers })).status).toBe(404);
  });

  test('serves the page and its API below a base path', async () => {
    await using page = await pageFolder();
    const handler = handlerOf({ basePath: '/tools', statusPageFolder: page.path });
    const url = await serve(handler.node);
    const index = await fetch(`${url}/tools/status`);
    const asset = new URL(/"(status\/assets\/[^"]+)"/.exec(await index.text())?.[1] ?? '', index.url);
    expect((await fetch(asset)).status).toBe(200);
    expect((await handler.fetch(new Request(asset))).headers.get('content-type')).toMatch(/javascript/);
    expect((await fetch(`${url}/tools/api/status`)).status).toBe(401);
    expect((await fetch(`${url}/tools/api/status`, { headers: { 'x-user': 'anna' } })).status).toBe(200);
  });

  test('takes a body that a parser kept as bytes, and rejects a parsed one with the remedy', async () => {
    const app = express();
    app.use('/raw', express.raw({ type: '*/*' }), handlerOf().node);
    app.use('/text', express.text({ type: '*/*' }), handlerOf().node);
    app.use('/parsed', express.json(), handlerOf().node);
    app.use('/short', express.raw({ type: '*/*' }), handlerOf({ maxBodyBytes: 10 }).node);
    const url = await serve(app);
    const post = async (path: string): Promise<readonly unknown[]> => {
      const headers = { ...JSON_TYPE, 'x-user': 'anna' };
      const body =
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}';
      const response = await fetch(`${url}${path}/mcp`, { method: 'POST', headers, body });
      const text = await response.text();
      return [response.status, /BODY_ALREADY_READ|PAYLOAD_TOO_LARGE|serverInfo/.exec(text)?.[0]];
    };
    expect(await post('/raw')).toEqual([200, 'serverInfo']);
    expect(await post('/text')).toEqual([200, 'serverInfo']);
    expect(await post('/parsed')).toEqual([500, 'BODY_ALREADY_READ']);
    expect(await post('/short')).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(log.join()).toContain('BODY_ALREADY_READ');
  });

  test('ends open streams when the runtime closes', async () => {
    const { fetch } = handlerOf();
    const head = { ...JSON_TYPE, 'x-user': 'anna', accept: 'application/json, text/event-stream' };
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}';
    const opened = await fetch(new Request('http://localhost/mcp', { method: 'POST', headers: head, body }));
    const session = opened.headers.get('mcp-session-id') ?? '';
    await opened.text();
    const stream = await fetch(
      new Request('http://localhost/mcp', {
        headers: { ...head, 'mcp-session-id': session, accept: 'text/event-stream' },
      }),
    );
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const ended = stream.text();
    await runtime.close();
    expect(await ended).toContain('id:');
  });

  test.each(['tools', '/tools/../x', '/a%20b', '//x', '/a/./b', 'http://x/'])(
    'rejects the base path %s',
    (basePath) => {
      expect(() => handlerOf({ basePath })).toThrow(/is not a base path/);
    },
  );
});
