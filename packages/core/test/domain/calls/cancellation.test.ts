import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CancellationSource,
  isCancelled,
  toCancellation,
  withSignal,
  type Cancellation,
} from '../../../src/domain/calls/cancellation.ts';

test('law: a cancellation calls each listener that is subscribed once, and no listener that left', () => {
  const actions = fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(actions, (steps) => {
      const source = new CancellationSource();
      const calls = [0, 0, 0, 0, 0];
      const listeners = calls.map((_count, at) => () => {
        calls[at] = (calls[at] ?? 0) + 1;
      });
      const subscribed = [0, 0, 0, 0, 0];
      for (const [at, joins] of steps) {
        const listener = listeners[at] ?? (() => undefined);
        if (joins) source.subscribe(listener);
        else source.unsubscribe(listener);
        subscribed[at] = Math.max(0, (subscribed[at] ?? 0) + (joins ? 1 : -1));
      }
      source.cancel();
      source.cancel();
      expect(calls).toEqual(subscribed);
      expect(source.isCancelled).toBe(true);
    }),
  );
});

test.each(['before', 'after'])('the signal aborts when it is first read %s the cancellation', (order) => {
  const source = new CancellationSource();
  const early = order === 'before' ? source.signal : undefined;
  expect(early?.aborted ?? false).toBe(false);
  source.cancel();
  expect((early ?? source.signal).aborted).toBe(true);
  expect(source.signal).toBe(early ?? source.signal);
});

test('toCancellation follows the signal of a request without a cancellation', () => {
  const control = new AbortController();
  const cancellation = toCancellation(control);
  let calls = 0;
  const listener = (): void => {
    calls += 1;
  };
  cancellation.subscribe(listener);
  expect([cancellation.isCancelled, isCancelled(control)]).toEqual([false, false]);
  control.abort();
  expect([cancellation.isCancelled, isCancelled(control), calls]).toEqual([true, true, 1]);
  expect(cancellation.signal).toBe(control.signal);
});

test('law: a listener is called once, whether it subscribes before or after the cancellation, unless it left', () => {
  const sources = fc.constantFrom<() => readonly [Cancellation, () => void]>(
    () => {
      const source = new CancellationSource();
      return [source, source.cancel.bind(source)];
    },
    () => {
      const control = new AbortController();
      return [toCancellation(control), control.abort.bind(control)];
    },
  );
  fc.assert(
    fc.property(sources, fc.boolean(), fc.boolean(), (create, isEarly, leaves) => {
      const [cancellation, cancel] = create();
      let calls = 0;
      const listener = (): void => {
        calls += 1;
      };
      if (!isEarly) cancel();
      cancellation.subscribe(listener);
      if (leaves) cancellation.unsubscribe(listener);
      cancel();
      cancel();
      expect(calls).toBe(isEarly && leaves ? 0 : 1);
    }),
  );
});

test('isCancelled does not create the signal of a request with a cancellation', () => {
  const cancellation = new CancellationSource();
  const request = {
    cancellation,
    get signal(): AbortSignal {
      throw new Error('created');
    },
  };
  expect(isCancelled(request)).toBe(false);
  cancellation.cancel();
  expect(isCancelled(request)).toBe(true);
});

test('a request and its copy have the signal of its cancellation, and none is created before it is read', () => {
  let created = 0;
  const source = new CancellationSource();
  const cancellation = Object.create(source, {
    signal: {
      get: () => {
        created += 1;
        return source.signal;
      },
    },
  }) as CancellationSource;
  const request = withSignal({ name: 'a', cancellation });
  expect([created, Object.keys(request)]).toEqual([0, ['name', 'cancellation', 'signal']]);
  const copy = { ...request };
  expect(created).toBe(1);
  source.cancel();
  expect([copy.signal.aborted, request.signal.aborted, copy.name]).toEqual([true, true, 'a']);
});
