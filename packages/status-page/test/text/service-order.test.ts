import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ServiceEntry } from '../../src/api/model.ts';
import { compareBy, keepOrder, toFilterTest } from '../../src/text/service-order.ts';
import { STATE_ORDER, stateOf } from '../../src/text/states.ts';
import { anyService } from '../support/entries.ts';

const KEYS = ['state', 'name', 'what', 'calls', 'errors', 'p95', 'tools', 'tokens', 'since', 'constructor'];
const services = fc.uniqueArray(anyService, { selector: ({ id }) => id, maxLength: 30 });

test('each order is total: the same services give the same rows from any order', () => {
  fc.assert(
    fc.property(services, fc.constantFrom(...KEYS), fc.boolean(), (list, key, isDescending) => {
      const compare = compareBy(key, isDescending);
      const ids = (rows: readonly ServiceEntry[]): string[] => [...rows].sort(compare).map(({ id }) => id);
      expect(ids([...list].reverse())).toEqual(ids(list));
    }),
  );
});

test('the counts of the states add up to the total', () => {
  fc.assert(
    fc.property(services, (list) => {
      const counts = STATE_ORDER.map((state) => list.filter((one) => stateOf(one) === state).length);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(list.length);
    }),
  );
});

test('a frozen order keeps all rows, and those that it names in their places', () => {
  fc.assert(
    fc.property(services, fc.array(fc.string()), (list, extra) => {
      const frozen = [...new Set([...list.map(({ id }) => id).filter((_, index) => index % 2 === 0), ...extra])];
      const kept = keepOrder(list, frozen).map(({ id }) => id);
      expect([...kept].sort()).toEqual(list.map(({ id }) => id).sort());
      const named = kept.filter((id) => frozen.includes(id));
      expect(named).toEqual(frozen.filter((id) => named.includes(id)));
    }),
  );
});

test('each word of the filter is in the name, the command or the line of the cause', () => {
  const service = {
    id: 's',
    ns: 'billing',
    kind: 'local_process',
    what: 'node server.mjs',
    state: 'failing',
    cause: 'p',
    calls: 0,
    failed: 0,
    tools: 0,
    tokens: 0,
    restarts: 0,
  } as const;
  const problem = {
    id: 'p',
    code: 'START_FAILED',
    severity: 'error',
    state: 'failing',
    count: 1,
    services: ['s'],
    line: 'API_KEY is not set',
    meaning: '',
  } as const;
  const passes = (text: string): boolean =>
    toFilterTest({ text, state: 'problem', kind: '', cause: '' }, new Map([['p', problem]]))(service);
  expect(['bill', 'SERVER.mjs', 'api_key node', ''].map(passes)).toEqual([true, true, true, true]);
  expect(passes('billing other')).toBe(false);
});
