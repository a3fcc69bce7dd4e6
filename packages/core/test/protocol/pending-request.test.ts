import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { PendingRequest } from '../../src/protocol/pending-request.ts';

const IDLE = 100;
const TOTAL = 1_000;

function pendingAt(now: number, limits: Partial<UpstreamRequestOptions> = {}): PendingRequest {
  const options: UpstreamRequestOptions = {
    idleMs: IDLE,
    totalMs: TOTAL,
    maxReplyBytes: 1_000,
    signal: new AbortController().signal,
    onNotification: () => undefined,
    onRequest: () => Promise.reject(new Error('not used')),
    onSent: () => undefined,
    ...limits,
  };
  const request = { method: 'tools/call', params: new Map() };
  const pending = new PendingRequest({ id: 1, request, bytes: new Uint8Array() }, options, now);
  pending.settled.catch(() => undefined);
  return pending;
}

test('M1 PendingRequest fails after the idle time and names the setting', async () => {
  const pending = pendingAt(0);
  pending.expire(IDLE - 1);
  expect(pending.isSettled).toBe(false);
  pending.expire(IDLE);
  await expect(pending.settled).rejects.toMatchObject({
    code: 'CALL_TIMED_OUT',
    message: expect.stringContaining('nothing came for 100 ms (spec.policy.timeoutMs)'),
  });
});

test('M1 PendingRequest fails after the total time, whatever arrives', async () => {
  const pending = pendingAt(0);
  for (let now = 50; now < TOTAL; now += 50) {
    pending.expire(now);
    pending.touch(now);
  }
  expect(pending.isSettled).toBe(false);
  pending.expire(TOTAL);
  await expect(pending.settled).rejects.toMatchObject({
    message: expect.stringContaining('it had 1000 ms (spec.policy.maxTimeoutMs)'),
  });
});

test('M1 PendingRequest has no deadline while a question is open', () => {
  const pending = pendingAt(0);
  pending.questionOpened(50);
  expect(pending.deadline).toBe(Infinity);
  pending.expire(100 * TOTAL);
  expect(pending.isSettled).toBe(false);
  pending.questionClosed(100 * TOTAL);
  expect(pending.deadline).toBe(100 * TOTAL + IDLE);
});

/** Steps of a call: a pause, a message of the service, or a question that is open for a time. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('pause' as const), ms: fc.integer({ min: 1, max: 150 }) }),
  fc.record({ kind: fc.constant('message' as const), ms: fc.constant(0) }),
  fc.record({ kind: fc.constant('question' as const), ms: fc.integer({ min: 1, max: 5_000 }) }),
);

test('M1 PendingRequest counts the time without questions only, from the last message and in all', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const pending = pendingAt(0);
      let now = 0;
      let idle = 0;
      let total = 0;
      for (const { kind, ms } of steps) {
        now += ms;
        if (kind === 'question') {
          pending.questionOpened(now - ms);
          pending.expire(now);
          pending.questionClosed(now);
          idle = 0;
        } else {
          idle = kind === 'message' ? 0 : idle + ms;
          total += ms;
          if (kind === 'message') pending.touch(now);
          pending.expire(now);
        }
        expect(pending.isSettled).toBe(idle >= IDLE || total >= TOTAL);
        if (pending.isSettled) return;
      }
    }),
  );
});

test('M1 PendingRequest continues its time after the last of several questions', () => {
  const pending = pendingAt(0);
  pending.questionOpened(10);
  pending.questionOpened(20);
  pending.questionClosed(30);
  expect(pending.deadline).toBe(Infinity);
  pending.questionClosed(60);
  expect(pending.deadline).toBe(60 + IDLE);
});
