import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ClarityError, embeddedCaller, RawJson } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { legacy, modern, postMcp, postModern } from '../support/mcp-client.ts';

let daemon: Daemon;
const RESULT = { result: RawJson.of({ content: [] }) };

beforeAll(async () => {
  daemon = await startDaemon();
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
});

beforeEach(() => {
  daemon.connector.calls.length = 0;
  daemon.connector.answer = () => Promise.resolve(RESULT);
});

afterEach(async () => {
  expect((await postMcp(daemon, legacy('ping'))).message).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  expect(daemon.log).toEqual([]);
});

afterAll(() => daemon[Symbol.asyncDispose]());

const call = legacy('tools/call', { name: 'calc__add', arguments: {} });
const ping = legacy('ping');
const without = (member: string, message: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(message).filter(([name]) => name !== member));

test('J01 a batch of 5000 pings is rejected with 400 and -32600', async () => {
  for (const version of [undefined, '2025-03-26', '2025-11-25']) {
    const headers = { 'mcp-protocol-version': version };
    const { status, message } = await postMcp(daemon, Array(5_000).fill(ping), { headers });
    expect(status).toBe(400);
    expect(message).toMatchObject({ error: { code: -32600 } });
  }
});

test('J02 an empty batch is rejected with -32600', async () => {
  for (const headers of [{}, { 'mcp-protocol-version': '2025-11-25' }]) {
    const { message } = await postMcp(daemon, '[ ]', { headers });
    expect(message).toMatchObject({ error: { code: -32600 } });
    expect(message).not.toHaveProperty('id');
  }
});

test('J03 the id null is rejected with 400 and -32600', async () => {
  const { status, message } = await postMcp(daemon, { ...ping, id: null });
  expect(status).toBe(400);
  expect(message).toMatchObject({ error: { code: -32600 } });
  expect(message).not.toHaveProperty('id');
});

test.each(['{}', '[]', 'true', '1.5', '1.0', '1e3', `"${'i'.repeat(255)}"`, '9'.repeat(257)])(
  'J04 the id %s is rejected and not repeated',
  async (id) => {
    const { status, message, text } = await postMcp(daemon, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    expect(status).toBe(400);
    expect(message).toMatchObject({ error: { code: -32600 } });
    expect(text).not.toMatch(/"id"|iiii|9999/);
  },
);

test.each(['"1"', '""', '0', '-7', '9007199254740993', '"\\u00e9\\n"'])(
  'the id %s is returned with its bytes',
  async (id) => {
    const { text } = await postMcp(daemon, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    expect(text).toBe(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
  },
);

test.each([['"1.0"'], ['2.0'], ['null'], [undefined]])(
  'J05 jsonrpc %s is rejected with 400 and -32600',
  async (version) => {
    const member = version === undefined ? '' : `"jsonrpc":${version},`;
    const { status, message } = await postMcp(daemon, `{${member}"id":1,"method":"ping"}`);
    expect(status).toBe(400);
    expect(message).toMatchObject({ id: 1, error: { code: -32600 } });
  },
);

test.each([[1], [null], [{}], [undefined]])('J06 the method %j is rejected with 400 and -32600', async (method) => {
  const { status, message } = await postMcp(daemon, { ...ping, method });
  expect(status).toBe(400);
  expect(message).toMatchObject({ id: 1, error: { code: -32600 } });
});

test.each(['evil/method', '__proto__', 'constructor', 'toString', ''])(
  'J07 the unknown method %j is answered with -32601',
  async (method) => {
    const old = await postMcp(daemon, legacy(method));
    expect([old.status, old.message?.error?.code]).toEqual([200, -32601]);
    const { status, message } = await postModern(daemon, modern(method));
    expect([status, message?.error?.code]).toEqual([404, -32601]);
  },
);

test('J08 an unknown notification is answered with 202 and without a body', async () => {
  for (const message of [without('id', legacy('notifications/evil')), without('id', modern('notifications/evil'))]) {
    const { status, text, headers } = await postMcp(daemon, message);
    expect([status, text, headers.get('content-length')]).toEqual([202, '', '0']);
  }
});

test('J09 tools/call without an id is a notification: no tool is called', async () => {
  const { status, text } = await postMcp(daemon, without('id', call));
  expect([status, text]).toEqual([202, '']);
  expect(daemon.connector.calls).toEqual([]);
});

test.each([
  [[]],
  ['s'],
  [5],
  [null],
  [{ name: 5 }],
  [{ name: {} }],
  [{ name: [] }],
  [{ name: null }],
  [{}],
  [undefined],
])('J10 tools/call with params %j is rejected with -32602', async (params) => {
  const { message } = await postMcp(daemon, legacy('tools/call', params));
  expect(message).toMatchObject({ id: 1, error: { code: -32602 } });
  expect(daemon.connector.calls).toEqual([]);
});

test('J11 error messages repeat at most a part of the request', async () => {
  const long = 'x'.repeat(900_000);
  const bodies = [
    legacy('tools/call', { name: long }),
    legacy(long),
    legacy('initialize', { protocolVersion: long }),
    legacy('ping', {}, long),
    { ...ping, jsonrpc: long },
  ];
  for (const body of bodies) {
    const { text } = await postMcp(daemon, body);
    expect(text.length).toBeLessThan(8 * 1024);
    expect(text).toMatch(/error|protocolVersion/);
  }
  const unsupported = modern('ping', {}, { 'io.modelcontextprotocol/protocolVersion': long });
  expect((await postMcp(daemon, unsupported)).text.length).toBeLessThan(8 * 1024);
  expect((await postMcp(daemon, ping, { path: `/mcp/${'x'.repeat(9_000)}` })).text.length).toBeLessThan(8 * 1024);
});

test('J12 invalid arguments return a result with isError and ARGUMENTS_INVALID', async () => {
  daemon.connector.answer = ({ params }) => {
    const { limit } = params.get('arguments')?.value as { limit?: unknown };
    if (typeof limit === 'number' && limit >= 1) return Promise.resolve(RESULT);
    return Promise.reject(new ClarityError('ARGUMENTS_INVALID', 'limit must be at least 1', { field: 'limit' }));
  };
  for (const limit of [-5, 'x', {}, null, undefined]) {
    const { message } = await postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: { limit } }));
    expect(message?.result).toMatchObject({
      isError: true,
      _meta: { 'clarity/error': { code: 'ARGUMENTS_INVALID', retryable: false } },
    });
    expect(JSON.stringify(message?.result?.['content'])).toContain('limit must be at least 1');
  }
  const fitting = await postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: { limit: 1 } }));
  expect(fitting.message?.result).toEqual({ content: [] });
});

test('J13 an unexpected response is answered with 202, in the modern era with 400', async () => {
  for (const response of [
    { jsonrpc: '2.0', id: 1, result: {} },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: '' } },
  ]) {
    const { status, text } = await postMcp(daemon, response);
    expect([status, text]).toEqual([202, '']);
    expect((await postMcp(daemon, response, { headers: { 'mcp-protocol-version': '2026-07-28' } })).status).toBe(400);
  }
});

test.each(['9999<script>', '2026-07-28', ''])(
  'J14 initialize with the version %j negotiates 2025-11-25',
  async (asked) => {
    const { message, text } = await postMcp(daemon, legacy('initialize', { protocolVersion: asked }));
    expect(message?.result).toMatchObject({ protocolVersion: '2025-11-25' });
    expect(text).not.toContain('script');
  },
);

test.each([5, {}, null, undefined])('J14 initialize with the version %j is rejected with -32602', async (asked) => {
  const { message } = await postMcp(daemon, legacy('initialize', { protocolVersion: asked }));
  expect(message).toMatchObject({ error: { code: -32602 } });
});

test.each(['1900-01-01', 'not-a-version', '2025-11-25, 2025-11-25', '2099-01-01'])(
  'J15 the header MCP-Protocol-Version: %s is rejected with 400',
  async (version) => {
    const headers = { 'mcp-protocol-version': version };
    for (const body of [ping, call, legacy('initialize', { protocolVersion: '2025-11-25' }), without('id', ping)]) {
      const { status, message } = await postMcp(daemon, body, { headers });
      expect(status).toBe(400);
      expect(message).toMatchObject({ error: { code: -32600 } });
    }
    expect(daemon.connector.calls).toEqual([]);
  },
);

test.each([
  '{"jsonrpc":"2.0","id":1,"Method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"METHOD":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method ":"ping"}',
  '{"JSONRPC":"2.0","id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"meth\u03bfd":"ping"}',
])('J20 member names are exact: %s is rejected with 400 and -32600', async (body) => {
  const { status, message } = await postMcp(daemon, body);
  expect(status).toBe(400);
  expect(message).toMatchObject({ id: 1, error: { code: -32600 } });
});

test('J20 members with a name similar to params are ignored', async () => {
  for (const name of ['Params', 'param\u017f', 'PARAMS']) {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', [name]: { name: 'calc__add' } };
    expect((await postMcp(daemon, body)).message).toMatchObject({ error: { code: -32602 } });
  }
  expect(daemon.connector.calls).toEqual([]);
});

test('J20 duplicate members are rejected with 400 and -32600, also with escaped names', async () => {
  for (const body of [
    '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}',
    '{"jsonrpc":"2.0","id":1,"method":"ping","\\u006dethod":"tools/call"}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"calc__add","n\\u0061me":"other"}}',
  ]) {
    const { status, message } = await postMcp(daemon, body);
    expect([status, message?.error?.code]).toEqual([400, -32600]);
  }
  expect(daemon.connector.calls).toEqual([]);
});
