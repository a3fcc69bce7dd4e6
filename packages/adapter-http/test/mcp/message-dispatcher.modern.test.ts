import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, RawJson, type Runtime } from '@clarity-runtime/core';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { legacy, MODERN, modern, openSession, postMcp, postModern } from '../support/mcp-client.ts';

const META = 'io.modelcontextprotocol/';
const VERSION = `${META}protocolVersion`;
const CAPABILITIES = `${META}clientCapabilities`;
const scopes: GatewayScope[] = [];
let daemon: Daemon;

const wrap = (runtime: Runtime): Runtime => ({
  ...runtime,
  gateway: {
    paramHeaders: () => [],
    open: (scope) => {
      scopes.push(scope);
      return runtime.gateway.open(scope);
    },
  },
});

beforeAll(async () => {
  daemon = await startDaemon({ wrap });
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
});

beforeEach(() => {
  daemon.connector.calls.length = 0;
  scopes.length = 0;
});

afterAll(() => daemon[Symbol.asyncDispose]());

const call = modern('tools/call', { name: 'calc__add', arguments: {} });

test('a modern request works without handshake, and its result has resultType and serverInfo', async () => {
  const { status, headers, message } = await postModern(daemon, modern('server/discover'));
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(message?.result).toMatchObject({
    resultType: 'complete',
    supportedVersions: expect.arrayContaining([MODERN]),
  });
  const called = await postModern(daemon, call);
  expect(called.message?.result).toMatchObject({
    resultType: 'complete',
    content: [],
    _meta: { [`${META}serverInfo`]: { name: 'clarity-runtime' } },
  });
});

test('classifyRequest passes clientInfo on in printable ASCII of bounded length', async () => {
  const clientInfo = { name: `cl\u001bient${'x'.repeat(200)}`, version: '7' };
  const meta = { [`${META}clientInfo`]: clientInfo, [CAPABILITIES]: { sampling: { tools: {} } } };
  await postModern(daemon, modern('tools/list', {}, meta));
  expect(scopes).toMatchObject([
    {
      era: 'modern',
      revision: MODERN,
      clientCapabilities: { sampling: { tools: {} } },
      caller: { principal: { kind: 'loopback' }, client: { name: `cl?ient${'x'.repeat(57)}`, version: '7' } },
    },
  ]);
});

test.each([
  ['no capabilities', { [CAPABILITIES]: undefined }],
  ['capabilities that are a text', { [CAPABILITIES]: 'x' }],
  ['a version that is a number', { [VERSION]: 5 }],
])('a modern request with %s in _meta is rejected before it is dispatched', async (_case, meta) => {
  const { status, message } = await postModern(daemon, modern('tools/call', { name: 'calc__add' }, meta));
  expect([status, message?.id, message?.error?.code]).toEqual([400, 1, -32602]);
  expect(message?.error?.message).toContain(Object.keys(meta)[0]);
  expect(scopes).toEqual([]);
});

test('a modern MCP-Protocol-Version without a version in _meta is rejected', async () => {
  for (const body of [legacy('tools/list'), legacy('tools/list', {}), legacy('tools/list', { _meta: {} })]) {
    const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' };
    const { status, message } = await postMcp(daemon, body, { headers });
    expect([status, message?.error?.code]).toEqual([400, -32602]);
    expect(message?.error?.message).toContain(VERSION);
  }
});

test('a _meta that is not an object or has duplicate members is rejected', async () => {
  for (const meta of ['[1]', '"x"', `{"${VERSION}":"2026-07-28","${VERSION}":"2025-11-25"}`]) {
    const { status, message } = await postMcp(
      daemon,
      `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":${meta}}}`,
    );
    expect([status, message?.error?.code]).toEqual([400, -32602]);
  }
});

test.each([
  ['no MCP-Protocol-Version', { 'mcp-protocol-version': undefined }],
  ['another MCP-Protocol-Version', { 'mcp-protocol-version': '2025-11-25' }],
  ['no Mcp-Method', { 'mcp-method': undefined }],
  ['another Mcp-Method', { 'mcp-method': 'tools/list' }],
  ['Mcp-Method in capitals', { 'mcp-method': 'Tools/Call' }],
  ['no Mcp-Name', { 'mcp-name': undefined }],
  ['another Mcp-Name', { 'mcp-name': 'calc__sub' }],
  ['broken base64', { 'mcp-name': '=?base64?!!!?=' }],
  ['base64 of no UTF-8', { 'mcp-name': '=?base64?/w==?=' }],
])('a modern request with %s is rejected with 400 and -32020', async (_case, headers) => {
  const { status, message } = await postModern(daemon, call, { headers });
  expect([status, message?.id, message?.error?.code]).toEqual([400, 1, -32020]);
  expect(daemon.connector.calls).toEqual([]);
});

test('standardHeaderError decodes Mcp-Name before it compares', async () => {
  const encoded = `=?base64?${Buffer.from('calc__add').toString('base64')}?=`;
  expect((await postModern(daemon, call, { headers: { 'mcp-name': encoded } })).status).toBe(200);
  const foreign = modern('tools/call', { name: '\u4e16\u754c' });
  const named = { 'mcp-name': `=?base64?${Buffer.from('\u4e16\u754c').toString('base64')}?=` };
  expect((await postModern(daemon, foreign, { headers: named })).message?.error).toMatchObject({
    code: -32602,
    message: 'unknown tool: ??',
  });
});

test.each(['2099-01-01', '2025-11-25', '<script>'])(
  'the version %s in _meta is rejected with the supported versions',
  async (version) => {
    const { status, message } = await postModern(daemon, modern('tools/list', {}, { [VERSION]: version }), {
      headers: { 'mcp-protocol-version': version },
    });
    expect([status, message?.error?.code]).toEqual([400, -32022]);
    expect(message?.error?.data).toEqual({
      supported: [MODERN, '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
      requested: version,
    });
  },
);

test.each(['ping', 'initialize', 'logging/setLevel', 'resources/subscribe'])(
  'the legacy method %s is answered with 404 in the modern era',
  async (method) => {
    const { status, message } = await postModern(daemon, modern(method, { protocolVersion: '2025-11-25' }));
    expect([status, message?.error?.code]).toEqual([404, -32601]);
  },
);

test('invalid parameters of a modern request are answered with status 200', async () => {
  const { status, message } = await postModern(daemon, modern('tools/call', { name: 'nobody__add' }));
  expect([status, message?.error?.code]).toEqual([200, -32602]);
});

test('a missing client capability is answered with status 400', async () => {
  const error = { code: -32021, message: 'sampling', data: { requiredCapabilities: { sampling: {} } } };
  daemon.connector.answer = () => Promise.resolve({ error });
  const { status, message } = await postModern(daemon, call);
  expect([status, message?.error]).toEqual([400, error]);
});

test('a modern request ignores Mcp-Session-Id and Last-Event-ID', async () => {
  daemon.connector.answer = () => Promise.resolve({ result: RawJson.of({ content: [] }) });
  const { status, headers } = await postModern(daemon, call, {
    headers: { 'mcp-session-id': 'x', 'last-event-id': '7' },
  });
  expect([status, headers.get('mcp-session-id')]).toEqual([200, null]);
});

test('a batch of modern requests is rejected', async () => {
  const { status, message } = await postMcp(daemon, [call], { headers: { 'mcp-protocol-version': MODERN } });
  expect([status, message?.error?.code]).toEqual([400, -32600]);
  const headers = await openSession(daemon, { version: '2025-03-26' });
  const hidden = await postMcp(daemon, [call], { headers: { ...headers, 'mcp-protocol-version': undefined } });
  expect(JSON.parse(hidden.text)).toMatchObject([{ id: 1, error: { code: -32020 } }]);
  expect(daemon.connector.calls).toEqual([]);
});

test('Q13 byte-order-mark: a body with a mark is read in both eras', async () => {
  const started = legacy('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'c', version: '1' },
  });
  const older = await postMcp(daemon, `\ufeff${JSON.stringify(started)}`);
  expect(older).toMatchObject({ status: 200, message: { id: 1, result: { protocolVersion: '2025-06-18' } } });
  const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' };
  const newer = await postMcp(daemon, `\ufeff${JSON.stringify(modern('tools/list'))}`, { headers });
  expect(newer).toMatchObject({ status: 200, message: { id: 1, result: { tools: expect.anything() } } });
});

test.each(['/mcp/', '/mcp/calc', '/mcp/calc/'])('trailing-slash: %s is an MCP endpoint', async (path) => {
  const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' };
  const { status, message } = await postMcp(daemon, modern('tools/list'), { headers, path });
  expect(status).toBe(200);
  expect(message?.result).toHaveProperty('tools');
});

test.each(['/mcp//', '/mcp/calc//', '/mcp//calc', '/mcp/calc/x/'])(
  'trailing-slash: %s is not a route',
  async (path) => {
    const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' };
    expect((await postMcp(daemon, modern('tools/list'), { headers, path })).status).toBe(404);
  },
);
