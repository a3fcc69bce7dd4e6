import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, RawJson } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { legacy, modern, openSession, postMcp, postModern } from '../support/mcp-client.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
});

beforeEach(() => {
  daemon.connector.calls.length = 0;
  daemon.connector.answer = () => Promise.resolve({ result: RawJson.of({ content: [] }) });
});

afterAll(() => daemon[Symbol.asyncDispose]());

const note = { jsonrpc: '2.0', method: 'notifications/initialized' };

test.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
  '[mcp.initialize] [mcp.ping] initialize negotiates %s and ping answers in the session',
  async (version) => {
    const params = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'client', version: '1' } };
    const { status, message } = await postMcp(daemon, legacy('initialize', params, 'a'));
    expect([status, message?.id]).toEqual([200, 'a']);
    expect(message?.result).toMatchObject({ protocolVersion: version, serverInfo: { name: 'clarity-runtime' } });
    const headers = { 'mcp-protocol-version': version };
    expect((await postMcp(daemon, note, { headers })).status).toBe(202);
    expect((await postMcp(daemon, legacy('ping'), { headers })).message?.result).toEqual({});
  },
);

test('[mcp.endpoint] a reply has the bytes of the service and a content-length', async () => {
  const written = '{ "content" : [],\n  "structuredContent": {"big": 9007199254740993, "one": 1.0} }';
  daemon.connector.answer = () => Promise.resolve({ result: RawJson.fromText(written) });
  const { text, headers } = await postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: {} }, 'x'));
  expect(text).toBe(`{"jsonrpc":"2.0","id":"x","result":${written}}`);
  expect(headers.get('content-length')).toBe(String(text.length));
});

test('MessageDispatcher returns a large reply completely', async () => {
  const big = JSON.stringify({ content: [{ type: 'text', text: '\u00e9'.repeat(300_000) }] });
  daemon.connector.answer = () => Promise.resolve({ result: RawJson.fromText(big) });
  const { text } = await postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: {} }));
  expect(text).toBe(`{"jsonrpc":"2.0","id":1,"result":${big}}`);
});

test('MessageDispatcher passes arguments on with their bytes', async () => {
  await postMcp(
    daemon,
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"calc__add","arguments":{ "a": 9007199254740993 }}}',
  );
  expect(daemon.connector.calls[0]?.params.get('arguments')?.text).toBe('{ "a": 9007199254740993 }');
});

test('MessageDispatcher keeps code, message and data of an error of the service', async () => {
  const error = { code: 4711, message: 'no', data: { why: [1] } };
  daemon.connector.answer = () => Promise.resolve({ error });
  const { status, message } = await postMcp(daemon, legacy('tools/call', { name: 'calc__add' }));
  expect([status, message?.error]).toEqual([200, error]);
});

test('/mcp/<service> lists the tools of one service with their own names', async () => {
  const path = '/mcp/calc';
  const { message } = await postMcp(daemon, legacy('tools/list'), { path });
  expect(message?.result).toMatchObject({ tools: [{ name: 'add' }] });
  const called = await postMcp(daemon, legacy('tools/call', { name: 'add', arguments: {} }), { path });
  expect(called.message?.result).toEqual({ content: [] });
});

test('/mcp/<unknown> answers every request with an error that names the service', async () => {
  const path = '/mcp/nobody';
  const expected = { code: -32602, message: "service 'nobody' not found: the list of services has the names" };
  const old = await postMcp(daemon, legacy('initialize', { protocolVersion: '2025-11-25' }), { path });
  expect([old.status, old.message?.error]).toEqual([200, expected]);
  const young = await postModern(daemon, modern('server/discover'), { path });
  expect([young.status, young.message?.error]).toEqual([200, expected]);
});

test('a batch of 2025-03-26 is answered in one array without its notifications', async () => {
  const call = legacy('tools/call', { name: 'calc__add', arguments: {} }, 'b');
  const headers = await openSession(daemon, { version: '2025-03-26' });
  for (const version of ['2025-03-26', undefined]) {
    const posting = { headers: { ...headers, 'mcp-protocol-version': version } };
    const { status, text } = await postMcp(daemon, [legacy('ping', {}, 1), note, call, { id: 2 }, 7], posting);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual([
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 'b', result: { content: [] } },
      { jsonrpc: '2.0', id: 2, error: { code: -32600, message: 'invalid request: jsonrpc must be "2.0"' } },
      { jsonrpc: '2.0', error: { code: -32600, message: 'invalid request: a message is one JSON object' } },
    ]);
  }
  expect(await postMcp(daemon, [note, note], { headers })).toMatchObject({ status: 202, text: '' });
});

test('a batch of 51 messages or with initialize is rejected', async () => {
  const batched = { headers: await openSession(daemon, { version: '2025-03-26' }) };
  const fifty = Array.from({ length: 50 }, (_, i) => legacy('ping', {}, i));
  expect(JSON.parse((await postMcp(daemon, fifty, batched)).text)).toHaveLength(50);
  expect((await postMcp(daemon, [...fifty, note], batched)).message).toMatchObject({ error: { code: -32600 } });
  const handshake = legacy('initialize', { protocolVersion: '2025-03-26' });
  expect(JSON.parse((await postMcp(daemon, [handshake], batched)).text)).toMatchObject([{ error: { code: -32600 } }]);
});

test('a body that is not JSON is rejected with 400 and -32700', async () => {
  for (const body of ['', ' ', '{', '{"jsonrpc":"2.0"', `${'['.repeat(200)}${']'.repeat(200)}`]) {
    const { status, message } = await postMcp(daemon, body);
    expect([status, message?.error?.code]).toEqual([400, -32700]);
  }
});

test('GET /mcp of a browser lists the methods, and each of them exists', async () => {
  for (const accept of ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json', '*/*']) {
    const { status, body } = await ask(daemon, '/mcp', { headers: { accept } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'clarity-runtime gateway', protocol: 'jsonrpc-2.0' });
    const methods = body['supportedMethods'] as string[];
    expect(methods).toContain('subscriptions/listen');
    // This method is answered with an endless stream.
    for (const method of methods.filter((each) => each !== 'subscriptions/listen')) {
      const codes = [
        (await postMcp(daemon, legacy(method))).message?.error?.code,
        (await postModern(daemon, modern(method))).message?.error?.code,
      ];
      expect(codes.some((code) => code !== -32601)).toBe(true);
    }
  }
});

test('a batch is rejected without a session of 2025-03-26', async () => {
  const young = await openSession(daemon);
  for (const headers of [{}, { 'mcp-protocol-version': '2025-03-26' }, young]) {
    const { status, message } = await postMcp(daemon, [legacy('ping')], { headers });
    expect([status, message?.error?.code]).toEqual([400, -32600]);
  }
});

test('GET and DELETE without a session are answered with 405', async () => {
  const stream = await ask(daemon, '/mcp', { headers: { accept: 'text/event-stream' } });
  expect([stream.status, stream.headers.get('allow')]).toEqual([405, 'POST']);
  const end = await ask(daemon, '/mcp', { method: 'DELETE' });
  expect([end.status, end.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test('a client that accepts neither JSON nor streams gets 406', async () => {
  for (const accept of ['text/html', 'image/*']) {
    expect((await postMcp(daemon, legacy('ping'), { headers: { accept } })).status).toBe(406);
  }
  for (const accept of ['*/*', 'application/json', 'Application/JSON;q=1', 'text/event-stream, */*']) {
    const { message } = await postMcp(daemon, legacy('ping'), { headers: { accept } });
    expect(message?.result).toEqual({});
  }
});
