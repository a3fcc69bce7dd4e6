import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClarityError } from '@clarity-runtime/core';
import { PERMANENT } from '../../../src/domain/services/failure-class.ts';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { operator } from '../../support/speak.ts';

const absent = () =>
  new ClarityError('PROCESS_START_FAILED', 'npm error 404 not in this registry', { data: PERMANENT });

async function crash(s: Stage, isProvoked: boolean): Promise<void> {
  s.connector.live.get('a')?.onClose('exited with code 1', isProvoked ? 'cancellation' : undefined);
  await settled();
}

test('[first-hour.28] a package that does not exist is quarantined at the first start, with the line of the launcher', async () => {
  const s = await stage();
  const id = await s.register('a');
  s.connector.failure = absent();
  const { status } = await s.runtime.services.start(operator, id);
  expect(status).toMatchObject({ lifecycle: 'QUARANTINED', lastError: expect.stringContaining('npm error 404') });
  expect(status).not.toHaveProperty('retryAt');
  expect((await s.kinds()).filter((kind) => kind === 'service.quarantined')).toHaveLength(1);
  s.connector.failure = undefined;
  await s.pass(3_600_000);
  expect(s.lifecycle(id)).toBe('QUARANTINED');
  await s.runtime.services.unquarantine(operator, id);
  expect((await s.runtime.services.start(operator, id)).status.lifecycle).toBe('RUNNING');
});

test('[first-hour.28] the same service without a network is retried', async () => {
  const s = await stage();
  const id = await s.register('a');
  s.connector.failure = new ClarityError('UPSTREAM_UNREACHABLE', 'npm error code ENOTFOUND');
  await s.runtime.services.start(operator, id);
  for (let i = 0; i < 20; i += 1) await s.pass(60_000);
  expect(s.runtime.services.get(operator, id).status).toMatchObject({
    lifecycle: 'STOPPED',
    retryAt: expect.any(String),
  });
});

test.each([['never', 5] as const, ['on-failure', 0] as const])(
  'mode %s with maxRestarts %i does not quarantine a package that does not exist',
  async (mode, maxRestarts) => {
    const s = await stage();
    const id = await s.register('a', { mode, maxRestarts });
    s.connector.failure = absent();
    await s.runtime.services.start(operator, id);
    expect(s.lifecycle(id)).toBe('STOPPED');
  },
);

test('T-518 [first-hour.29] six crashes after cancellations do not quarantine, and the third ends the notices with one event', async () => {
  const s = await stage();
  const id = await s.register('a');
  await s.runtime.services.start(operator, id);
  const isMuted = () => s.registry.get('default', id).then((item) => item?.value.withoutCancelNotices);
  for (let i = 1; i <= 6; i += 1) {
    await crash(s, true);
    expect(s.lifecycle(id)).toBe('CRASHED');
    await s.pass(60_000);
    expect([i, s.lifecycle(id), await isMuted()]).toEqual([i, 'RUNNING', i < 3 ? undefined : true]);
  }
  expect((await s.kinds()).filter((kind) => kind === 'service.cancel_notices_ended')).toHaveLength(1);
});

test('[first-hour.29] the wish for no notices stays until the program is another one', async () => {
  const s = await stage();
  const id = await s.register('a');
  await s.runtime.services.start(operator, id);
  for (let i = 0; i < 3; i += 1) {
    await crash(s, true);
    await s.pass(60_000);
  }
  const isMuted = () => s.registry.get('default', id).then((item) => item?.value.withoutCancelNotices);
  await s.register('a', { maxRestarts: 9 });
  expect(await isMuted()).toBe(true);
});

const event = fc.constantFrom('up', 'transient', 'permanent', 'defect', 'crash', 'provoked');

test('[first-hour.29] law: a service is quarantined only by a permanent failure or by counted ones', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (events) => {
      const s = await stage();
      const id = await s.register('a', { maxRestarts: 3, windowSeconds: 3_600 });
      await s.runtime.autostart();
      let counted = 0;
      for (const each of events) {
        const before = s.lifecycle(id);
        s.connector.failure =
          each === 'transient'
            ? new ClarityError('UPSTREAM_FAILED', '')
            : each === 'permanent'
              ? absent()
              : each === 'defect'
                ? new Error('defect')
                : undefined;
        if (before === 'RUNNING' && each !== 'up') {
          await crash(s, each !== 'crash');
          if (each === 'crash') counted += 1;
        }
        if (s.lifecycle(id) !== 'QUARANTINED' && s.lifecycle(id) !== 'RUNNING') {
          if (each === 'defect') counted += 1;
          await s.pass(60_000);
        }
        if (s.lifecycle(id) === 'QUARANTINED') {
          expect(each === 'permanent' || counted >= 3).toBe(true);
          return;
        }
        expect(each).not.toBe('permanent');
      }
    }),
    { numRuns: 60 },
  );
});
