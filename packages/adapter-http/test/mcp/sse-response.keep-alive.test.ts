import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { encodeReply } from '@clarity-runtime/core/protocol';
import { RawJson } from '@clarity-runtime/core';
import fc from 'fast-check';
import { SseResponse } from '../../src/mcp/sse-response.ts';

/** The longest silence on an open stream in milliseconds. */
const MAX_SILENCE_MS = 15_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('Q01 law: an open stream is never silent for more than 15 s, and a comment never follows its end', () => {
  const reply = encodeReply('1', { result: RawJson.of({}) });
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { maxLength: 8 }), fc.boolean(), (pauses, isAborted) => {
      const res = new ServerResponse(new IncomingMessage(new Socket()));
      let lastWrite = Date.now();
      let longest = 0;
      let comments = 0;
      const write = res.write.bind(res) as (chunk: unknown) => boolean;
      res.write = (chunk: unknown) => {
        longest = Math.max(longest, Date.now() - lastWrite);
        lastWrite = Date.now();
        if (String(chunk).startsWith(':')) comments += 1;
        return write(chunk);
      };
      const stream = new SseResponse(res);
      for (const pause of pauses) {
        jest.advanceTimersByTime(pause);
        longest = Math.max(longest, Date.now() - lastWrite);
        stream.event(reply);
      }
      expect(longest).toBeLessThanOrEqual(MAX_SILENCE_MS);
      if (isAborted) res.emit('close');
      else stream.end(reply);
      const before = comments;
      jest.advanceTimersByTime(10 * MAX_SILENCE_MS);
      expect(comments).toBe(before);
      expect(jest.getTimerCount()).toBe(0);
    }),
    { numRuns: 50 },
  );
});
