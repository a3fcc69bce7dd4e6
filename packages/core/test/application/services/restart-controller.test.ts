import { beforeEach, expect, test } from '@jest/globals';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { ask, namesOf, operator } from '../../support/speak.ts';

let s: Stage;

beforeEach(async () => {
  s = await stage();
});

async function running(...given: Parameters<Stage['register']>): Promise<string> {
  const id = await s.register(...given);
  await s.runtime.services.start(operator, id);
  return id;
}

async function crash(module: string): Promise<void> {
  s.connector.live.get(module)?.onClose('killed');
  await settled();
}

test('a service that crashes is started again after a wait, and counts it', async () => {
  const id = await running('calc');
  await crash('calc');
  expect(s.runtime.services.get(operator, id).status).toMatchObject({
    lifecycle: 'CRASHED',
    health: 'UNREACHABLE',
    lastError: 'killed',
    retryAt: '1970-01-01T00:00:00.500Z',
  });
  expect(namesOf(await ask(s.runtime, 'tools/list'))).toEqual([]);
  await s.pass(499);
  expect(s.lifecycle(id)).toBe('CRASHED');
  await s.pass(1);
  expect(s.runtime.services.get(operator, id).status).toMatchObject({ lifecycle: 'RUNNING', restartCount: 1 });
  expect(namesOf(await ask(s.runtime, 'tools/list'))).toEqual(['calc__fn__add']);
  expect((await s.kinds()).slice(-4)).toEqual([
    'service.crashed',
    'service.restart_scheduled',
    'service.started',
    'service.restarted',
  ]);
});

test.each([
  ['never', 5],
  ['on-failure', 0],
] as const)('with mode %s and %i restarts a crashed service stays down and out of quarantine', async (mode, max) => {
  const id = await running('calc', { mode, maxRestarts: max });
  for (let i = 0; i < 8; i += 1) {
    await crash('calc');
    await s.pass(600_000);
    expect(s.lifecycle(id)).toBe('CRASHED');
    await s.runtime.services.start(operator, id);
  }
  s.connector.failure = new Error('gone');
  await s.runtime.services.stop(operator, id);
  for (let i = 0; i < 8; i += 1) await s.runtime.services.start(operator, id);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('waits double up to the ceiling', async () => {
  const id = await running('calc', { maxRestarts: 100, windowSeconds: 3_600 });
  const waits: number[] = [];
  for (let i = 0; i < 9; i += 1) {
    await crash('calc');
    const { retryAt = '' } = s.runtime.services.get(operator, id).status;
    const wait = Date.parse(retryAt) - s.clock.wall().getTime();
    waits.push(wait);
    await s.pass(wait);
    expect(s.lifecycle(id)).toBe('RUNNING');
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('restarts after crashes go on as long as the policy allows, then the service is held', async () => {
  const id = await running('calc', { maxRestarts: 3 });
  for (let i = 0; i < 3; i += 1) {
    await crash('calc');
    await s.pass(8_000);
    expect(s.lifecycle(id)).toBe('RUNNING');
  }
  await crash('calc');
  expect(s.lifecycle(id)).toBe('QUARANTINED');
  await s.pass(3_600_000);
  expect(s.runtime.services.get(operator, id).status).toMatchObject({ lifecycle: 'QUARANTINED', restartCount: 3 });
});

test('crashes that lie further apart than the window are forgiven for ever', async () => {
  const id = await running('calc', { maxRestarts: 1, windowSeconds: 10 });
  for (let i = 0; i < 10; i += 1) {
    await crash('calc');
    await s.pass(10_000);
    expect(s.lifecycle(id)).toBe('RUNNING');
  }
});

test('a start at boot that fails is tried again; one that a caller asked for is reported and left', async () => {
  const id = await s.register('calc');
  s.connector.failure = new Error('not yet');
  await s.runtime.autostart();
  expect(s.lifecycle(id)).toBe('STOPPED');
  s.connector.failure = undefined;
  await s.pass(500);
  expect(s.lifecycle(id)).toBe('RUNNING');
  await s.runtime.services.stop(operator, id);
  s.connector.failure = new Error('not now');
  expect((await s.runtime.services.start(operator, id)).status).toMatchObject({ lastError: 'not now' });
  s.connector.failure = undefined;
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('with mode always a start that failed is tried again whoever asked for it', async () => {
  const id = await s.register('calc', { mode: 'always' });
  s.connector.failure = new Error('not yet');
  await s.runtime.services.start(operator, id);
  s.connector.failure = undefined;
  await s.pass(500);
  expect(s.lifecycle(id)).toBe('RUNNING');
});

test('a stop calls off the restart that was due, and so does a start', async () => {
  const id = await running('calc');
  await crash('calc');
  await s.runtime.services.stop(operator, id);
  expect(s.runtime.services.get(operator, id).status).not.toHaveProperty('retryAt');
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('STOPPED');
  await s.runtime.services.start(operator, id);
  await crash('calc');
  await s.runtime.services.start(operator, id);
  await s.pass(60_000);
  expect(s.runtime.services.get(operator, id).status).toMatchObject({ lifecycle: 'RUNNING', restartCount: 0 });
});

test('a stop that comes when the restart is just due wins', async () => {
  const id = await running('calc');
  await crash('calc');
  const stopped = s.runtime.services.stop(operator, id);
  s.clock.advance(500);
  await stopped;
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('a restart that was asked for closes the old connection, opens a new one and is counted', async () => {
  const id = await running('calc');
  const { status } = await s.runtime.services.restart(operator, id);
  expect(status).toMatchObject({ lifecycle: 'RUNNING', restartCount: 1 });
  expect(s.connector.closed).toEqual(['calc']);
  expect((await s.kinds()).slice(-3)).toEqual(['service.stopped', 'service.started', 'service.restarted']);
  s.connector.failure = new Error('gone');
  expect((await s.runtime.services.restart(operator, id)).status).toMatchObject({
    lifecycle: 'STOPPED',
    lastError: 'gone',
    restartCount: 2,
  });
});

test('a disabled service is not started, and stops when it becomes disabled', async () => {
  const id = await running('calc');
  await s.register('calc', {}, { enabled: false });
  expect(s.lifecycle(id)).toBe('STOPPED');
  const refused = { failure: { code: 'SERVICE_DISABLED', field: 'spec.enabled' } };
  await expect(s.runtime.services.start(operator, id)).rejects.toMatchObject(refused);
  await expect(s.runtime.services.restart(operator, id)).rejects.toMatchObject(refused);
  await s.runtime.autostart();
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('a restart that is due runs what the record says then', async () => {
  const id = await running('calc');
  await crash('calc');
  await s.register('calc', {}, { enabled: false });
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('CRASHED');
});

test('after the runtime has closed nothing starts again', async () => {
  const id = await running('calc');
  await crash('calc');
  await s.runtime.close();
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('STOPPED');
  await expect(s.runtime.services.start(operator, id)).rejects.toMatchObject({ failure: { code: 'SHUTTING_DOWN' } });
});

test('starts, stops and failed starts tell in the audit how long they took', async () => {
  let ms = 0;
  s = await stage({
    // Every look at the clock takes a millisecond.
    clockOf: (clock) => ({
      wall: () => clock.wall(),
      monotonic: () => (ms += 1),
      after: (wait, signal) => clock.after(wait, signal),
    }),
  });
  const id = await running('calc');
  await s.runtime.services.stop(operator, id);
  s.connector.failure = new Error('gone');
  await s.runtime.services.start(operator, id);
  const { items } = await s.runtime.audit.page(operator, { limit: 20, serviceId: id });
  const told = items.filter(({ kind }) => /service\.(started|stopped|start_failed)/.test(kind));
  expect(told.map(({ kind, data }) => [kind, data])).toEqual([
    ['service.started', { durationMs: expect.any(Number) }],
    ['service.stopped', { durationMs: expect.any(Number) }],
    ['service.start_failed', { reason: 'gone', durationMs: expect.any(Number) }],
  ]);
  expect(told.every(({ data }) => Number(data?.['durationMs']) > 0)).toBe(true);
});
