import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { embeddedCaller, type Caller, type LimitName } from '@clarity-runtime/core';
import { StreamLimiter } from '../../src/mcp/stream-handler.ts';

const callerOf = (id: string): Caller => ({ ...embeddedCaller, principal: { kind: 'token', id } });

function response(): ServerResponse {
  const res = new EventEmitter() as unknown as ServerResponse;
  res.destroy = () => {
    res.emit('close');
    return res;
  };
  return res;
}

test('R13b a principal with every stream loses its newest one when another principal opens a stream', () => {
  const limits: LimitName[] = [];
  const limiter = new StreamLimiter(256, (limit) => limits.push(limit));
  const greedy = Array.from({ length: 256 }, response);
  let closedCount = 0;
  for (const res of greedy) {
    res.once('close', () => (closedCount += 1));
    expect(limiter.take(res, callerOf('a'))).toBe(true);
  }
  expect(limiter.take(response(), callerOf('a'))).toBe(false);
  expect(limiter.take(response(), callerOf('b'))).toBe(true);
  expect([closedCount, limiter.openCount, limits]).toEqual([1, 256, ['stream.too_many', 'stream.too_many']]);
});
