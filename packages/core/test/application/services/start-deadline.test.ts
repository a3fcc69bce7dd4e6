import { beforeEach, expect, test } from '@jest/globals';
import { ClarityError, type Manifest } from '@clarity-runtime/core';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { operator } from '../../support/speak.ts';

let s: Stage;

/** A connector that opens when `open` is called and reports life with `alive`. */
function slowService() {
  let open = (): void => undefined;
  const aborted: unknown[] = [];
  s.connector.connecting = (signal) => {
    signal.addEventListener('abort', () => aborted.push(signal.reason));
    return new Promise<void>((resolve) => (open = resolve));
  };
  return {
    aborted,
    open: () => {
      open();
    },
    events: () => s.connector.live.get('calc'),
  };
}

beforeEach(async () => {
  s = await stage();
});

const statusOf = (id: string) => s.runtime.services.get(operator, id).status;
const begin = async (start?: Manifest['spec']['start']) => {
  const id = await s.register('calc', {}, start === undefined ? {} : { start });
  const started = s.runtime.services.start(operator, id);
  await settled();
  return { id, started };
};

test('[first-hour.21] Q02 a start fails after the idle limit and names the limit, its value and the newest line', async () => {
  const slow = slowService();
  const { id, started } = await begin({ idleMs: 5_000, maxMs: 60_000 });
  slow.events()?.onLog('fetching part 1');
  expect(statusOf(id)).toMatchObject({
    lifecycle: 'STARTING',
    starting: { since: '1970-01-01T00:00:00.000Z', line: 'fetching part 1' },
  });
  await s.pass(4_999);
  expect(s.lifecycle(id)).toBe('STARTING');
  await s.pass(1);
  await started;
  const status = statusOf(id);
  expect(status).toMatchObject({ lifecycle: 'STOPPED', health: 'TIMEOUT' });
  expect(status.lastError).toContain('no byte for 5 s (spec.start.idleMs); newest line: fetching part 1');
  expect(status).not.toHaveProperty('starting');
  expect(slow.aborted).toMatchObject([{ code: 'SERVICE_START_TIMEOUT' }]);
});

test('Q02 signs of life extend a start up to its total limit', async () => {
  const slow = slowService();
  const { id } = await begin();
  for (let i = 0; i < 3; i += 1) {
    await s.pass(19_000);
    if (i % 2 === 0) slow.events()?.onLog('still installing');
    else slow.events()?.onActivity?.();
    expect(s.lifecycle(id)).toBe('STARTING');
  }
  await s.pass(3_000);
  expect(statusOf(id).lastError).toContain('not ready after 60 s (spec.start.maxMs)');
});

test('[first-hour.21] Q02 a start that shows life and opens late runs', async () => {
  const slow = slowService();
  const { id, started } = await begin();
  await s.pass(29_000);
  slow.events()?.onActivity?.();
  await s.pass(29_000);
  slow.open();
  expect((await started).status.lifecycle).toBe('RUNNING');
  expect(statusOf(id)).not.toHaveProperty('starting');
});

test.each(['stop', 'restart', 'remove'] as const)('Q02 %s does not wait for a start in progress', async (verb) => {
  slowService();
  const { id, started } = await begin({ maxMs: 600_000 });
  s.connector.connecting = () => Promise.resolve();
  if (verb === 'remove') await s.runtime.services.remove(operator, id);
  else await s.runtime.services[verb](operator, id);
  if (verb !== 'remove') {
    await started;
    expect(s.lifecycle(id)).toBe(verb === 'stop' ? 'STOPPED' : 'RUNNING');
    expect(await s.kinds()).not.toContain('service.start_failed');
  } else await started.catch(() => undefined);
});

test('Q02 the runtime closes at once during a start', async () => {
  slowService();
  const { started } = await begin({ maxMs: 600_000 });
  await s.runtime.close();
  await started.catch((error: unknown) => {
    expect(error).toBeInstanceOf(ClarityError);
  });
});
