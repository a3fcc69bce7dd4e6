import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { next, type LifecycleEvent } from '../../../src/domain/services/lifecycle.ts';
import {
  INITIAL_STATUS,
  type Health,
  type Lifecycle,
  type ServiceStatus,
} from '../../../src/domain/services/service.ts';

const health = fc.constantFrom<Health[]>('DEGRADED', 'TIMEOUT', 'UNAUTHORIZED', 'UNREACHABLE');
const event: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.constantFrom<LifecycleEvent[]>(
    { type: 'starting', since: 'now' },
    { type: 'stopping' },
    { type: 'stopped' },
    { type: 'retry-ended' },
    { type: 'restart-counted' },
    { type: 'released' },
    { type: 'seen-well' },
  ),
  fc.nat().map((at) => ({ type: 'started', at, heartbeat: '2026-01-01T00:00:00.000Z' }) as const),
  fc.record({ type: fc.constant('start-failed' as const), reason: fc.string(), health }),
  fc.record({ type: fc.constant('seen-ill' as const), reason: fc.string(), health }),
  fc.string().map((reason) => ({ type: 'lost', reason }) as const),
  fc.string().map((reason) => ({ type: 'held', reason }) as const),
  fc.string().map((due) => ({ type: 'retry-set', due }) as const),
);

/** The transitions of the lifecycle as a table. */
const arrows: Readonly<Partial<Record<LifecycleEvent['type'], Readonly<Partial<Record<Lifecycle, Lifecycle>>>>>> = {
  starting: { REGISTERED: 'STARTING', STOPPED: 'STARTING', CRASHED: 'STARTING' },
  started: { STARTING: 'RUNNING' },
  'start-failed': { STARTING: 'STOPPED' },
  stopping: {
    REGISTERED: 'STOPPING',
    STARTING: 'STOPPING',
    RUNNING: 'STOPPING',
    STOPPED: 'STOPPING',
    CRASHED: 'STOPPING',
  },
  stopped: { STOPPING: 'STOPPED' },
  lost: { RUNNING: 'CRASHED' },
  held: { REGISTERED: 'QUARANTINED', STOPPED: 'QUARANTINED', CRASHED: 'QUARANTINED' },
  released: { QUARANTINED: 'STOPPED' },
};

test('the lifecycle follows the table of transitions, and the other members of the status match its state', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      let status: ServiceStatus = INITIAL_STATUS;
      for (const happened of events) {
        const before = status;
        status = next(status, happened);
        expect(status.lifecycle).toBe(arrows[happened.type]?.[before.lifecycle] ?? before.lifecycle);
        if (status.lifecycle !== 'RUNNING' && status.lifecycle !== 'STOPPING') {
          expect(status.runningSince).toBeUndefined();
          expect(status.health).not.toBe('HEALTHY');
        }
        if (status.lifecycle === 'RUNNING') {
          expect(status.runningSince).toBeDefined();
          if (status.health === 'HEALTHY') expect(status.lastError).toBeUndefined();
        }
        if (status.retryAt !== undefined) expect(['STOPPED', 'CRASHED']).toContain(status.lifecycle);
        const counted = happened.type === 'restart-counted' && before.lifecycle !== 'QUARANTINED';
        expect(status.restartCount).toBe(before.restartCount + (counted ? 1 : 0));
      }
    }),
  );
});

test('a service leaves QUARANTINED by a release only', () => {
  const held = next(INITIAL_STATUS, { type: 'held', reason: 'it kept failing' });
  expect(held).toMatchObject({ lifecycle: 'QUARANTINED', lastError: 'it kept failing' });
  fc.assert(
    fc.property(fc.array(event.filter(({ type }) => type !== 'released')), (events) => {
      expect(events.reduce(next, held)).toBe(held);
    }),
  );
  expect(next(held, { type: 'released' })).toEqual({ lifecycle: 'STOPPED', health: 'UNKNOWN', restartCount: 0 });
});

test('a failed start keeps its reason until the next successful start', () => {
  const failed = next(next(INITIAL_STATUS, { type: 'starting', since: 'now' }), {
    type: 'start-failed',
    reason: 'no such file',
    health: 'DEGRADED',
  });
  expect(failed).toMatchObject({ lifecycle: 'STOPPED', health: 'DEGRADED', lastError: 'no such file' });
  const started = next(next(failed, { type: 'starting', since: 'now' }), { type: 'started', at: 5, heartbeat: 'now' });
  expect(started).toEqual({
    lifecycle: 'RUNNING',
    health: 'HEALTHY',
    restartCount: 0,
    runningSince: 5,
    lastHeartbeatAt: 'now',
  });
});

test('a connection that is lost in state STOPPING is not a crash', () => {
  const running = next(next(INITIAL_STATUS, { type: 'starting', since: 'now' }), {
    type: 'started',
    at: 5,
    heartbeat: 'now',
  });
  expect(next(running, { type: 'lost', reason: 'gone' }).lifecycle).toBe('CRASHED');
  const stopping = next(running, { type: 'stopping' });
  expect(next(stopping, { type: 'lost', reason: 'gone' })).toBe(stopping);
});

test('Q25 the remedy of a failure is kept with its reason, and leaves with it', () => {
  const starting = next(INITIAL_STATUS, { type: 'starting', since: 'now' });
  const failed = next(starting, { type: 'start-failed', reason: 'a', hint: 'fix a', health: 'UNREACHABLE' });
  expect(failed).toMatchObject({ lastError: 'a', hint: 'fix a' });
  const again = next(next(failed, { type: 'starting', since: 'now' }), {
    type: 'start-failed',
    reason: 'b',
    health: 'DEGRADED',
  });
  expect(again).not.toHaveProperty('hint');
  const running = next(next(failed, { type: 'starting', since: 'now' }), { type: 'started', at: 1, heartbeat: 'now' });
  expect(running).not.toHaveProperty('hint');
  const ill = next(running, { type: 'seen-ill', health: 'DEGRADED', reason: 'c', hint: 'fix c' });
  expect([ill.hint, next(ill, { type: 'seen-well' }).hint]).toEqual(['fix c', undefined]);
  expect(next(ill, { type: 'lost', reason: 'gone' })).not.toHaveProperty('hint');
});
