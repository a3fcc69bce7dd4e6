import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import type { Daemon } from '../support/daemon.ts';
import { eventsOf, legacy, openSession, postMcp } from '../support/mcp-client.ts';
import { bareEndpoint } from '../support/bare-endpoint.ts';
import { openStream } from '../support/sse-reader.ts';
import { call, empty, held, logLine, startWatched } from '../support/watched.ts';

const scopes: GatewayScope[] = [];
let daemon: Daemon;

beforeAll(async () => {
  daemon = await startWatched(scopes);
});

beforeEach(() => {
  scopes.length = 0;
  daemon.connector.answer = () => Promise.resolve(empty);
});

afterAll(() => daemon[Symbol.asyncDispose]());

test('a call in a session continues after a disconnect, and Last-Event-ID resumes its stream', async () => {
  const headers = await openSession(daemon);
  const running = held(daemon);
  const posting = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: call } as const;
  const opening = openStream(daemon, posting);
  const { exchange, finish } = await running;
  exchange.onNotification(logLine('one'));
  const stream = await opening;
  const primed = await stream.next();
  expect(primed).toMatchObject({ id: expect.any(String), retry: '1000', message: undefined });
  const first = await stream.next();
  expect(first).toMatchObject({ message: { params: { data: 'one' } } });
  await stream.hangUp();
  exchange.onNotification(logLine('two'));
  expect(exchange.signal.aborted).toBe(false);
  const resumed = await openStream(daemon, { headers: { ...headers, 'last-event-id': first?.id ?? '' } });
  expect(await resumed.next()).toMatchObject({ message: { params: { data: 'two' } } });
  finish();
  expect(await resumed.next()).toMatchObject({ message: { id: 'c1', result: { content: [] } } });
  expect(await resumed.next()).toBeUndefined();
  // The finished stream can be resumed from its start too.
  const again = await openStream(daemon, { headers: { ...headers, 'last-event-id': primed?.id ?? '' } });
  const said = [await again.next(), await again.next(), await again.next(), await again.next()];
  expect(said.map((event) => event?.message?.['id'] ?? event?.message?.['params'])).toEqual([
    { level: 'info', data: 'one' },
    { level: 'info', data: 'two' },
    'c1',
    undefined,
  ]);
});

test('only streams of 2025-11-25 begin with a priming event', async () => {
  daemon.connector.answer = (_request, exchange) => {
    exchange.onNotification(logLine('hello'));
    return Promise.resolve({ result: RawJson.of({ content: [] }) });
  };
  for (const [version, primed] of [
    ['2025-06-18', false],
    ['2025-11-25', true],
  ] as const) {
    const answer = await postMcp(daemon, call, { headers: await openSession(daemon, { version }) });
    expect(answer.text.includes('retry: ')).toBe(primed);
    expect(answer.text.match(/^id: /gm)).toHaveLength(primed ? 3 : 2);
  }
});

test('a second standalone stream replaces the first', async () => {
  const headers = await openSession(daemon);
  const first = await openStream(daemon, { headers });
  const second = await openStream(daemon, { headers });
  expect(await first.next()).toMatchObject({ message: undefined });
  expect(await first.next()).toBeUndefined();
  scopes.at(-1)?.notify?.({ method: 'notifications/tools/list_changed', params: new Map() });
  expect(await second.next()).toMatchObject({ message: undefined });
  const told = await second.next();
  expect(told).toMatchObject({ message: { method: 'notifications/tools/list_changed' } });
  await second.hangUp();
  scopes.at(-1)?.notify?.({ method: 'notifications/prompts/list_changed', params: new Map() });
  const third = await openStream(daemon, { headers: { ...headers, 'last-event-id': told?.id ?? '' } });
  expect(await third.next()).toMatchObject({ message: { method: 'notifications/prompts/list_changed' } });
  await third.hangUp();
});

test.each(['x', '../../x', '0'.repeat(12) + '-0-0', '', 'a'.repeat(3_000)])(
  'the unknown Last-Event-ID %j opens the standalone stream',
  async (id) => {
    const headers = await openSession(daemon);
    const stream = await openStream(daemon, { headers: { ...headers, 'last-event-id': id } });
    expect(stream.status).toBe(200);
    scopes.at(-1)?.notify?.({ method: 'notifications/tools/list_changed', params: new Map() });
    await stream.next();
    expect(await stream.next()).toMatchObject({ message: { method: 'notifications/tools/list_changed' } });
    await stream.hangUp();
  },
);

test('GET of a modern client is answered with 405, also with a session id', async () => {
  const headers = { ...(await openSession(daemon)), 'mcp-protocol-version': '2026-07-28' };
  expect((await openStream(daemon, { headers })).status).toBe(405);
});

test('a batch is answered in one stream when a notification precedes its replies', async () => {
  daemon.connector.answer = (_request, exchange) => {
    exchange.onNotification(logLine('hello'));
    return Promise.resolve({ result: RawJson.of({ content: [] }) });
  };
  const headers = await openSession(daemon, { version: '2025-03-26' });
  const answer = await postMcp(daemon, [call, legacy('ping', {}, 2)], { headers });
  expect(eventsOf(answer)).toMatchObject([{ method: 'notifications/message' }, [{ id: 'c1' }, { id: 2 }]]);
});

test('a disconnect before the reply does not end the session', async () => {
  const headers = await openSession(daemon, { version: '2025-06-18' });
  const running = held(daemon);
  const abort = new AbortController();
  const posted = fetch(`${daemon.url}/mcp`, {
    method: 'POST',
    signal: abort.signal,
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(call),
  });
  const { exchange, finish } = await running;
  abort.abort();
  await expect(posted).rejects.toThrow();
  await postMcp(daemon, legacy('ping'), { headers });
  expect(exchange.signal.aborted).toBe(false);
  finish();
  expect((await postMcp(daemon, legacy('ping'), { headers })).status).toBe(200);
  expect(daemon.log).toEqual([]);
});

test('a response becomes a resumable stream after streamAfterMs', async () => {
  await using endpoint = await bareEndpoint(daemon.runtime.gateway, { streamAfterMs: 0 });
  const headers = await openSession(endpoint);
  const running = held(daemon);
  const posting = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: call } as const;
  const stream = await openStream(endpoint, posting);
  const { finish } = await running;
  const primed = await stream.next();
  expect(primed).toMatchObject({ id: expect.any(String), message: undefined });
  await stream.hangUp();
  finish();
  const resumed = await openStream(endpoint, { headers: { ...headers, 'last-event-id': primed?.id ?? '' } });
  expect(await resumed.next()).toMatchObject({ message: { id: 'c1', result: { content: [] } } });
  expect(await resumed.next()).toBeUndefined();
});
