import { beforeEach, expect, test } from '@jest/globals';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { withFaults, type Fault } from '@clarity-runtime/core/testing';
import { manifestOf } from '../../support/fake-connector.ts';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { grantOf } from '@clarity-runtime/core';
import { agent, operator } from '../../support/speak.ts';

let s: Stage;
let id: string;

async function quarantine(): Promise<void> {
  s.connector.failure = new Error('no such port');
  for (let i = 0; i < 5; i += 1) await s.runtime.services.start(operator, id);
  s.connector.failure = undefined;
}

beforeEach(async () => {
  s = await stage();
  id = await s.register('calc');
});

test('U45 [quarantine.enter] [quarantine.hold] five failed starts in a minute quarantine a service', async () => {
  const { services } = s.runtime;
  s.connector.failure = new Error('no such port');
  for (let i = 0; i < 4; i += 1) {
    expect((await services.start(operator, id)).status).toMatchObject({ lifecycle: 'STOPPED', health: 'DEGRADED' });
    await s.pass(14_000);
  }
  expect((await services.start(operator, id)).status).toMatchObject({
    lifecycle: 'QUARANTINED',
    lastError: '5 failures within 60 s, the last one: no such port',
  });
  s.connector.failure = undefined;
  const rejection = { failure: { code: 'SERVICE_QUARANTINED', hint: expect.stringContaining('unquarantine') } };
  await expect(services.start(operator, id)).rejects.toMatchObject(rejection);
  await expect(services.restart(operator, id)).rejects.toMatchObject(rejection);
  expect((await services.stop(operator, id)).status.lifecycle).toBe('QUARANTINED');
  await expect(services.start(operator, id)).rejects.toMatchObject(rejection);
  expect((await services.apply(operator, manifestOf('calc'))).status.lifecycle).toBe('QUARANTINED');
  await s.runtime.autostart();
  await s.pass(3_600_000);
  expect(s.lifecycle(id)).toBe('QUARANTINED');
  expect((await services.unquarantine(operator, id, 'the port is open now')).status).toEqual({
    lifecycle: 'STOPPED',
    health: 'UNKNOWN',
    restartCount: 0,
  });
  expect((await services.start(operator, id)).status.lifecycle).toBe('RUNNING');
});

test('failures outside the window do not quarantine, and a successful start clears them', async () => {
  s.connector.failure = new Error('no such port');
  for (let i = 0; i < 10; i += 1) {
    await s.runtime.services.start(operator, id);
    await s.pass(15_000);
  }
  expect(s.lifecycle(id)).toBe('STOPPED');
  s.connector.failure = undefined;
  await s.runtime.services.start(operator, id);
  await s.runtime.services.stop(operator, id);
  s.connector.failure = new Error('no such port');
  for (let i = 0; i < 4; i += 1) await s.runtime.services.start(operator, id);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('unquarantine is audited with caller and reason, and clears the failures', async () => {
  await quarantine();
  await s.runtime.services.unquarantine(agent, id, 'repaired');
  const [lifted] = (await s.runtime.audit.page(operator, { limit: 1, kind: 'service.unquarantined' })).items;
  expect(lifted).toMatchObject({
    serviceId: id,
    caller: { id: 'loopback', door: 'mcp' },
    data: { reason: 'repaired' },
  });
  s.connector.failure = new Error('again');
  for (let i = 0; i < 4; i += 1) await s.runtime.services.start(operator, id);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('unquarantine without the grant operate is rejected', async () => {
  await quarantine();
  const reader = { ...agent, grants: [grantOf('read', 'call')] };
  await expect(s.runtime.services.unquarantine(reader, id)).rejects.toMatchObject({
    failure: { code: 'GRANT_REQUIRED' },
  });
  expect(s.lifecycle(id)).toBe('QUARANTINED');
});

test('unquarantine of a service that is not quarantined changes nothing and is not audited', async () => {
  await s.runtime.services.start(operator, id);
  expect((await s.runtime.services.unquarantine(operator, id)).status.lifecycle).toBe('RUNNING');
  expect(await s.kinds()).not.toContain('service.unquarantined');
});

test('a quarantine and its end survive a restart of the runtime', async () => {
  await quarantine();
  const again = await stage({ registry: s.registry });
  expect(again.runtime.services.get(operator, id).status).toMatchObject({
    lifecycle: 'QUARANTINED',
    health: 'UNKNOWN',
    lastError: expect.stringContaining('no such port'),
  });
  await again.runtime.autostart();
  await expect(again.runtime.services.restart(operator, id)).rejects.toHaveProperty('code', 'SERVICE_QUARANTINED');
  await again.runtime.services.unquarantine(operator, id);
  const third = await stage({ registry: s.registry });
  await third.runtime.autostart();
  expect(third.lifecycle(id)).toBe('RUNNING');
});

test('a rebuilt program at another path stays quarantined; a removed and added service does not', async () => {
  await quarantine();
  const moved = await s.runtime.services.apply(operator, manifestOf('calc', { wasmPath: '/elsewhere/calc.wasm' }));
  expect(moved.status.lifecycle).toBe('QUARANTINED');
  await s.runtime.services.remove(operator, moved.service.serviceId);
  expect((await s.runtime.services.apply(operator, manifestOf('calc'))).status.lifecycle).toBe('REGISTERED');
});

test('QuarantineStore retries until the store accepts the quarantine, which applies meanwhile', async () => {
  let fault: Fault = 'none';
  const inner = new MemoryServiceRegistry();
  s = await stage({ registry: withFaults(inner, () => fault) });
  id = await s.register('calc');
  const isStored = async (): Promise<boolean> => (await inner.get('default', id))?.value.hold !== undefined;
  fault = 'unavailable';
  await quarantine();
  expect(s.lifecycle(id)).toBe('QUARANTINED');
  expect(await isStored()).toBe(false);
  expect(await s.kinds()).toContain('service.hold_unstored');
  await s.pass(10_000);
  fault = 'none';
  await s.pass(10_000);
  expect(await isStored()).toBe(true);
});

test('unquarantine is rejected when the store rejects it, and the service stays quarantined', async () => {
  let fault: Fault = 'none';
  s = await stage({ registry: withFaults(new MemoryServiceRegistry(), () => fault) });
  id = await s.register('calc');
  await quarantine();
  fault = 'unavailable';
  await expect(s.runtime.services.unquarantine(operator, id)).rejects.toMatchObject({
    failure: { code: 'STORE_UNAVAILABLE' },
  });
  expect(s.lifecycle(id)).toBe('QUARANTINED');
  fault = 'none';
  await s.runtime.services.unquarantine(operator, id);
  expect(s.lifecycle(id)).toBe('STOPPED');
});

test('a service that is removed during its failures leaves no record', async () => {
  s.connector.failure = new Error('no such port');
  for (let i = 0; i < 4; i += 1) await s.runtime.services.start(operator, id);
  const last = s.runtime.services.start(operator, id);
  await s.runtime.services.remove(operator, id);
  await Promise.allSettled([last]);
  await settled();
  expect((await s.registry.list('default')).items).toEqual([]);
});
