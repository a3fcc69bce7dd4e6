import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Client as ClientV2, StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { createHttpServer, httpConnector, type HttpServer } from '../../src/index.ts';
import { legacy, modern, openSession, postMcp, postModern } from '../support/mcp-client.ts';
import { json, mcpUpstream, type Handle, type McpUpstream } from '../support/mcp-upstream.ts';
import { remoteManifest, type RemoteOver } from '../support/remote-service.ts';

const ERAS = ['legacy', 'modern'] as const;
type Era = (typeof ERAS)[number];

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

interface Stage {
  readonly upstream: McpUpstream;
  readonly runtime: Runtime;
  readonly server: HttpServer;
  readonly url: string;
}

const tools =
  (list: readonly object[]): Handle =>
  ({ method, id }, response) => {
    if (method !== 'tools/list') return false;
    json(response, 200, { jsonrpc: '2.0', id, result: { tools: list, resultType: 'complete' } });
    return true;
  };
const schema = { type: 'object' };

/** A runtime behind HTTP with one remote service, and its upstream. */
async function stage(era: Era, handle: Handle, over: RemoteOver = {}): Promise<Stage> {
  const upstream = await mcpUpstream({ era, handle });
  const runtime = await createRuntime({ connectors: [httpConnector()] });
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  const { url } = await server.listen();
  open.push(upstream, { [Symbol.asyncDispose]: () => runtime.close() }, server);
  const { service } = await runtime.services.apply(embeddedCaller, remoteManifest(upstream.url, over));
  await runtime.services.start(embeddedCaller, service.serviceId);
  return { upstream, runtime, server, url };
}

describe('Q19 headers and query values of a remote', () => {
  for (const era of ERAS) {
    test(`Q19 every request of a ${era} service has all headers and query values of its manifest`, async () => {
      const headers = [
        { name: 'X-Api-Key', value: 'one' },
        { name: 'X-Workspace', value: 'two' },
      ];
      const urls: (string | undefined)[] = [];
      const record: Handle = (_received, _response, request) => {
        urls.push(request.url);
        return false;
      };
      const { upstream, url } = await stage(era, record, {
        headers,
        query: [{ name: 'team', value: 'a b' }],
      });
      await postModern({ url }, modern('tools/call', { name: 'remote__echo', arguments: {} }));
      expect(upstream.received.map(({ headers: got }) => [got['x-api-key'], got['x-workspace']])).toEqual(
        upstream.received.map(() => ['one', 'two']),
      );
      expect(new Set(urls)).toEqual(new Set(['/mcp?team=a+b']));
    });
  }
});

describe('Q36 a refusal of a tool with an output schema', () => {
  const outputSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
  const refuse: Handle = (received, response, request) => {
    if (received.method !== 'tools/call')
      return tools([{ name: 'sum', inputSchema: schema, outputSchema }])(received, response, request);
    const result = { content: [{ type: 'text', text: 'no' }], isError: true, resultType: 'complete' };
    json(response, 200, { jsonrpc: '2.0', id: received.id, result });
    return true;
  };
  const denied = { content: [{ type: 'text' }], isError: true };

  for (const era of ERAS) {
    test(`Q36 of a ${era} service reaches the official clients as a tool error`, async () => {
      const { url } = await stage(era, refuse);
      const one = new ClientV1({ name: 'one', version: '1' });
      await one.connect(new HttpV1(new URL(`${url}/mcp`)));
      await one.listTools();
      expect(await one.callTool({ name: 'remote__sum', arguments: {} })).toMatchObject(denied);
      await one.close();
      for (const mode of ['auto', 'legacy'] as const) {
        const two = new ClientV2({ name: 'two', version: '1' }, { versionNegotiation: { mode } });
        await two.connect(new HttpV2(new URL(`${url}/mcp`)));
        await two.listTools();
        expect(await two.callTool({ name: 'remote__sum', arguments: {} })).toMatchObject(denied);
        await two.close();
      }
    });
  }

  test('Q36 of the gateway itself reaches the official client as a tool error', async () => {
    const { runtime, url } = await stage('legacy', refuse, { policy: { denyTools: ['sum'] } });
    const one = new ClientV1({ name: 'one', version: '1' });
    await one.connect(new HttpV1(new URL(`${url}/mcp`)));
    await one.listTools();
    const call = one.callTool({ name: 'remote__sum', arguments: {} });
    expect(await call).toMatchObject({ isError: true });
    await one.close();
    expect(runtime.services.list(embeddedCaller)).toHaveLength(1);
  });
});

describe('Q41 initialize with the id of a session that is gone', () => {
  test('Q41 law: any id in the header opens a new session with another id', async () => {
    const { url } = await stage('legacy', () => false);
    const gone = await openSession({ url });
    await fetch(`${url}/mcp`, { method: 'DELETE', headers: gone });
    const ids = fc.oneof(fc.constant(gone['mcp-session-id']), fc.stringMatching(/^[!-~]{1,300}$/));
    const versions = fc.constantFrom(undefined, '2025-11-25', '2024-11-05', 'nonsense');
    await fc.assert(
      fc.asyncProperty(ids, versions, async (id, version) => {
        const headers = { 'mcp-session-id': id, 'mcp-protocol-version': version };
        const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
        const answer = await postMcp({ url }, legacy('initialize', params), { headers });
        if (version === 'nonsense' && answer.status === 400) return;
        expect(answer.status).toBe(200);
        const fresh = answer.headers.get('mcp-session-id');
        expect(fresh === null || fresh === id).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
});

describe('Q48 names in headers', () => {
  test('Q48 law: a tool with any name is called with the same name in header and body', async () => {
    const names = ['plain', 'größe', '搜索', ' edge ', '=?base64?YQ==?=', 'a"b', 'x'.repeat(120), 'Ａ'];
    const list = names.map((name) => ({ name, inputSchema: schema }));
    const { upstream, url } = await stage('modern', tools(list));
    const shown = await postModern({ url }, modern('tools/list'), { path: '/mcp' });
    const listed = (shown.message?.result?.['tools'] ?? []) as { name: string }[];
    expect(listed).toHaveLength(names.length);
    for (const { name } of listed) await postModern({ url }, modern('tools/call', { name, arguments: {} }));
    const decoded = (header: unknown): string => {
      const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(String(header)) ?? [];
      return encoded === undefined ? String(header) : Buffer.from(encoded, 'base64').toString('utf8');
    };
    const calls = upstream.received.filter(({ method }) => method === 'tools/call');
    expect(calls.map(({ params }) => String(params['name'])).toSorted()).toEqual(names.toSorted());
    for (const { headers, params } of calls) expect(decoded(headers['mcp-name'])).toBe(params['name']);
  });
});

describe('Q58 trace context', () => {
  const trace = {
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: 'vendor=1',
    baggage: 'user=a',
  };
  for (const upstreamEra of ERAS) {
    for (const era of ERAS) {
      test(`Q58 of a ${era} client reaches a ${upstreamEra} service in _meta, unchanged`, async () => {
        const { upstream, url } = await stage(upstreamEra, () => false);
        const params = { name: 'remote__echo', arguments: {}, _meta: trace };
        if (era === 'legacy')
          await postMcp({ url }, legacy('tools/call', params), { headers: await openSession({ url }) });
        else await postModern({ url }, modern('tools/call', { name: params.name, arguments: {} }, trace));
        const [call] = upstream.received.filter(({ method }) => method === 'tools/call');
        expect(call?.params['_meta']).toMatchObject(trace);
      });
    }
  }
});
