import { beforeEach, expect, test } from '@jest/globals';
import { ClarityError, RawJson, type ErrorCode, type McpReply } from '@clarity-runtime/core';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { ask, operator } from '../../support/speak.ts';

let s: Stage;
let id: string;
/** Replies to a probe; a call gets the reply of `answer`. */
let probe: () => Promise<McpReply>;
let probes: string[];

const succeed = (): Promise<McpReply> => Promise.resolve({ result: RawJson.of({}) });
const status = () => s.runtime.services.get(operator, id).status;

beforeEach(async () => {
  s = await stage({ supervision: { probeIntervalMs: 40_000, probeTimeoutMs: 5_000, probesAtOnce: 2 } });
  probe = succeed;
  probes = [];
  s.connector.answer = ({ method }) => {
    if (method === 'tools/call') return succeed();
    probes.push(method);
    return probe();
  };
  id = await s.register('calc');
  await s.runtime.services.start(operator, id);
});

test('HealthProbe probes a running service, and a response sets lastHeartbeatAt', async () => {
  await s.pass(29_999);
  expect(probes).toEqual([]);
  await s.pass(1);
  expect(probes).toEqual(['ping']);
  expect(status()).toMatchObject({ health: 'HEALTHY', lastHeartbeatAt: '1970-01-01T00:00:30.000Z' });
  await s.pass(30_000);
  expect(probes).toEqual(['ping', 'ping']);
});

test('HealthProbe sends server/discover to a modern service', async () => {
  s.connector.era = 'modern';
  await s.runtime.services.restart(operator, id);
  await s.pass(30_000);
  expect(probes).toEqual(['server/discover']);
});

test('an error response to the probe counts as healthy', async () => {
  probe = () => Promise.resolve({ error: { code: -32601, message: 'method not found' } });
  await s.pass(30_000);
  expect(status()).toMatchObject({ health: 'HEALTHY', lastHeartbeatAt: '1970-01-01T00:00:30.000Z' });
});

test.each<[ErrorCode, string]>([
  ['SERVICE_UNRESPONSIVE', 'TIMEOUT'],
  ['TOKEN_REQUIRED', 'UNAUTHORIZED'],
  ['UPSTREAM_UNAUTHORIZED', 'UNAUTHORIZED'],
  ['SERVICE_LOST', 'UNREACHABLE'],
  ['WASM_ABI', 'DEGRADED'],
])('[health.diagnostics] a probe error %s sets health %s, and the next response sets HEALTHY', async (code, health) => {
  probe = () => Promise.reject(new ClarityError(code, 'probe failed'));
  await s.pass(30_000);
  expect(status()).toMatchObject({
    lifecycle: 'RUNNING',
    health,
    lastError: expect.stringContaining('probe failed'),
    lastHeartbeatAt: '1970-01-01T00:00:00.000Z',
  });
  probe = succeed;
  // A probe after a rejected credential comes later.
  await s.pass(code === 'UPSTREAM_UNAUTHORIZED' ? 120_000 : 30_000);
  expect(status().health).toBe('HEALTHY');
  expect(status()).not.toHaveProperty('lastError');
  const changes = (await s.runtime.audit.page(operator, { limit: 9, kind: 'service.health_changed' })).items;
  expect(changes.map(({ data }) => data)).toMatchObject([
    { from: 'HEALTHY', to: health },
    { from: health, to: 'HEALTHY' },
  ]);
});

test('a probe without a response within its timeout sets health TIMEOUT', async () => {
  probe = () => new Promise(() => undefined);
  await s.pass(30_000);
  expect(status().health).toBe('HEALTHY');
  await s.pass(5_000);
  expect(status().health).toBe('TIMEOUT');
});

test('HealthProbe limits concurrent probes and does not probe stopped services', async () => {
  for (const module of ['b', 'c', 'd']) await s.runtime.services.start(operator, await s.register(module));
  probe = () => new Promise(() => undefined);
  await s.pass(30_000);
  expect(probes).toHaveLength(2);
  await s.pass(5_000);
  expect(probes).toHaveLength(4);
  for (const { service } of s.runtime.services.list(operator))
    await s.runtime.services.stop(operator, service.serviceId);
  probes = [];
  await s.pass(600_000);
  expect(probes).toEqual([]);
});

test('calls change the health for errors of the service, not for errors of the caller or the tool', async () => {
  const call = async (code: ErrorCode): Promise<void> => {
    s.connector.answer = () => Promise.reject(new ClarityError(code, ''));
    await ask(s.runtime, 'tools/call', { name: 'calc__fn__add' });
  };
  const harmless: ErrorCode[] = ['ARGUMENTS_INVALID', 'WASM_TRAP', 'WASM_DEADLINE', 'WASM_BUSY', 'PAYLOAD_TOO_LARGE'];
  for (const code of harmless) {
    await call(code);
    expect(status().health).toBe('HEALTHY');
  }
  await call('SERVICE_LOST');
  expect(status().health).toBe('UNREACHABLE');
  s.connector.answer = () => Promise.resolve({ result: RawJson.of({ isError: true, content: [] }), isError: true });
  await ask(s.runtime, 'tools/call', { name: 'calc__fn__add' });
  expect(status()).toMatchObject({ health: 'HEALTHY' });
});

test('a call that its caller cancelled does not change the health', async () => {
  s.connector.answer = (_request, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });
  const cancel = new AbortController();
  const call = ask(s.runtime, 'tools/call', { name: 'calc__fn__add' }, { signal: cancel.signal });
  await settled();
  cancel.abort();
  await call;
  expect(status().health).toBe('HEALTHY');
});

test('probeIntervalMs 0 disables probes', async () => {
  s = await stage({ supervision: { probeIntervalMs: 0 } });
  s.connector.answer = ({ method }) => {
    probes.push(method);
    return succeed();
  };
  id = await s.register('calc');
  await s.runtime.services.start(operator, id);
  await s.pass(3_600_000);
  expect(probes).toEqual([]);
});
