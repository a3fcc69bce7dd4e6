import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventBudget } from '../../src/mcp/event-budget.ts';
import { EventStore } from '../../src/mcp/event-store.ts';

const message = (bytes: number) => ({ head: '', body: new Uint8Array(bytes), tail: '' });

test('R13f the kept events of all sessions stay within the limits of all and of one principal', () => {
  const step = fc.record({
    session: fc.nat({ max: 19 }),
    kind: fc.constantFrom('push', 'push', 'push', 'close', 'forget'),
    bytes: fc.integer({ min: 0, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const budget = new EventBudget({ maxBytes: 4_000, maxBytesPerPrincipal: 2_000 });
      const sessions = new Map<number, EventStore>();
      for (const { session, kind, bytes } of steps) {
        const store = sessions.get(session) ?? new EventStore(budget, `p${String(session % 3)}`);
        sessions.set(session, store);
        if (kind === 'push') store.standalone.push(message(bytes));
        else if (kind === 'forget') store.forgetAll();
        else {
          store.close();
          sessions.delete(session);
        }
        expect(budget.bytes).toBe([...sessions.values()].reduce((sum, kept) => sum + kept.bytes, 0));
        expect(budget.bytes).toBeLessThanOrEqual(4_000);
        for (const principal of ['p0', 'p1', 'p2']) expect(budget.bytesOf(principal)).toBeLessThanOrEqual(2_000);
      }
    }),
    { numRuns: 60 },
  );
});

test('T-383 R13f one principal with many sessions does not push out the events of another', () => {
  const budget = new EventBudget({ maxBytes: 4_000, maxBytesPerPrincipal: 3_000 });
  const quiet = new EventStore(budget, 'quiet');
  quiet.standalone.push(message(500));
  const { position } = quiet.standalone;
  for (let at = 0; at < 500; at += 1) new EventStore(budget, 'loud').standalone.push(message(100));
  expect(quiet.bytes).toBe(500);
  expect(quiet.find(position)?.stream).toBe(quiet.standalone);
  expect(budget.bytes).toBeLessThanOrEqual(4_000);
});
