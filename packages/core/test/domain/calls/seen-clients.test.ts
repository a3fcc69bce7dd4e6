import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallRecord } from '../../../src/domain/calls/call-record.ts';
import { seenClients } from '../../../src/domain/calls/seen-clients.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 3 * DAY_MS;

const call = fc
  .record({
    name: fc.constantFrom('cursor', 'codex', undefined),
    id: fc.constantFrom('loopback', 'ci'),
    endedAtMs: fc.integer({ min: 0, max: NOW_MS }),
    outcome: fc.constantFrom('ok', 'tool_error', 'error', 'denied'),
  })
  .map(
    ({ name, id, endedAtMs, outcome }) =>
      ({
        ...{ endedAtMs, outcome, caller: { kind: 'loopback', id, door: 'mcp' } },
        ...(name === undefined ? {} : { client: { name, version: '1' } }),
      }) as unknown as CallRecord,
  );

test('law: seenClients counts every call of the last day in exactly one client, the latest caller first', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
      const clients = seenClients(calls, NOW_MS);
      const sum = (count: (one: (typeof clients)[number]) => number): number =>
        clients.reduce((all, one) => all + count(one), 0);
      const recent = calls.filter(({ endedAtMs }) => NOW_MS - endedAtMs < DAY_MS);
      expect(sum((one) => one.calls)).toBe(recent.length);
      expect(sum((one) => one.failed)).toBe(
        recent.filter(({ outcome }) => outcome === 'error' || outcome === 'denied').length,
      );
      const times = clients.map(({ lastCallMs }) => lastCallMs);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(times[0]).toBe(calls.length === 0 ? undefined : Math.max(...calls.map(({ endedAtMs }) => endedAtMs)));
      expect(new Set(clients.map(({ name, caller }) => `${name} ${caller.id}`)).size).toBe(clients.length);
    }),
  );
});

test('a client without a claimed name has the id of its caller', () => {
  const one = {
    endedAtMs: 1,
    outcome: 'ok',
    caller: { kind: 'token', id: 'ci', door: 'mcp' },
  } as unknown as CallRecord;
  expect(seenClients([one], 2)).toEqual([{ name: 'ci', caller: one.caller, lastCallMs: 1, calls: 1, failed: 0 }]);
});
