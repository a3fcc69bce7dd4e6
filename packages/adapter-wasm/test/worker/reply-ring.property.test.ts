import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReplyRing, type RingReply } from '../../src/worker/reply-ring.ts';

const replies = fc.record({
  kind: fc.constantFrom('value' as const, 'err' as const),
  json: fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.nat(9_000).map((length) => 'x'.repeat(length)),
  ),
});
/** Undefined reads all that is written. */
const steps = fc.array(fc.option(replies, { nil: undefined, freq: 6 }), { maxLength: 300 });

test('ReplyRing returns every reply once, complete and in order, also across the end of the ring', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const writer = new ReplyRing();
      const reader = new ReplyRing(writer.shared);
      const written: RingReply[] = [];
      const read: RingReply[] = [];
      let isCalled = false;
      for (const [id, step] of all.entries()) {
        if (step === undefined) {
          read.push(...reader.read());
          isCalled = false;
        } else {
          const outcome = writer.write({ id, ...step });
          if (outcome === 'refused') continue;
          written.push({ id, kind: step.kind, json: Buffer.from(step.json).toString() });
          expect(outcome).toBe(isCalled ? 'written' : 'call');
          isCalled = true;
        }
      }
      read.push(...reader.read());
      expect(read).toEqual(written);
    }),
    { numRuns: 60 },
  );
});

test('ReplyRing refuses replies when it is full or they are long, and accepts them after a read', () => {
  const ring = new ReplyRing();
  const reply = { id: 1, kind: 'value', json: 'x'.repeat(8_000) } as const;
  expect(ring.write({ ...reply, json: 'x'.repeat(8_193) })).toBe('refused');
  expect(ring.write({ ...reply, json: '漢'.repeat(8_000) })).toBe('refused');
  let count = 0;
  while (ring.write(reply) !== 'refused') count += 1;
  expect(count).toBe(8);
  expect([...ring.read()]).toHaveLength(8);
  expect(ring.write(reply)).toBe('call');
});
