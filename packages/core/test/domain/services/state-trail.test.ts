import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { next, type LifecycleEvent } from '../../../src/domain/services/lifecycle.ts';
import { INITIAL_STATUS, type ServiceStatus } from '../../../src/domain/services/service.ts';
import { trailAfter, type StateTrail } from '../../../src/domain/services/state-trail.ts';
import { needsAttention, statusWord } from '../../../src/domain/services/status-word.ts';

const EVENTS: readonly LifecycleEvent[] = [
  { type: 'starting', since: '' },
  { type: 'start-line', line: 'listening' },
  { type: 'started', at: 1, heartbeat: '' },
  { type: 'start-failed', reason: 'r', code: 'UPSTREAM_UNREACHABLE', health: 'UNREACHABLE' },
  { type: 'login-needed', reason: 'r', code: 'LOGIN_REQUIRED' },
  { type: 'stopping' },
  { type: 'stopped' },
  { type: 'lost', reason: 'r' },
  { type: 'retry-set', due: '' },
  { type: 'retry-ended' },
  { type: 'held', reason: 'r' },
  { type: 'released' },
  { type: 'seen-well' },
  { type: 'seen-ill', health: 'TIMEOUT', reason: 'r', code: 'CALL_TIMED_OUT' },
];

interface Moment {
  readonly status: ServiceStatus;
  readonly trail: StateTrail | undefined;
}

/** Applies events one second apart. */
function run(events: readonly LifecycleEvent[]): readonly Moment[] {
  let now: Moment = { status: INITIAL_STATUS, trail: undefined };
  return events.map((event, second) => {
    const to = next(now.status, event);
    if (to !== now.status) {
      const at = new Date(second * 1000).toISOString();
      now = { status: to, trail: trailAfter(now.trail, { from: now.status, to, event, at }) };
    }
    return now;
  });
}

const runs = fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 }).map(run);

test('law: since is the time at which the word of the state began', () => {
  fc.assert(
    fc.property(runs, (moments) => {
      let [word, began] = ['new', ''];
      for (const [second, { status, trail }] of moments.entries()) {
        if (statusWord(status) !== word) [word, began] = [statusWord(status), new Date(second * 1000).toISOString()];
        if (trail !== undefined && began !== '') expect(trail.since).toBe(began);
      }
    }),
  );
});

test('law: trouble has a time exactly while it lasts, and no retry moves it', () => {
  fc.assert(
    fc.property(runs, (moments) => {
      let before: StateTrail | undefined;
      for (const { status, trail } of moments) {
        if (trail === undefined) continue;
        const word = statusWord(status);
        if (needsAttention(word)) expect(trail.troubledSince).toBeDefined();
        if (word === 'ready' || word === 'stopped' || word === 'new') expect(trail.troubledSince).toBeUndefined();
        if (trail.troubledSince !== undefined && before?.troubledSince !== undefined)
          expect(trail.troubledSince).toBe(before.troubledSince);
        before = trail;
      }
    }),
  );
});

test('a failure leaves its code until the service runs, and a lost service has SERVICE_LOST', () => {
  const types = (...names: readonly LifecycleEvent['type'][]) =>
    run(names.map((name) => EVENTS.find(({ type }) => type === name) ?? { type: 'stopped' })).at(-1)?.trail?.code;
  expect(types('starting', 'start-failed', 'retry-set')).toBe('UPSTREAM_UNREACHABLE');
  expect(types('starting', 'start-failed', 'starting', 'started')).toBeUndefined();
  expect(types('starting', 'started', 'lost')).toBe('SERVICE_LOST');
  expect(types('starting', 'started', 'lost', 'held')).toBe('SERVICE_LOST');
});
