import { beforeEach, expect, test } from '@jest/globals';
import { ClarityError, RawJson, type ErrorCode, type McpReply } from '@clarity-runtime/core';
import { agent, ask, operator, resultOf } from '../../support/speak.ts';
import { settled, stage, type Stage } from '../../support/supervised.ts';

let s: Stage;
let id: string;
/** Reply of the service to a call. */
let handler: () => Promise<McpReply>;
let callCount: number;

const succeed = (): Promise<McpReply> => Promise.resolve({ result: RawJson.of({ content: [] }) });
const failing =
  (code: ErrorCode = 'UPSTREAM_FAILED') =>
  (): Promise<McpReply> =>
    Promise.reject(new ClarityError(code, 'it is on fire'));

async function call(times = 1, args: object = {}): Promise<string> {
  let text = '';
  for (let i = 0; i < times; i += 1) {
    const result = resultOf(await ask(s.runtime, 'tools/call', { name: 'calc__fn__add', arguments: args }));
    const meta = Object(result['_meta']) as Record<string, { code?: string } | undefined>;
    const message = (result['content'] as { text?: string }[])[0]?.text ?? '';
    text = `${meta['clarity/error']?.code ?? 'ok'} ${message}`;
  }
  return text;
}
const view = () => s.runtime.services.get(operator, id);
const entriesOf = async (kind: string) => (await s.runtime.audit.page(operator, { limit: 50, kind })).items;

beforeEach(async () => {
  s = await stage({ supervision: { probeIntervalMs: 0 } });
  handler = succeed;
  callCount = 0;
  s.connector.answer = () => {
    callCount += 1;
    return handler();
  };
  id = await s.register('calc');
  await s.runtime.services.start(operator, id);
});

test('a service with failing calls gets CIRCUIT_OPEN with the rule, the cause and a hint', async () => {
  await call(3);
  handler = failing();
  expect(await call(4)).toMatch(/^UPSTREAM_FAILED/);
  expect(view().calls.circuit).toBeUndefined();
  await call();
  expect(view()).toMatchObject({
    status: { lifecycle: 'RUNNING', health: 'DEGRADED', lastError: expect.stringContaining('it is on fire') },
    calls: { circuit: { state: 'open', calls: 8, failures: 5, openings: 1, errorRate: 0.6, windowMs: 60_000 } },
  });
  const rejected = await call(5);
  expect(callCount).toBe(8);
  expect(rejected).toMatch(/^CIRCUIT_OPEN /);
  expect(rejected).toContain('5 of 8 calls within 60 s failed (errorRate 0.6)');
  expect(rejected).toContain('it is on fire');
  expect(rejected).toContain(view().calls.circuit?.retryAt);
  expect(rejected).toContain(`clarityctl restart ${id}`);
  expect(await entriesOf('service.circuit_opened')).toMatchObject([
    { level: 'warn', serviceId: id, data: { failures: 5, calls: 8, failureRate: 0.625, openings: 1 } },
  ]);
});

test.each<ErrorCode>([
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_LOST',
  'UPSTREAM_PROTOCOL',
  'CALL_TIMED_OUT',
  'SERVICE_LOST',
  'WASM_ABI',
])('%s counts as a failure of the service', async (code) => {
  handler = failing(code);
  await call(8);
  expect(view().calls.circuit?.state).toBe('open');
});

test('errors of callers and tools never open the circuit', async () => {
  const ignoredCodes: readonly ErrorCode[] = [
    'ARGUMENTS_INVALID',
    'PAYLOAD_TOO_LARGE',
    'WASM_TRAP',
    'WASM_DEADLINE',
    'WASM_LIMIT',
    'WASM_BUSY',
    'WASM_CAPABILITY',
    'CALL_CANCELLED',
    'TOOL_BLOCKED',
    'RATE_LIMITED',
    'GRANT_REQUIRED',
  ];
  for (const code of ignoredCodes) {
    handler = failing(code);
    await call(12);
  }
  handler = () => Promise.resolve({ result: RawJson.of({ content: [], isError: true }), isError: true });
  await call(12);
  handler = () => Promise.resolve({ error: { code: -32602, message: 'divide by zero' } });
  for (let i = 0; i < 12; i += 1) await ask(s.runtime, 'tools/call', { name: 'calc__fn__add' });
  for (let i = 0; i < 12; i += 1) await ask(s.runtime, 'tools/call', { name: 'calc__unknown' });
  handler = () => Promise.reject(Object.assign(new ClarityError('UPSTREAM_PROTOCOL', 'HTTP 400'), { ofRequest: true }));
  await call(12);
  expect(view().calls.circuit).toBeUndefined();
  expect(view().status.health).not.toBe('UNREACHABLE');
});

test('cancelled calls are ignored, even if they fail later', async () => {
  for (let i = 0; i < 12; i += 1) {
    const cancel = new AbortController();
    handler = () => {
      cancel.abort();
      return failing('UPSTREAM_LOST')();
    };
    await ask(s.runtime, 'tools/call', { name: 'calc__fn__add' }, { signal: cancel.signal });
  }
  expect(view().calls.circuit).toBeUndefined();
});

test('a half-open circuit allows probe calls and closes when all succeed', async () => {
  handler = failing();
  await call(8);
  handler = succeed;
  expect(await call()).toMatch(/^CIRCUIT_OPEN/);
  await s.pass(2_500);
  expect(await call(2)).toMatch(/^ok/);
  expect(view().calls.circuit?.state).toBe('half_open');
  expect(await call()).toMatch(/^ok/);
  expect(view().calls.circuit).toBeUndefined();
  expect(view().status.health).toBe('HEALTHY');
  const kinds = (await s.kinds()).filter((kind) => kind.startsWith('service.circuit'));
  expect(kinds).toEqual(['service.circuit_opened', 'service.circuit_probed', 'service.circuit_closed']);
});

test('a half-open circuit rejects further calls while its probes run', async () => {
  handler = failing();
  await call(8);
  const waiting: ((reply: McpReply) => void)[] = [];
  handler = () => new Promise((resolve) => waiting.push(resolve));
  await s.pass(2_500);
  const inside = [call(), call(), call()];
  await settled();
  expect(await call()).toMatch(/^CIRCUIT_OPEN .*trial calls are running/);
  for (const answer of waiting) answer(await succeed());
  expect(await Promise.all(inside)).toEqual(['ok ', 'ok ', 'ok ']);
  expect(view().calls.circuit).toBeUndefined();
});

/** Opens the circuit until the service is quarantined. */
async function openUntilQuarantine(): Promise<void> {
  handler = failing();
  await call(8);
  for (let i = 0; i < 9; i += 1) {
    await s.pass(300_000);
    await call();
  }
  await settled();
}

test('[quarantine.enter] [quarantine.hold] openings without a success between them quarantine the service', async () => {
  await openUntilQuarantine();
  expect(view().status).toMatchObject({
    lifecycle: 'QUARANTINED',
    lastError: expect.stringMatching(/^the circuit opened 10 times in a row: .*it is on fire/),
  });
  expect(view().service.hold?.reason).toContain('10 times in a row');
  expect(await entriesOf('service.quarantined')).toMatchObject([
    { level: 'error', data: { failures: 8, calls: 8, failureRate: 1, openings: 10 } },
  ]);
  expect(await call()).toMatch(/^SERVICE_QUARANTINED .*10 times in a row[^]*clarityctl unquarantine/);
  await expect(s.runtime.services.restart(operator, id)).rejects.toHaveProperty('code', 'SERVICE_QUARANTINED');
  handler = succeed;
  await s.runtime.services.unquarantine(operator, id);
  await s.runtime.services.start(operator, id);
  expect(await call(20)).toMatch(/^ok/);
});

test('a quarantine of the circuit breaker survives a restart of the runtime', async () => {
  await openUntilQuarantine();
  const again = await stage({ registry: s.registry });
  expect(again.runtime.services.get(operator, id).status.lifecycle).toBe('QUARANTINED');
});

test('a successful half-open phase resets the count of openings', async () => {
  for (let round = 0; round < 12; round += 1) {
    handler = failing();
    await call(8);
    expect(view().calls.circuit?.openings).toBe(1);
    handler = succeed;
    await s.pass(300_000);
    await call(3);
  }
  expect(s.lifecycle(id)).toBe('RUNNING');
});

test('a restart closes the circuit at once, and the audit names the caller', async () => {
  handler = failing();
  await call(8);
  handler = succeed;
  await s.runtime.services.restart(agent, id);
  expect(await call()).toMatch(/^ok/);
  expect(view().calls.circuit).toBeUndefined();
  expect(await entriesOf('service.circuit_closed')).toMatchObject([{ caller: { door: 'mcp' } }]);
});

test('an automatic restart allows probes at once, but does not close the circuit', async () => {
  handler = failing();
  await call(8);
  await s.pass(1);
  s.connector.live.get('calc')?.onClose('gone');
  await s.pass(1_000);
  expect(s.lifecycle(id)).toBe('RUNNING');
  expect(await call()).toMatch(/^UPSTREAM_FAILED/);
  expect(view().calls.circuit).toMatchObject({ state: 'open', openings: 2 });
  expect(await call()).toMatch(/^CIRCUIT_OPEN/);
});

test('a stopped service returns SERVICE_STOPPED, and a service that is added again has a closed circuit', async () => {
  handler = failing();
  await call(8);
  await s.runtime.services.stop(operator, id);
  expect(await call()).toMatch(/^SERVICE_STOPPED/);
  await s.runtime.services.remove(operator, id);
  id = await s.register('calc');
  await s.runtime.services.start(operator, id);
  handler = succeed;
  expect(await call()).toMatch(/^ok/);
});

test('an open circuit does not affect another service', async () => {
  handler = failing();
  await call(8);
  handler = succeed;
  await s.runtime.services.start(operator, await s.register('other'));
  expect(resultOf(await ask(s.runtime, 'tools/call', { name: 'other__fn__add' }))).toMatchObject({ content: [] });
});
