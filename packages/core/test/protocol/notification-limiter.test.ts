import { expect, test } from '@jest/globals';
import { ClarityError, RawJson, type McpNotification } from '@clarity-runtime/core';
import { ManualClock } from '@clarity-runtime/core/memory';
import { JsonRpcConnection } from '@clarity-runtime/core/protocol';

const BURST = 5_000;
const TAKEN = 1_000;

/** Records the cancellation of each timer. */
class RecordingClock extends ManualClock {
  readonly cancellations: (AbortSignal | undefined)[] = [];

  override after(ms: number, signal?: AbortSignal): Promise<void> {
    this.cancellations.push(signal);
    return super.after(ms, signal);
  }
}

/** A connection on a clock that a test advances. */
function connected() {
  const clock = new RecordingClock();
  const seen = { notified: [] as McpNotification[], changes: 0, refused: 0, lines: [] as string[] };
  const transport = {
    request: () => Promise.resolve(),
    notify: () => undefined,
    answer: () => undefined,
    abandon: () => undefined,
  };
  const connection = new JsonRpcConnection(transport, {
    clock,
    client: { name: 'test', version: '1' },
    clientCapabilities: {},
    redact: (text) => text,
    onListChanged: () => {
      seen.changes += 1;
    },
    onNotification: (notification) => seen.notified.push(notification),
    onLog: (line) => seen.lines.push(line),
    onLimit: (what) => {
      if (what === 'notice.too_many') seen.refused += 1;
    },
  });
  const say = (method: string): void => {
    connection.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params: {} })));
  };
  const nextSecond = (): void => {
    clock.advance(1_000);
  };
  return { connection, clock, seen, say, nextSecond };
}

test('NotificationLimiter accepts 1,000 notifications per second and counts the others', () => {
  const { seen, say, nextSecond } = connected();
  for (let i = 0; i < BURST; i += 1) say('notifications/resources/updated');
  expect([seen.notified.length, seen.refused]).toEqual([TAKEN, BURST - TAKEN]);
  expect(seen.lines).toEqual([expect.stringContaining('the rest was dropped')]);
  nextSecond();
  say('notifications/resources/updated');
  expect(seen.notified).toHaveLength(TAKEN + 1);
});

test('list_changed passes the NotificationLimiter at any rate', () => {
  const { seen, say } = connected();
  for (let i = 0; i < BURST; i += 1) say('notifications/resources/updated');
  say('notifications/tools/list_changed');
  expect(seen.changes).toBe(1);
});

/** Options of a request without limits other than its own. */
const unlimited = {
  idleMs: 0,
  totalMs: 0,
  maxReplyBytes: 1_000,
  signal: new AbortController().signal,
  onNotification: () => undefined,
  onRequest: () => Promise.reject(new Error('not asked')),
  onSent: () => undefined,
};

const codeOf = (reply: Promise<unknown>): Promise<unknown> =>
  reply.then(
    () => 'answered',
    (error: unknown) => (error as { code?: unknown }).code,
  );

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a request fails at its total limit, also when an earlier deadline passed before', async () => {
  const { connection, clock } = connected();
  const request = { method: 'ping', params: new Map() };
  const early = codeOf(connection.request(request, { ...unlimited, totalMs: 100 }));
  const late = codeOf(connection.request(request, { ...unlimited, totalMs: 300 }));
  clock.advance(100);
  expect(await early).toBe('CALL_TIMED_OUT');
  expect(connection.inFlight).toBe(1);
  await settle();
  clock.advance(199);
  await settle();
  expect(connection.inFlight).toBe(1);
  clock.advance(1);
  expect(await late).toBe('CALL_TIMED_OUT');
});

test('a message for a request restarts its idle limit', async () => {
  const { connection, clock } = connected();
  const params = new Map([['_meta', RawJson.of({ progressToken: 'p' })]]);
  const reply = codeOf(connection.request({ method: 'tools/call', params }, { ...unlimited, idleMs: 100 }));
  clock.advance(60);
  const progress = { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } };
  connection.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...progress })));
  clock.advance(60);
  await settle();
  expect(connection.inFlight).toBe(1);
  clock.advance(40);
  expect(await reply).toBe('CALL_TIMED_OUT');
});

test('a connection that ends fails its requests and leaves no timer', async () => {
  const { connection, clock } = connected();
  const reply = codeOf(connection.request({ method: 'ping', params: new Map() }, { ...unlimited, totalMs: 100 }));
  connection.end(new ClarityError('UPSTREAM_LOST', 'gone'));
  expect(await reply).toBe('UPSTREAM_LOST');
  expect(clock.cancellations.map((signal) => signal?.aborted)).toEqual([true]);
});
