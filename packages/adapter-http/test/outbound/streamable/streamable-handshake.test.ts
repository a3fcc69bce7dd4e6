import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { httpConnector } from '../../../src/index.ts';
import { json, mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, listener, remoteService, valueOf } from '../../support/remote-service.ts';

test.each([400, 404, 405, 406, 415])('status %i for server/discover leads to initialize', async (status) => {
  const handle: Handle = ({ method }, response) =>
    method === 'server/discover' && !!response.writeHead(status).end('no');
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  expect(connection).toMatchObject({ era: 'legacy', revision: '2025-11-25', instructions: 'Ask.' });
  await connection.close('done');
});

test('the detected era is cached until eraHorizonMs', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const asked = () => upstream.received.filter(({ method }) => method === 'server/discover').length;
  const connector = httpConnector();
  const forgetful = httpConnector({ limits: { eraHorizonMs: 0 } });
  const connect = async (each: typeof connector): Promise<void> => {
    const connection = await each.connect(remoteService(upstream.url), listener(), new AbortController());
    await connection.close('done');
  };
  await connect(connector);
  await connect(connector);
  expect(asked()).toBe(1);
  await connect(forgetful);
  await connect(forgetful);
  expect(asked()).toBe(3);
});

test('a service that becomes modern is detected in spite of the cached era', async () => {
  const legacy = await mcpUpstream({ era: 'legacy' });
  const connector = httpConnector();
  const signal = new AbortController().signal;
  await (await connector.connect(remoteService(legacy.url), listener(), { signal })).close('done');
  await legacy[Symbol.asyncDispose]();
  await using modern = await mcpUpstream({ era: 'modern', port: legacy.port });
  const connection = await connector.connect(remoteService(modern.url), listener(), { signal });
  expect(connection.era).toBe('modern');
  await connection.close('done');
});

test('Q32 a stored era of an earlier process is tried first, and a wrong one costs one refused request', async () => {
  const connectAs = async (url: string, era: 'legacy' | 'modern') => {
    const { signal } = new AbortController();
    const connection = await httpConnector().connect({ ...remoteService(url), era }, listener(), { signal });
    await connection.close('done');
    return connection;
  };
  await using legacy = await mcpUpstream({ era: 'legacy' });
  await connectAs(legacy.url, 'legacy');
  expect(legacy.received.map(({ method }) => method)).not.toContain('server/discover');
  await using modern = await mcpUpstream({ era: 'modern' });
  expect(await connectAs(modern.url, 'legacy')).toMatchObject({ era: 'modern', isEraProven: true });
  expect(await connectAs(legacy.url, 'modern')).toMatchObject({ era: 'legacy', isEraProven: true });
});

test('an unsupported protocol version is rejected with its name', async () => {
  const handle: Handle = ({ method, id }, response) => {
    if (method !== 'initialize') return false;
    json(response, 200, { jsonrpc: '2.0', id, result: { protocolVersion: '2026-07-28\u001b[2J', capabilities: {} } });
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  await expect(connectTo(upstream.url)).rejects.toThrow("version '2026-07-28'");
});

const probe =
  (answer: (response: ServerResponse, id: unknown) => void): Handle =>
  ({ method, id }, response) => {
    if (method === 'server/discover') answer(response, id);
    return method === 'server/discover';
  };
const fault = (code: number, data?: object) => (response: ServerResponse, id: unknown) => {
  json(response, 400, { jsonrpc: '2.0', id, error: { code, message: 'no', ...(data && { data }) } });
};

/** Outcomes that only the limit of the probe ends. A short limit for the others would race with a slow machine. */
const SILENT = ['silence', 'a head without an end'];

test.each<[string, boolean, (response: ServerResponse, id: unknown) => void]>([
  ['silence', false, () => undefined],
  [
    'a head without an end',
    false,
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    },
  ],
  ['a closed connection', false, (response) => response.destroy()],
  ['status 500', false, (response) => response.writeHead(500).end('crash')],
  ['status 502', false, (response) => response.writeHead(502).end()],
  ['status 429', false, (response) => response.writeHead(429).end()],
  ['a page with status 200', false, (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
  ['an empty body', false, (response) => response.writeHead(202).end()],
  ['broken JSON', false, (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{')],
  [
    'status 403 with an unknown method',
    false,
    (response, id) => {
      json(response, 403, { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not allowed' } });
    },
  ],
  [
    '-32601',
    true,
    (response, id) => {
      json(response, 200, { jsonrpc: '2.0', id, error: { code: -32601, message: 'no' } });
    },
  ],
  [
    'a result without versions',
    true,
    (response, id) => {
      json(response, 200, { jsonrpc: '2.0', id, result: {} });
    },
  ],
  ['-32022 with older versions', true, fault(-32022, { supported: ['2025-06-18'] })],
  ['-32020, which initialize outvotes', false, fault(-32020)],
])('Q04 %s for server/discover leads to initialize, and is remembered: %s', async (outcome, isRemembered, answer) => {
  await using upstream = await mcpUpstream({ era: 'legacy', handle: probe(answer) });
  const connector = httpConnector({ limits: { probeMs: SILENT.includes(outcome) ? 500 : 60_000 } });
  const { signal } = new AbortController();
  for (const expected of [1, isRemembered ? 1 : 2]) {
    const connection = await connector.connect(remoteService(upstream.url), listener(), { signal });
    expect(connection.era).toBe('legacy');
    await connection.close('done');
    expect(upstream.received.filter(({ method }) => method === 'server/discover')).toHaveLength(expected);
  }
});

test.each([401, 407])('Q27 status %i for server/discover ends the start with its own message', async (status) => {
  await using upstream = await mcpUpstream({
    era: 'legacy',
    handle: probe((response) => response.writeHead(status).end()),
  });
  await expect(connectTo(upstream.url)).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
  expect(upstream.received.filter(({ method }) => method === 'initialize')).toEqual([]);
});

/** Ways to answer a notification, which needs no answer. The last two do not end by themselves. */
const WAYS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  '200 without a body': (response) => response.writeHead(200).end(),
  '202 with a text': (response) => response.writeHead(202, { 'content-type': 'text/plain' }).end('Accepted'),
  '204': (response) => response.writeHead(204).end(),
  '200 with an object': (response) => {
    json(response, 200, {});
  },
  '200 with null': (response) => {
    json(response, 200, 'null');
  },
  '200 with a reply': (response) => {
    json(response, 200, { jsonrpc: '2.0', id: null, result: {} });
  },
  '200 with a reply to another request': (response) => {
    json(response, 200, { jsonrpc: '2.0', id: 1, result: {} });
  },
  '200 with an error': (response) => {
    json(response, 200, { jsonrpc: '2.0', id: null, error: { code: -32601, message: 'no' } });
  },
  'an empty stream': (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
  'another session id': (response) => response.writeHead(202, { 'mcp-session-id': 'other' }).end(),
  '307 to another origin': (response) => response.writeHead(307, { location: 'http://other.example/' }).end(),
  '400': (response) => response.writeHead(400).end('notifications are not supported'),
  '401': (response) => response.writeHead(401).end(),
  '404': (response) => response.writeHead(404).end(),
  '405': (response) => response.writeHead(405).end(),
  '429': (response) => response.writeHead(429, { 'retry-after': '60' }).end(),
  '500': (response) => response.writeHead(500).end(),
  'a closed connection': (response) => response.destroy(),
  'a broken reply': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99' }).write('{');
    response.destroy();
  },
  'a compressed body': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('xx'),
  'an open stream': (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  },
  'an open body': (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
};

test.each(Object.keys(WAYS))('Q50 a notification that is answered with %s disturbs no call', async (way) => {
  const handle: Handle = ({ httpMethod, method, id }, response) => {
    if (httpMethod !== 'POST' || id !== undefined || method?.startsWith('notifications/') !== true) return false;
    WAYS[way]?.(response);
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  const cancelling = new AbortController();
  const cancelled = callTool(connection, 'hang', {
    signal: cancelling.signal,
    onSent: () => {
      cancelling.abort();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
  const reply = await callTool(connection, 'echo', { args: { text: 'x' } });
  expect(valueOf(reply)).toMatchObject({ content: [{ text: 'x' }] });
  const sessions = upstream.received
    .slice(2)
    .filter(({ httpMethod, method }) => httpMethod === 'POST' && method !== 'initialize');
  for (const { headers } of sessions) {
    expect(headers['mcp-session-id']).toBe([...upstream.sessions][0]);
    expect(headers['mcp-protocol-version']).toBe('2025-11-25');
  }
  await connection.close('done');
});

test('Q50 unanswered-notification: a service that leaves notifications unanswered starts without delay', async () => {
  const handle: Handle = ({ method, id }) => id === undefined && method?.startsWith('notifications/') === true;
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  // A start that waits for the notification exceeds the limit of the test.
  await (await connectTo(upstream.url, { options: { limits: { noticeMs: 600_000 } } })).close('done');
});
