import { beforeEach, expect, test } from '@jest/globals';
import { createRuntime, RawJson, type McpReply, type Runtime } from '@clarity-runtime/core';
import { defaultPolicy } from '@clarity-runtime/core/internal';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, rawParams, reply } from '../../support/fake-upstream.ts';
import { agent, operator, resultOf, withId } from '../../support/speak.ts';
import { TestClient, until, type TestClientOptions } from '../../support/test-client.ts';

let upstream: FakeUpstream;
let runtime: Runtime;
let clock: ManualClock;
let exchanges: UpstreamRequestOptions[];

/** The service sends one elicitation for each word of the call. Its result contains the responses. */
beforeEach(async () => {
  clock = new ManualClock();
  upstream = new FakeUpstream();
  upstream.sessions = true;
  upstream.lists.set('a tools', '[{"name":"t"},{"name":"u"}]');
  exchanges = [];
  upstream.answer = async ({ params }, exchange) => {
    exchanges.push(exchange);
    const { words = [] } = (params.get('arguments')?.value ?? {}) as { words?: string[] };
    const responses: unknown[] = [];
    for (const word of words) {
      const answer = await exchange.onRequest({ method: 'elicitation/create', params: rawParams({ message: word }) });
      responses.push('result' in answer ? answer.result.value : answer.error.code);
    }
    return reply({ content: [], structuredContent: { responses } });
  };
  runtime = await createRuntime({ connectors: [upstream], clock });
  const { service } = await runtime.services.apply(operator, manifestOf('a'));
  await runtime.services.start(operator, service.serviceId);
});

const modern = (over: Partial<TestClientOptions> = {}): TestClient =>
  new TestClient(runtime, { era: 'modern', capabilities: { elicitation: {} }, ...over });

interface Required {
  readonly resultType: string;
  readonly requestState: string;
  readonly inputRequests: Readonly<Record<string, { readonly method: string; readonly params: unknown }>>;
}
const required = (answer: McpReply): Required => resultOf(answer) as unknown as Required;

const words = (...said: string[]) => ({ name: 'a__t', arguments: { words: said } });
const call = (client: TestClient, params: object) => client.request('tools/call', { ...params });

/** Returns the parameters of the next request of a call. */
const answered = ({ requestState, inputRequests }: Required, value: unknown): object => ({
  requestState,
  inputResponses: Object.fromEntries(Object.keys(inputRequests).map((key) => [key, value])),
});

test('a modern client of a legacy service gets input_required, and continues with its responses', async () => {
  const client = modern();
  const params = words('one', 'two');
  const first = required(await call(client, params));
  expect(first).toMatchObject({
    resultType: 'input_required',
    requestState: expect.stringMatching(/^clarity-[0-9a-f]{32}$/),
  });
  expect(Object.values(first.inputRequests)).toEqual([
    { method: 'elicitation/create', params: { message: 'a asks: one' } },
  ]);
  const second = required(await call(client, { ...params, ...answered(first, { n: 1 }) }));
  expect(Object.values(second.inputRequests)).toMatchObject([{ params: { message: 'a asks: two' } }]);
  expect(second.requestState).not.toBe(first.requestState);
  expect(resultOf(await call(client, { ...params, ...answered(second, { n: 2 }) }))).toMatchObject({
    resultType: 'complete',
    structuredContent: { responses: [{ n: 1 }, { n: 2 }] },
  });
  expect(exchanges).toHaveLength(1);
});

test('requestState works once, for the same caller, endpoint and request', async () => {
  const client = modern();
  const params = words('one');
  const first = required(await call(client, params));
  const next = { ...params, ...answered(first, {}) };
  const unknownState = { error: { code: -32602, message: expect.stringContaining('requestState') } };
  const stranger = modern({ caller: withId(agent, 'another') });
  expect(await call(stranger, next)).toMatchObject(unknownState);
  expect(await call(modern({ service: 'a' }), { ...next, name: 't' })).toMatchObject(unknownState);
  expect(await call(client, { ...next, name: 'a__u' })).toMatchObject(unknownState);
  expect(await call(client, { ...next, arguments: { words: ['other'] } })).toMatchObject(unknownState);
  for (const requestState of ['x', `${first.requestState}0`, 5, null, {}]) {
    expect(await call(client, { ...next, requestState })).toMatchObject(unknownState);
  }
  expect(resultOf(await call(client, next))).toMatchObject({ structuredContent: { responses: [{}] } });
  expect(await call(client, next)).toMatchObject(unknownState);
  expect(exchanges).toHaveLength(1);
});

test('input_required repeats unanswered requests and ignores responses with unknown keys', async () => {
  const client = modern();
  const params = words('one');
  const first = required(await call(client, params));
  const again = required(
    await call(client, { ...params, requestState: first.requestState, inputResponses: { other: {} } }),
  );
  expect(again.inputRequests).toEqual(first.inputRequests);
  const once = required(await call(client, { ...params, requestState: again.requestState }));
  expect(resultOf(await call(client, { ...params, ...answered(once, 7) }))).toMatchObject({
    structuredContent: { responses: [7] },
  });
});

test('a parked call is cancelled when its client does not continue within five minutes', async () => {
  const client = modern();
  const params = words('one');
  const first = required(await call(client, params));
  clock.advance(5 * 60_000 - 1);
  expect(exchanges[0]?.signal.aborted).toBe(false);
  clock.advance(1);
  await until(() => exchanges[0]?.signal.aborted === true);
  expect(await call(client, { ...params, ...answered(first, {}) })).toMatchObject({ error: { code: -32602 } });
});

test('a client that cancels a queued continuation cancels the call', async () => {
  const spec = { maxConcurrency: 1 };
  await runtime.policies.apply(operator, { ...defaultPolicy, spec });
  const client = modern();
  const params = words('one');
  const first = required(await call(client, params));
  upstream.answer = () => new Promise(() => undefined);
  void call(modern({ caller: withId(agent, 'another') }), words());
  const abort = new AbortController();
  const last = client.request('tools/call', { ...params, ...answered(first, {}) }, { signal: abort.signal });
  await until(() => runtime.services.list(operator)[0]?.calls.waiting === 1);
  expect(exchanges[0]?.signal.aborted).toBe(false);
  abort.abort();
  expect(resultOf(await last)).toMatchObject({ _meta: { 'clarity/error': { code: 'CALL_CANCELLED' } } });
  expect(exchanges[0]?.signal.aborted).toBe(true);
});

test('a client that cancels a continuation cancels the call', async () => {
  const client = modern();
  let resumed = false;
  upstream.answer = async (_request, exchange) => {
    exchanges.push(exchange);
    await exchange.onRequest({ method: 'elicitation/create', params: rawParams({ message: 'x' }) });
    resumed = true;
    return new Promise((_resolve, reject) => {
      exchange.signal.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });
  };
  const first = required(await call(client, words()));
  const abort = new AbortController();
  const last = client.request('tools/call', { ...words(), ...answered(first, {}) }, { signal: abort.signal });
  await until(() => resumed);
  abort.abort();
  expect(resultOf(await last)).toMatchObject({ _meta: { 'clarity/error': { code: 'CALL_CANCELLED' } } });
  await until(() => exchanges[0]?.signal.aborted === true);
});

test('progress has the token of the request in which it arrives', async () => {
  const client = modern();
  upstream.answer = async ({ params }, exchange) => {
    const { progressToken } = params.get('_meta')?.value as { progressToken: unknown };
    const say = (progress: number): void => {
      exchange.onNotification({ method: 'notifications/progress', params: rawParams({ progressToken, progress }) });
    };
    say(1);
    await exchange.onRequest({ method: 'elicitation/create', params: rawParams({ message: 'x' }) });
    say(2);
    return reply({ content: [] });
  };
  const first = required(await call(client, { ...words(), _meta: { progressToken: 'one' } }));
  await call(client, { ...words(), ...answered(first, {}), _meta: { progressToken: 2 } });
  expect(
    client.requestNotifications.map(({ params }) => [
      params.get('progressToken')?.value,
      params.get('progress')?.value,
    ]),
  ).toEqual([
    ['one', 1],
    [2, 2],
  ]);
});

test('parked calls are limited by the connections', async () => {
  const client = modern();
  // Each parked call has its own connection, and the limit of connections is lower than the limit of parked calls.
  const parked = await Promise.all(Array.from({ length: 128 }, () => call(client, words('x'))));
  expect(parked.every((answer) => required(answer).resultType === 'input_required')).toBe(true);
  expect(resultOf(await call(client, words('x')))).toMatchObject({ structuredContent: { responses: [-32601] } });
  clock.advance(5 * 60_000);
  await until(() => exchanges.slice(0, 128).every(({ signal }) => signal.aborted));
});

test('a connection is used again by the same caller only', async () => {
  const [mine, theirs] = [modern(), modern({ caller: withId(agent, 'another') })];
  for (let i = 0; i < 3; i += 1) await call(mine, words());
  await call(theirs, words());
  expect(upstream.made.map(({ requests }) => requests.length)).toEqual([0, 0, 3, 1]);
  clock.advance(300_000);
  await until(() => upstream.made.slice(1).every(({ isClosed }) => isClosed));
});

test('a client without capabilities gets no connection of its own', async () => {
  await call(modern({ capabilities: {} }), words());
  expect(upstream.made.map(({ requests }) => requests.length)).toEqual([1, 0]);
});

test('a service that accepts no second connection serves the call over the shared one', async () => {
  const connect = upstream.connect.bind(upstream);
  upstream.connect = (service, events) =>
    upstream.made.length > 0 ? Promise.reject(new Error('no')) : connect(service, events);
  expect(resultOf(await call(modern(), words('x')))).toMatchObject({ structuredContent: { responses: [-32601] } });
});

test('tools/call sends unchanged arguments to a legacy service', async () => {
  const written = RawJson.fromText('{"words": [], "big": 9007199254740993}');
  await call(modern(), { name: 'a__t', arguments: written });
  expect(upstream.requests[0]?.params.get('arguments')?.text).toBe(written.text);
});

test.each([{ toString: 1 }, ['elicitation/create'], null, 7])(
  'Q30 a question of a modern service whose method is %j is refused by name, and the client is not asked',
  async (method) => {
    upstream.era = 'modern';
    upstream.answer = () =>
      Promise.resolve(reply({ resultType: 'input_required', inputRequests: { q: { method, params: {} } } }));
    const module = 'm';
    upstream.lists.set('m tools', '[{"name":"t"}]');
    const { service } = await runtime.services.apply(operator, manifestOf(module));
    await runtime.services.start(operator, service.serviceId);
    const client = new TestClient(runtime, { era: 'legacy', capabilities: { elicitation: {} } });
    const answer = await call(client, { name: 'm__t', arguments: {} });
    expect(answer).toMatchObject({ error: { message: expect.stringContaining(JSON.stringify(method)) } });
    expect(client.asked).toEqual([]);
  },
);
