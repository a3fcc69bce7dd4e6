import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClarityError, embeddedCaller, grantOf } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { watchEvents, type EventClient, type Frame } from '../support/event-client.ts';
import { ask } from '../support/http-client.ts';

let daemon: Daemon;
const open: EventClient[] = [];

beforeEach(async () => {
  daemon = await startDaemon();
});

afterEach(async () => {
  for (const client of open.splice(0)) await client[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
});

async function watch(query: string, headers: Record<string, string> = {}): Promise<EventClient> {
  const client = await watchEvents(daemon, headers, `/api/live?${query}`);
  open.push(client);
  return client;
}

const cursor = async (): Promise<string> => (await ask(daemon, '/api/console')).body['cursor'] as string;
const isEvent = (name: string) => (frame: Frame) => frame.event === name;
const dataOf = (frames: readonly Frame[] | undefined): Record<string, unknown> =>
  JSON.parse(frames?.at(-1)?.data ?? '{}') as Record<string, unknown>;

test('a stream begins after the cursor of the snapshot and has changed rows, removals and counts', async () => {
  const id = await daemon.register('calc');
  const after = await cursor();
  await daemon.runtime.services.start(embeddedCaller, id);
  const stream = await watch(`after=${after}`);
  const frames = await stream.until(isEvent('state'));
  expect(dataOf(frames)).toMatchObject({ changed: [{ id, state: 'ready' }], removed: [], counts: { ready: 1 } });
  expect(frames?.at(-1)?.id).toBeDefined();
  await daemon.runtime.services.remove(embeddedCaller, id);
  expect(
    dataOf(await stream.until((frame) => frame.event === 'state' && frame.data?.includes('"changed":[]') === true)),
  ).toMatchObject({
    removed: [id],
    counts: { ready: 0 },
  });
});

test('a client that resumes with Last-Event-ID gets what changed meanwhile, once and as it is now', async () => {
  const first = await daemon.register('a');
  const stream = await watch(`after=${await cursor()}`);
  await daemon.runtime.services.start(embeddedCaller, first);
  const seen = await stream.until(isEvent('state'));
  await stream[Symbol.asyncDispose]();
  await daemon.runtime.services.stop(embeddedCaller, first);
  const second = await daemon.register('b');
  const resumed = await watch('', { 'last-event-id': seen?.at(-1)?.id ?? '' });
  const { changed } = dataOf(await resumed.until(isEvent('state'))) as { changed: { id: string; state: string }[] };
  expect(changed.map(({ id, state }) => [id, state]).sort()).toEqual(
    [
      [first, 'stopped'],
      [second, 'new'],
    ].sort(),
  );
});

test('an unknown cursor gets reset and then the changes from now on', async () => {
  const id = await daemon.register('calc');
  const stream = await watch('after=0000.5.0');
  const reset = await stream.until(isEvent('reset'));
  expect(reset?.at(-1)?.id).toContain(daemon.runtime.instance.id);
  await daemon.runtime.services.start(embeddedCaller, id);
  expect(dataOf(await stream.until(isEvent('state')))).toMatchObject({ changed: [{ id, state: 'ready' }] });
});

test('a failed start is an event with the problem, and its end is an event without problems', async () => {
  const id = await daemon.register('calc');
  const stream = await watch(`after=${await cursor()}`);
  daemon.connector.failure = new ClarityError('UPSTREAM_UNAUTHORIZED', 'the token is expired');
  await daemon.runtime.services.start(embeddedCaller, id);
  expect(dataOf(await stream.until(isEvent('problems')))).toMatchObject({
    total: 1,
    items: [{ code: 'UPSTREAM_UNAUTHORIZED', state: 'login', services: [id] }],
  });
  daemon.connector.failure = undefined;
  await daemon.runtime.services.start(embeddedCaller, id);
  expect(dataOf(await stream.until(isEvent('problems')))).toEqual({ total: 0, items: [] });
});

test('calls, figures and log lines are events of their topics', async () => {
  const id = await daemon.register('calc');
  await daemon.runtime.services.start(embeddedCaller, id);
  const stream = await watch(`topics=calls,figures,log:${id}`);
  const tail = await stream.until(isEvent('log'));
  expect(dataOf(tail)).toMatchObject({ service: id, isTail: true });
  expect(dataOf(await stream.until(isEvent('figures')))).toMatchObject({ windowSeconds: 60, calls: 0 });
  await daemon.runtime.tools.call(embeddedCaller, { name: 'add', service: 'calc' });
  expect(dataOf(await stream.until(isEvent('calls')))).toMatchObject({
    skipped: 0,
    items: [{ service: 'calc', tool: 'add', outcome: 'ok' }],
  });
  await daemon.runtime.services.stop(embeddedCaller, id);
  const lines = dataOf(await stream.until(isEvent('log')));
  expect(lines).toMatchObject({ service: id, lines: [expect.stringContaining('Service stopped') as unknown] });
  expect(lines['isTail']).toBeUndefined();
});

test('more calls than an event has are counted, not sent', async () => {
  const id = await daemon.register('calc');
  await daemon.runtime.services.start(embeddedCaller, id);
  const after = await cursor();
  for (let i = 0; i < 230; i += 1) await daemon.runtime.tools.call(embeddedCaller, { name: 'add', service: 'calc' });
  const { items, skipped } = dataOf(await (await watch(`topics=calls&after=${after}`)).until(isEvent('calls'))) as {
    items: unknown[];
    skipped: number;
  };
  expect([items.length, skipped]).toEqual([200, 30]);
});

test('T-561 a caller gets rows, removals and calls of its services only, and no log of another', async () => {
  await using guarded = await startDaemon({ token: 'correct-horse-battery-staple' });
  const [mine, other] = [await guarded.register('mine'), await guarded.register('other')];
  const grants = [{ ...grantOf('read', 'inspect'), services: ['mine'] }];
  const { token } = await guarded.runtime.tokens.create(embeddedCaller, { name: 'narrow', grants, doors: ['http'] });
  const headers = { authorization: `Bearer ${token}` };
  const { cursor: after } = (await ask(guarded, '/api/console', { headers })).body;
  expect((await ask(guarded, `/api/live?topics=log:${other}`, { headers })).status).toBe(404);
  const stream = await watchEvents(guarded, headers, `/api/live?topics=state,calls&after=${String(after)}`);
  open.push(stream);
  for (const id of [other, mine]) await guarded.runtime.services.start(embeddedCaller, id);
  for (const service of ['other', 'mine']) await guarded.runtime.tools.call(embeddedCaller, { name: 'add', service });
  await guarded.runtime.services.remove(embeddedCaller, other);
  await guarded.runtime.services.remove(embeddedCaller, mine);
  const frames = await stream.until((frame) => frame.data?.includes(`"removed":["${mine}"]`) === true);
  const text = JSON.stringify(frames);
  expect(text).toContain(mine);
  expect(text).not.toContain(other);
  expect(text).not.toContain('"service\\":\\"other');
});

/** Bytes of the heap after a garbage collection. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

test('T-560 a client that does not read holds a bounded number of bytes, and then gets the present state', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 300; i += 1) ids.push(await daemon.register(`service-with-a-long-name-${String(i)}`));
  const after = await cursor();
  const socket = connect(daemon.port, '127.0.0.1').pause();
  socket.write(`GET /api/live?after=${after} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  const reader = await watch(`after=${after}`);
  const before = heldBytes();
  for (let round = 0; round < 6; round += 1) {
    for (const id of ids) await daemon.runtime.services.start(embeddedCaller, id);
    for (const id of ids) await daemon.runtime.services.stop(embeddedCaller, id);
    await reader.until(isEvent('state'));
  }
  expect(heldBytes() - before).toBeLessThan(64 * 1024 * 1024);
  const last = ids.at(-1) ?? '';
  await daemon.runtime.services.start(embeddedCaller, last);
  const text = await new Promise<string>((resolve) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      const events = received.split('event: state').at(-1) ?? '';
      if (events.includes(`"id":"${last}"`) && /"state":"ready"/.test(events)) resolve(received);
    });
    socket.resume();
  });
  socket.destroy();
  expect(text).not.toContain('event: reset');
});

test('the number of streams is limited, and they end with bye when the daemon closes', async () => {
  await using small = await startDaemon({ limits: { maxEventStreams: 1 } });
  const stream = await watchEvents(small, {}, '/api/live');
  expect((await ask(small, '/api/live')).body).toMatchObject({ code: 'TOO_MANY_STREAMS' });
  await small.runtime.close();
  expect((await stream.ended()).map(({ event }) => event)).toContain('bye');
});

test.each(['topics=', 'topics=x', 'topics=state,log:a,log:b,calls,figures', 'nonsense=1'])(
  '%s is refused with 400',
  async (query) => {
    expect((await ask(daemon, `/api/live?${query}`)).status).toBe(400);
  },
);
