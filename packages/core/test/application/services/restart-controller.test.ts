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

test('a crashed service restarts after a delay, and restartCount increases', async () => {
  const id = await running('calc');
  await crash('calc');
  expect(s.runtime.services.get(operator, id).status).toMatchObject({
    lifecycle: 'CRASHED',
    health: 'UNREACHABLE',
    lastError: 'killed',
    retryAt: '1970-01-01T00:00:00.500Z',
  });
  expect(namesOf(await ask(s.runtime, 'tools/list'))).toEqual(['calc__fn__add']);
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
] as const)('mode %s with maxRestarts %i neither restarts nor quarantines a crashed service', async (mode, max) => {
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

test('restart delays double up to the maximum', async () => {
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

test('crashes restart the service up to maxRestarts, then it is quarantined', async () => {
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

test('crashes outside the window never quarantine', async () => {
  const id = await running('calc', { maxRestarts: 1, windowSeconds: 10 });
  for (let i = 0; i < 10; i += 1) {
    await crash('calc');
    await s.pass(10_000);
    expect(s.lifecycle(id)).toBe('RUNNING');
  }
});

test('a failed start at boot is retried; a failed start of a caller is only reported', async () => {
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

test('mode always retries every failed start', async () => {
  const id = await s.register('calc', { mode: 'always' });
  s.connector.failure = new Error('not yet');
  await s.runtime.services.start(operator, id);
  s.connector.failure = undefined;
  await s.pass(500);
  expect(s.lifecycle(id)).toBe('RUNNING');
});

test('a stop or a start cancels the pending restart', async () => {
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

test('a stop takes precedence over a restart that is due', async () => {
  const id = await running('calc');
  await crash('calc');
  const stopped = s.runtime.services.stop(operator, id);
  s.clock.advance(500);
  await stopped;
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('restart closes the old connection, opens a new one and increases restartCount', async () => {
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

test('a disabled service rejects start and restart, and stops when it becomes disabled', async () => {
  const id = await running('calc');
  await s.register('calc', {}, { enabled: false });
  expect(s.lifecycle(id)).toBe('STOPPED');
  const rejection = { failure: { code: 'SERVICE_DISABLED', field: 'spec.enabled' } };
  await expect(s.runtime.services.start(operator, id)).rejects.toMatchObject(rejection);
  await expect(s.runtime.services.restart(operator, id)).rejects.toMatchObject(rejection);
  await s.runtime.autostart();
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('a pending restart uses the current record', async () => {
  const id = await running('calc');
  await crash('calc');
  await s.register('calc', {}, { enabled: false });
  await s.pass(60_000);
  expect(s.lifecycle(id)).toBe('CRASHED');
});

test('a closed runtime starts no service', async () => {
  const id = await running('calc');
  await crash('calc');
  await s.runtime.close();
  const { opened } = s.connector;
  await s.pass(60_000);
  expect(s.connector.opened).toBe(opened);
  await expect(s.runtime.services.start(operator, id)).rejects.toMatchObject({ failure: { code: 'RUNTIME_CLOSED' } });
});

test('audit entries of starts, stops and failed starts contain durationMs', async () => {
  let ms = 0;
  s = await stage({
    // Each read of the clock advances it by one millisecond.
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
  const entries = items.filter(({ kind }) => /service\.(started|stopped|start_failed)/.test(kind));
  expect(entries.map(({ kind, data }) => [kind, data])).toEqual([
    ['service.started', { durationMs: expect.any(Number) }],
    ['service.stopped', { durationMs: expect.any(Number) }],
    ['service.start_failed', { reason: 'gone', durationMs: expect.any(Number) }],
  ]);
  expect(entries.every(({ data }) => Number(data?.['durationMs']) > 0)).toBe(true);
});
