import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { AuditEvent, Runtime } from '@clarity-runtime/core';
import { eventFrame } from '../../src/api/event-stream.ts';
import { startDaemon, type Daemon, type DaemonOptions } from '../support/daemon.ts';
import { parseFrame, watchEvents, type EventClient, type Frame } from '../support/event-client.ts';
import { ask } from '../support/http-client.ts';
import { open, readToEnd } from '../support/raw-client.ts';

let daemon: Daemon;
let clients: EventClient[];

beforeEach(async () => {
  clients = [];
  daemon = await startDaemon();
});

afterEach(async () => {
  for (const client of clients) await client[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
});

async function restart(options: DaemonOptions): Promise<void> {
  await daemon[Symbol.asyncDispose]();
  daemon = await startDaemon(options);
}

async function watch(headers: Readonly<Record<string, string>> = {}): Promise<EventClient> {
  const client = await watchEvents(daemon, headers);
  clients.push(client);
  return client;
}

/** Connections with a started stream whose client has not read a byte. */
async function openUnread(count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => open(daemon.port));
  const begun = sockets.map((socket) => new Promise((resolve) => socket.once('readable', resolve)));
  for (const socket of sockets) socket.write('GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await Promise.all(begun);
  return sockets;
}

const record = (message: string): Promise<void> =>
  daemon.runtime.audit.record({ kind: 'test.counted', level: 'info', message });
const isMessage = (message: string) => (frame: Frame) => frame.data?.includes(`"message":"${message}"`) === true;
const ids = (frames: readonly Frame[] | undefined): readonly number[] =>
  (frames ?? []).flatMap(({ id }) => (id === undefined ? [] : [Number(/^memory\.(\d+)$/.exec(id)?.[1])]));

test('[http.events] GET /api/events returns the last 100 events and then each new event', async () => {
  for (let i = 0; i < 150; i += 1) await record(`past ${String(i)}`);
  const client = await watch();
  expect(client.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const past = await client.until(isMessage('past 149'));
  expect(past?.[0]).toEqual({ retry: '2000' });
  expect(ids(past)).toEqual(Array.from({ length: 100 }, (_, i) => 52 + i));
  await record('now');
  const [frame] = (await client.until(isMessage('now'))) ?? [];
  expect(frame).toMatchObject({ id: 'memory.152', event: 'test.counted' });
  expect(JSON.parse(frame?.data ?? '')).toMatchObject({
    seq: 152,
    kind: 'test.counted',
    level: 'info',
    message: 'now',
  });
});

test('GET /api/events returns every missed event once when Last-Event-ID is given', async () => {
  for (let i = 0; i < 300; i += 1) await record(`past ${String(i)}`);
  const client = await watch({ 'last-event-id': 'memory.21' });
  const frames = await client.until(isMessage('past 299'));
  expect(ids(frames)).toEqual(Array.from({ length: 280 }, (_, i) => 22 + i));
});

test('GET /api/events reports the count of dropped events when Last-Event-ID is too old', async () => {
  for (let i = 0; i < 4_000; i += 1) await record('past');
  await record('last');
  const client = await watch({ 'last-event-id': 'memory.1' });
  const frames = (await client.until(isMessage('last'))) ?? [];
  const missed = JSON.parse(frames[1]?.data ?? '{}') as { missed: number };
  expect(frames[1]).toMatchObject({ event: 'dropped' });
  expect(missed.missed + ids(frames).length).toBe(4_001);
});

test.each(['x', '-1', '21', 'memory.9999999', 'other.1', '1e3', ''])(
  'GET /api/events returns the newest events when Last-Event-ID is %j',
  async (id) => {
    await record('one');
    const client = await watch({ 'last-event-id': id });
    const frames = (await client.until(isMessage('one'))) ?? [];
    expect(ids(frames)).toEqual([1, 2]);
    expect(frames.some(({ event }) => event === 'dropped')).toBe(id !== '');
  },
);

test('GET /api/events loses and repeats no event when events occur during the replay', async () => {
  const wrap = (runtime: Runtime): Runtime => ({
    ...runtime,
    audit: {
      ...runtime.audit,
      replay: async (...asked) => {
        await record('before');
        const past = await runtime.audit.replay(...asked);
        await record('between');
        return past;
      },
    },
  });
  await restart({ wrap });
  const client = await watch();
  await record('after');
  expect(ids(await client.until(isMessage('after')))).toEqual([1, 2, 3, 4]);
});

test('GET /api/events sends comments while no event occurs', async () => {
  await restart({ limits: { eventHeartbeatMs: 5 } });
  const client = await watch();
  expect(await client.until(({ comment }) => comment === 'ping')).toBeDefined();
});

test('HEAD /api/events is answered without an open stream', async () => {
  const answer = await fetch(`${daemon.url}/api/events`, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
});

test('E01 64 of 80 event streams are served, the others get Retry-After, and the API still answers', async () => {
  const all = await Promise.all(Array.from({ length: 80 }, () => watch()));
  const refused = all.filter(({ response }) => response.status === 503);
  expect(refused).toHaveLength(16);
  expect(refused[0]?.response.headers.get('retry-after')).toBe('1');
  expect(await refused[0]?.response.json()).toMatchObject({ code: 'TOO_MANY_STREAMS', hint: expect.any(String) });
  const { status, body } = await ask(daemon, '/api/status');
  expect([status, body['refusals']]).toMatchObject([200, { 'stream.too_many': 16 }]);
});

test('E02 a new stream is accepted after 300 clients connected and disconnected', async () => {
  for (let round = 0; round < 10; round += 1) {
    const leaving = await openUnread(30);
    for (const socket of leaving) socket.destroy();
  }
  // The server detects a disconnect later than the client.
  let last = await watch();
  while (last.response.status === 503) last = await watch();
  expect(last.response.status).toBe(200);
  expect(await ask(daemon, '/api/status')).toMatchObject({ status: 200 });
});

test('E03 40 clients that do not read are disconnected, and memory stays bounded', async () => {
  const sockets = await openUnread(40);
  const before = process.memoryUsage().rss;
  const data = { text: Array.from({ length: 8 }, () => 'x'.repeat(1_000)) };
  for (let i = 0; i < 3_000; i += 1) {
    await daemon.runtime.audit.record({ kind: 'test.counted', level: 'info', message: 'x', data });
    if (i % 50 === 0) await turn();
  }
  expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(150);
  for (const socket of sockets) {
    const text = await readToEnd(socket.resume());
    expect(text).toMatch(/event: dropped\ndata: \{"reason":"read too slowly/);
  }
  expect(daemon.runtime.limits.counts()['stream.too_slow']).toBe(40);
});

test('E04 no event ends its frame or starts another one', async () => {
  const evil = 'a\n\ndata: {"seq":666}\n\nid: 666\nevent: forged\r\r';
  const nasty = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r', '\u2028', '\0', '"') });
  fc.assert(
    fc.property(fc.oneof(nasty, fc.constant(evil)), fc.nat(), (text, seq) => {
      const event: AuditEvent = {
        seq,
        id: 'memory/1/1',
        at: '',
        kind: text,
        level: 'info',
        message: text,
        data: { [text]: text },
      };
      const frame = eventFrame({ event, cursor: `memory.${String(seq)}` });
      expect(frame.split(/\r\n|\r|\n/)).toHaveLength(5);
      expect(JSON.parse(parseFrame(frame.slice(0, -2)).data ?? '')).toEqual(event);
    }),
  );
  await daemon.runtime.audit.record({ kind: evil, level: 'info', message: evil });
  const client = await watch();
  await record('last');
  const frames = (await client.until(isMessage('last'))) ?? [];
  expect(ids(frames)).toEqual([1, 2, 3]);
  expect(frames.map(({ event }) => event)).not.toContain('forged');
});

test('event streams end when the server or the runtime closes', async () => {
  const client = await watch();
  await client.until(({ id }) => id === 'memory.1');
  const closed = daemon[Symbol.asyncDispose]();
  await client.ended();
  await closed;
  daemon = await startDaemon();
  const other = await watch();
  await daemon.runtime.close();
  expect((await other.ended()).length).toBeGreaterThan(0);
  expect(await ask(daemon, '/api/events')).toMatchObject({ status: 503, body: { code: 'SHUTTING_DOWN' } });
});
