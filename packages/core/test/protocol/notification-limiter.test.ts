import { expect, test } from '@jest/globals';
import { ClarityError, type McpNotification } from '@clarity-runtime/core';
import { JsonRpcConnection } from '@clarity-runtime/core/protocol';

const BURST = 5_000;
const TAKEN = 1_000;

/** A connection with timers that the test fires. */
function channelled() {
  const timers = new Set<() => void>();
  const seen = { notified: [] as McpNotification[], changes: 0, refused: 0, lines: [] as string[] };
  const carrier = {
    request: () => Promise.resolve(),
    notify: () => undefined,
    answer: () => undefined,
    abandon: () => undefined,
  };
  const channel = new JsonRpcConnection(carrier, {
    startTimer: (_ms, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
    client: { name: 'test', version: '1' },
    offers: {},
    redact: (text) => text,
    changed: () => {
      seen.changes += 1;
    },
    notified: (notification) => seen.notified.push(notification),
    log: (line) => seen.lines.push(line),
    refused: (what) => {
      if (what === 'notice.too_many') seen.refused += 1;
    },
  });
  const say = (method: string): void => {
    channel.receive(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params: {} })));
  };
  const nextSecond = (): void => {
    for (const fire of [...timers]) {
      timers.delete(fire);
      fire();
    }
  };
  return { channel, timers, seen, say, nextSecond };
}

test('NotificationLimiter accepts 1,000 notifications per second, and counts the others', () => {
  const { timers, seen, say, nextSecond } = channelled();
  for (let i = 0; i < BURST; i += 1) say('notifications/resources/updated');
  expect([seen.notified.length, seen.refused]).toEqual([TAKEN, BURST - TAKEN]);
  expect(seen.lines).toEqual([expect.stringContaining('the rest is left out')]);
  nextSecond();
  say('notifications/resources/updated');
  expect(seen.notified).toHaveLength(TAKEN + 1);
  expect(timers.size).toBe(1);
});

test('list_changed passes the NotificationLimiter at any rate', () => {
  const { seen, say } = channelled();
  for (let i = 0; i < BURST; i += 1) say('notifications/resources/updated');
  say('notifications/tools/list_changed');
  expect(seen.changes).toBe(1);
});

test('NotificationLimiter stops its timer when the connection ends', () => {
  const { channel, timers, say } = channelled();
  say('notifications/resources/updated');
  expect(timers.size).toBe(1);
  channel.end(new ClarityError('UPSTREAM_LOST', 'gone'));
  expect(timers.size).toBe(0);
});
