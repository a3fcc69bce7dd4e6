import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, RawJson, type McpNotification } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { eventsOf, legacy, modern, postMcp, postModern } from '../support/mcp-client.ts';
import { open } from '../support/raw-client.ts';

let daemon: Daemon;

const notice = (method: string, params: Readonly<Record<string, unknown>>): McpNotification => ({
  method: `notifications/${method}`,
  params: new Map(Object.entries(params).map(([name, value]) => [name, RawJson.of(value)])),
});
const progress = (now: number, progressToken: unknown = 'p'): McpNotification =>
  notice('progress', { progressToken, progress: now, total: 2 });
const log = (level: string): McpNotification => notice('message', { level, data: level });

const RESULT = RawJson.fromText('{"content":[],\r\n"structuredContent":{"text":"a\\nb"}}');

beforeAll(async () => {
  daemon = await startDaemon();
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
});

beforeEach(() => {
  daemon.connector.answer = (_request, exchange) => {
    for (const said of [progress(1), progress(1), log('info'), progress(2), progress(9, 'other'), log('error')]) {
      exchange.onNotification(said);
    }
    return Promise.resolve({ result: RESULT });
  };
});

afterAll(() => daemon[Symbol.asyncDispose]());

const params = { name: 'calc__add', arguments: {} };
const progressed = (now: number) => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 'p', progress: now, total: 2 },
});
const logged = (level: string) => ({ jsonrpc: '2.0', method: 'notifications/message', params: { level, data: level } });

test('a legacy call returns notifications before its result, in order', async () => {
  const answer = await postMcp(daemon, legacy('tools/call', { ...params, _meta: { progressToken: 'p' } }, 'id'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('x-accel-buffering')).toBe('no');
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(eventsOf(answer)).toEqual([
    progressed(1),
    logged('info'),
    progressed(2),
    logged('error'),
    { jsonrpc: '2.0', id: 'id', result: { content: [], structuredContent: { text: 'a\nb' } } },
  ]);
});

test('a modern call returns the requested progress and log levels only', async () => {
  const meta = { progressToken: 'p', 'io.modelcontextprotocol/logLevel': 'warning' };
  const answer = await postModern(daemon, modern('tools/call', params, meta));
  expect(eventsOf(answer)).toMatchObject([
    progressed(1),
    progressed(2),
    logged('error'),
    { id: 1, result: { resultType: 'complete', content: [] } },
  ]);
});

test('a call is answered in JSON if it requests no notifications or accepts no stream', async () => {
  const silent = await postModern(daemon, modern('tools/call', params));
  expect(silent.message?.result).toMatchObject({ content: [] });
  const headers = { accept: 'application/json' };
  const body = legacy('tools/call', { ...params, _meta: { progressToken: 'p' } });
  expect((await postMcp(daemon, body, { headers })).message?.result).toMatchObject({ content: [] });
});

test('a client that accepts only streams gets every response as a stream', async () => {
  const headers = { accept: 'text/event-stream' };
  const answer = await postMcp(daemon, legacy('ping', {}, 7), { headers });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect(eventsOf(answer)).toEqual([{ jsonrpc: '2.0', id: 7, result: {} }]);
  const refused = await postMcp(daemon, legacy('ping', {}, null), { headers });
  expect([refused.status, eventsOf(refused)]).toMatchObject([400, [{ error: { code: -32600 } }]]);
});

test('a server request fails in a call without a session', async () => {
  daemon.connector.answer = async (_request, exchange) => {
    const reply = await exchange.onRequest({ method: 'sampling/createMessage', params: new Map() });
    return { result: RawJson.of({ content: [], structuredContent: reply }) };
  };
  const { message } = await postMcp(daemon, legacy('tools/call', params));
  expect(message?.result).toMatchObject({ structuredContent: { error: { code: -32601 } } });
});

test.each([
  ['before the response', 0],
  ['during a stream', 1],
])('a call is cancelled when its client disconnects %s', async (_case, said) => {
  const started = new Promise<AbortSignal>((resolve) => {
    daemon.connector.answer = (_request, exchange) => {
      const { signal } = exchange;
      if (said > 0) exchange.onNotification(progress(1));
      resolve(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('cancelled'));
        });
      });
    };
  });
  const body = JSON.stringify(legacy('tools/call', { ...params, _meta: { progressToken: 'p' } }));
  const socket = open(daemon.port);
  const accept = 'Accept: application/json, text/event-stream\r\nContent-Type: application/json';
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${accept}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
  );
  const signal = await started;
  expect(signal.aborted).toBe(false);
  if (said > 0) await once(socket, 'data');
  socket.destroy();
  if (!signal.aborted) await once(signal, 'abort');
  expect(daemon.log).toEqual([]);
});

test('a finished response does not cancel its call', async () => {
  let seen: AbortSignal | undefined;
  daemon.connector.answer = (_request, { signal }) => {
    seen = signal;
    return Promise.resolve({ result: RESULT });
  };
  await postMcp(daemon, legacy('tools/call', params));
  await postMcp(daemon, legacy('ping'));
  expect(seen?.aborted).toBe(false);
});

test('SseResponse disconnects a client with more than 1 MiB unread', async () => {
  const ended = new Promise((resolve) => {
    daemon.connector.answer = (_request, exchange) => {
      exchange.signal.addEventListener('abort', resolve);
      const filler = 'x'.repeat(100_000);
      for (let i = 1; i <= 400; i += 1) exchange.onNotification(notice('message', { level: 'info', data: filler }));
      return new Promise(() => undefined);
    };
  });
  const body = JSON.stringify(legacy('tools/call', params));
  const socket = open(daemon.port).pause();
  const accept = 'Accept: text/event-stream\r\nContent-Type: application/json';
  socket.write(
    `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${accept}\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
  );
  await ended;
  socket.destroy();
});
