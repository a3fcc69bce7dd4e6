import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConsoleStore } from '../../src/state/console-store.ts';
import { anyService, callOf, serviceOf, snapshotOf } from '../support/entries.ts';

test('deltas give the same services as a snapshot after them', () => {
  const services = fc.uniqueArray(anyService, { selector: ({ id }) => id });
  fc.assert(
    fc.property(services, services, (before, after) => {
      const store = new ConsoleStore();
      store.applySnapshot(snapshotOf('1', ...before));
      const ids = new Set(after.map(({ id }) => id));
      store.applyDelta({ changed: after, removed: before.map(({ id }) => id).filter((id) => !ids.has(id)) });
      const sorted = (list: readonly { readonly id: string }[]) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(sorted(store.services.value)).toEqual(sorted(after));
    }),
  );
});

test('a call is in the list once, newest first, from any batches', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(50))), (batches) => {
      const store = new ConsoleStore();
      for (const batch of batches) store.addCalls([...new Set(batch)].map(callOf));
      const wanted = [...new Set(batches.flat())].sort((a, b) => b - a).map(String);
      expect(store.calls.value.map(({ id }) => id)).toEqual(wanted);
    }),
  );
});

test('a service that was stopped is not a problem; one that fails, or has a cause, is', () => {
  const store = new ConsoleStore();
  store.applySnapshot(
    snapshotOf(
      '1',
      serviceOf('a', { state: 'stopped' }),
      serviceOf('b', { state: 'failing' }),
      serviceOf('c', { cause: 'p' }),
      serviceOf('d', { held: 1 }),
      serviceOf('e'),
    ),
  );
  expect(store.broken.value.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
  expect(store.toReview.value).toBe(1);
});

test('figures of services update their rows', () => {
  const store = new ConsoleStore();
  store.applySnapshot(snapshotOf('1', serviceOf('a')));
  const figures = {
    at: 'x',
    windowSeconds: 60,
    calls: 1,
    failed: 0,
    callsPerSecond: 1,
    inFlight: 0,
    waiting: 0,
    rssBytes: 1,
  };
  store.applyFigures({
    ...figures,
    services: [
      { id: 'a', calls: 7, failed: 2, p95Ms: 12 },
      { id: 'gone', calls: 1, failed: 0 },
    ],
  });
  expect(store.services.value).toEqual([serviceOf('a', { calls: 7, failed: 2, p95Ms: 12 })]);
});
