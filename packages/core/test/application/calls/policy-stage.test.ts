import { beforeEach, expect, test } from '@jest/globals';
import {
  createRuntime,
  embeddedCaller,
  RawJson,
  remote as remoteService,
  type Manifest,
  type McpReply,
  type ServicePolicy,
} from '@clarity-runtime/core';
import { FakeConnector } from '../../support/fake-connector.ts';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { ask, namesOf, operator, resultOf, withId } from '../../support/speak.ts';

let s: Stage;

const reply = (): McpReply => ({ result: RawJson.of({ content: [] }) });

async function running(policy: Manifest['spec']['policy'], policyRef = 'default'): Promise<string> {
  s.connector.tools.set('calc', [{ name: 'ok' }, { name: 'forbidden' }]);
  const id = await s.register('calc', {}, { policyRef, ...(policy === undefined ? {} : { policy }) });
  await s.runtime.services.start(operator, id);
  return id;
}

const call = (tool: string, args: object = {}, from = 'loopback') =>
  ask(s.runtime, 'tools/call', { name: `calc__${tool}`, arguments: args }, { caller: withId(operator, from) });

const codeOf = (answer: McpReply): unknown =>
  (resultOf(answer)['_meta'] as { 'clarity/error'?: { code: string } } | undefined)?.['clarity/error']?.code;

/** Calls that reach the service wait until they are released. */
function delayCalls(): { readonly releases: (() => void)[] } {
  const releases: (() => void)[] = [];
  s.connector.answer = () =>
    new Promise((resolve) => {
      releases.push(() => {
        resolve(reply());
      });
    });
  return { releases };
}

beforeEach(async () => {
  s = await stage();
});

test.each([
  ['allowTools', { allowTools: ['ok'] }],
  ['denyTools', { denyTools: ['forbidden'] }],
  ['denyTools', { allowTools: ['ok', 'forbidden'], denyTools: ['forbidden'] }],
] as const)('U30 a tool that %s excludes is not listed, and its calls are not sent', async (rule, policy) => {
  const id = await running(policy);
  expect(namesOf(await ask(s.runtime, 'tools/list'))).toEqual(['calc__ok']);
  expect(namesOf(await ask(s.runtime, 'tools/list', {}, { service: 'calc' }))).toEqual(['ok']);
  const denied = resultOf(await call('forbidden'));
  expect(denied).toMatchObject({ isError: true, _meta: { 'clarity/error': { code: 'TOOL_BLOCKED' } } });
  expect(s.connector.calls).toEqual([]);
  const [{ text }] = denied['content'] as [{ text: string }];
  expect(text).toContain(`'forbidden'`);
  expect(text).toContain(rule);
  await settled();
  const [message = '', hint = ''] = text.split('\n');
  expect((await s.runtime.audit.logs(operator, id, 9)).join('\n')).toContain(`${message}; ${hint}`);
  const { items } = await s.runtime.audit.page(operator, { kind: 'policy.denied', limit: 9 });
  expect(items).toMatchObject([{ message, serviceId: id, data: { tool: 'forbidden', rule, hint } }]);
});

test('U31 the policy checks the name that is sent to the service, and the call is sent once', async () => {
  await running({ allowTools: ['ok'] });
  await call('ok', { name: 'forbidden' });
  const [sent] = s.connector.calls;
  expect(sent?.params.get('name')?.value).toBe('ok');
  expect([...(sent?.params.keys() ?? [])]).toEqual(['name', 'arguments']);
});

test('U32 of twenty concurrent calls two run at a time, all complete, and no slot stays taken', async () => {
  const id = await running({ maxConcurrency: 2, queue: 20 });
  const { releases } = delayCalls();
  let maxCount = 0;
  const calls = Array.from({ length: 20 }, () => call('ok'));
  await settled();
  expect(s.runtime.services.get(operator, id).calls).toEqual({ inFlight: 2, waiting: 18, refused: 0 });
  for (let i = 0; i < 20; i += 1) {
    maxCount = Math.max(maxCount, releases.length);
    releases.shift()?.();
    await settled();
  }
  expect(maxCount).toBe(2);
  expect((await Promise.all(calls)).map(codeOf)).toEqual(calls.map(() => undefined));
  expect(s.runtime.services.get(operator, id).calls).toEqual({ inFlight: 0, waiting: 0, refused: 0 });
});

test('a call is denied and counted when the slots and the queue are full', async () => {
  const id = await running({ maxConcurrency: 1, queue: 1 });
  const { releases } = delayCalls();
  const calls = [call('ok'), call('ok'), call('ok')];
  await settled();
  expect(codeOf((await calls[2]) ?? reply())).toBe('SERVICE_BUSY');
  expect(s.runtime.services.get(operator, id).calls).toEqual({ inFlight: 1, waiting: 1, refused: 1 });
  for (let i = 0; i < 2; i += 1) {
    releases.shift()?.();
    await settled();
  }
  await Promise.all(calls);
});

test('callers alternate in the queue of a busy service', async () => {
  await running({ maxConcurrency: 1, queue: 20 });
  const { releases } = delayCalls();
  const order: string[] = [];
  const from = (caller: string) => call('ok', {}, caller).then(() => order.push(caller));
  const calls = [from('a'), from('a'), from('a'), from('a'), from('b')];
  for (let i = 0; i < 5; i += 1) {
    await settled();
    releases.shift()?.();
  }
  await Promise.all(calls);
  expect(order).toEqual(['a', 'a', 'b', 'a', 'a']);
});

test('U33 a request over maxRequestBytes is denied before it is sent, and releases its slot', async () => {
  const id = await running({ maxRequestBytes: 2048, maxConcurrency: 1, queue: 0 });
  const denied = await call('ok', { text: 'x'.repeat(8192) });
  expect(codeOf(denied)).toBe('PAYLOAD_TOO_LARGE');
  expect(JSON.stringify(resultOf(denied))).toContain('maxRequestBytes of spec.policy is 2048');
  expect(s.connector.calls).toEqual([]);
  expect(codeOf(await call('ok', { text: 'x' }))).toBeUndefined();
  expect(s.runtime.services.get(operator, id).calls).toEqual({ inFlight: 0, waiting: 0, refused: 1 });
});

test('a rate allows its burst, then its calls per minute', async () => {
  await running({ rate: { perMinute: 60, burst: 3 } });
  const outcomes = async (count: number) =>
    (await Promise.all(Array.from({ length: count }, () => call('ok')))).map(codeOf);
  expect(await outcomes(5)).toEqual([undefined, undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED']);
  await s.pass(2_000);
  expect(await outcomes(3)).toEqual([undefined, undefined, 'RATE_LIMITED']);
});

test('limits of a tool apply in addition to limits of its service', async () => {
  await running({ maxRequestBytes: 4096, tools: { ok: { maxRequestBytes: 1024, rate: { perMinute: 1 } } } });
  expect(codeOf(await call('ok', { text: 'x'.repeat(2000) }))).toBe('PAYLOAD_TOO_LARGE');
  expect(codeOf(await call('forbidden', { text: 'x'.repeat(2000) }))).toBeUndefined();
  expect([codeOf(await call('ok')), codeOf(await call('ok'))]).toEqual([undefined, 'RATE_LIMITED']);
});

test('a call gets the timeouts and the size limit of the policy; progress extends it up to the maximum', async () => {
  await running({ timeoutMs: 500, maxTimeoutMs: 5000, maxResponseBytes: 2048, tools: { ok: { timeoutMs: 100 } } });
  const seen: unknown[] = [];
  s.connector.answer = (_request, { idleMs, totalMs, maxReplyBytes }) => {
    seen.push({ idleMs, totalMs, maxReplyBytes });
    return Promise.resolve(reply());
  };
  await call('forbidden');
  await call('ok');
  expect(seen).toEqual([
    { idleMs: 500, totalMs: 5000, maxReplyBytes: 2048 },
    { idleMs: 100, totalMs: 5000, maxReplyBytes: 2048 },
  ]);
});

/** A connector for remote services, whose defaults are those of the built-in one. */
class FakeRemote extends FakeConnector {
  override readonly origin = 'remote_mcp' as unknown as 'local_wasm';
  readonly defaultLimits = { idleMs: 20_000, totalMs: 600_000, maxReplyBytes: 1_048_576, maxMediaBytes: 16_777_216 };
}

const remote = (policy: ServicePolicy = {}) => remoteService('https://mcp.example.com', { module: 'far', policy });

test.each([
  ['no option', {}, {}, { idleMs: 20_000, totalMs: 600_000, maxReplyBytes: 1_048_576, maxMediaBytes: 16_777_216 }],
  ['options', { callTimeoutMs: 300, maxReplyBytes: 8_388_608 }, {}, { idleMs: 300, maxReplyBytes: 8_388_608 }],
  [
    'a manifest',
    { callTimeoutMs: 300 },
    { timeoutMs: 900, maxResponseBytes: 2048 },
    { idleMs: 900, maxReplyBytes: 2048 },
  ],
])('F8 a call of a remote service gets the limits of %s', async (_name, options, policy, limits) => {
  const connector = new FakeRemote();
  connector.tools.set('far', [{ name: 'ok' }]);
  await using runtime = await createRuntime({ connectors: [connector] }, options);
  const { service } = await runtime.services.apply(embeddedCaller, remote(policy));
  await runtime.services.start(embeddedCaller, service.serviceId);
  const seen: object[] = [];
  connector.answer = (_request, given) => {
    seen.push(given);
    return Promise.resolve(reply());
  };
  await runtime.tools.call(embeddedCaller, { name: 'far__ok', arguments: {} });
  expect(seen).toMatchObject([{ totalMs: 600_000, ...limits }]);
  expect('maxMediaBytes' in (seen[0] ?? {})).toBe('maxMediaBytes' in limits);
});

test('a cancelled call leaves the queue', async () => {
  const id = await running({ maxConcurrency: 1, queue: 5 });
  const { releases } = delayCalls();
  const first = call('ok');
  const gone = new AbortController();
  const second = ask(s.runtime, 'tools/call', { name: 'calc__ok' }, { signal: gone.signal });
  await settled();
  gone.abort();
  expect(codeOf(await second)).toBe('CALL_CANCELLED');
  expect(s.runtime.services.get(operator, id).calls).toMatchObject({ inFlight: 1, waiting: 0 });
  releases.shift()?.();
  await first;
  expect(s.connector.calls).toHaveLength(1);
});
