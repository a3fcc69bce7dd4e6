import { beforeEach, describe, expect, test } from '@jest/globals';
import { createRuntime, type Capabilities, type Manifest, type McpReply, type Runtime } from '@clarity-runtime/core';
import { ManualClock } from '@clarity-runtime/core/memory';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, rawParams, reply, type MadeConnection } from '../../support/fake-upstream.ts';
import { agent, operator, resultOf } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';
import { TestClient, until } from '../../support/test-client.ts';

let upstream: FakeUpstream;
let runtime: Runtime;
let clock: ManualClock;

const elicitation = { method: 'elicitation/create', params: rawParams({ message: 'Who?' }) };
const capabilities = { elicitation: {} };
const METHOD_NOT_SUPPORTED: McpReply = { error: { code: -32601, message: 'not declared' } };
const states = new WeakMap<MadeConnection, unknown>();

beforeEach(async () => {
  upstream = new FakeUpstream();
  upstream.sessions = 'costly';
  upstream.lists.set('a tools', '[{"name":"t"}]');
  // `set` stores a value in the connection, `t` asks and returns the value.
  upstream.answer = async ({ params }, exchange, connection) => {
    const args = params.get('arguments')?.value as { value?: string } | undefined;
    if (args?.value !== undefined) states.set(connection, args.value);
    const isDeclared = connection.events.clientCapabilities?.['elicitation'] !== undefined;
    const answer = isDeclared ? await exchange.onRequest(elicitation) : METHOD_NOT_SUPPORTED;
    return reply({ content: [], structuredContent: { isRefused: 'error' in answer, value: states.get(connection) } });
  };
  clock = new ManualClock();
  runtime = await createRuntime({ connectors: [upstream], clock });
});

async function run(spec: Partial<Manifest['spec']> = {}): Promise<string> {
  const manifest = manifestOf('a');
  const { service } = await runtime.services.apply(operator, { ...manifest, spec: { ...manifest.spec, ...spec } });
  await runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

const client = (name: string, given: Capabilities = capabilities) =>
  new TestClient(runtime, {
    capabilities: given,
    onAsk: (): Promise<McpReply> => Promise.resolve(reply({ action: 'accept', content: { name } })),
  });
const plain = () => new TestClient(runtime);
const call = async (from: TestClient, value?: string): Promise<unknown> =>
  resultOf(await from.request('tools/call', { name: 'a__t', arguments: value === undefined ? {} : { value } }))[
    'structuredContent'
  ];
const declared = () => upstream.made.map(({ events }) => events.clientCapabilities);

describe('a child process (costly sessions)', () => {
  test('[first-hour.30] Q31 runs once for its start, for a refresh and for clients that declare nothing', async () => {
    const id = await run();
    await runtime.services.introspect(operator, id);
    upstream.made[0]?.events.onListChanged('tools');
    await call(plain());
    expect(declared()).toEqual([undefined]);
  });

  test('Q30 asks a client that declares elicitation over a process of its own, with default settings', async () => {
    await run();
    const [one, two] = [client('one'), client('two')];
    expect(await call(one)).toMatchObject({ isRefused: false });
    expect(await call(two)).toMatchObject({ isRefused: false });
    expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
    expect(declared()).toEqual([undefined, capabilities, capabilities]);
    expect(await call(plain())).toMatchObject({ isRefused: true });
  });

  test('Q30 serves lists and completions of such a client without a process of its own', async () => {
    await run();
    const one = client('one');
    await one.request('tools/list');
    await one.request('completion/complete', { ref: { type: 'ref/prompt', name: 'x' }, argument: {} });
    expect(declared()).toEqual([undefined]);
  });

  test('M14 declares roots to the process of a client that declares roots', async () => {
    await run();
    await call(client('one', { roots: { listChanged: true } }));
    expect(declared()).toEqual([undefined, { roots: { listChanged: true } }]);
  });

  test('M14 a roots/list right after the handshake reaches the client whose connection it is', async () => {
    const answers: unknown[] = [];
    const connect = upstream.connect.bind(upstream);
    upstream.connect = async (service, events) => {
      const connection = await connect(service, events);
      answers.push(await events.onRequest?.({ method: 'roots/list', params: new Map() }));
      answers.push(await events.onRequest?.({ method: 'sampling/createMessage', params: new Map() }));
      return connection;
    };
    await run();
    expect(answers).toEqual([undefined, undefined]);
    const [one, two] = [client('one', { roots: {} }), client('two', { roots: {} })];
    await call(one);
    expect([one.asked.map(({ method }) => method), two.asked]).toEqual([['roots/list'], []]);
    await call(two);
    expect(two.asked.map(({ method }) => method)).toEqual(['roots/list']);
    expect(answers.slice(3, 4)).toMatchObject([{ error: { code: -32601 } }]);
  });

  test('M14 a roots/list after the request that opened the connection is refused, not left without an answer', async () => {
    const asks: (() => Promise<unknown> | undefined)[] = [];
    const connect = upstream.connect.bind(upstream);
    upstream.connect = (service, events) => {
      asks.push(() => events.onRequest?.({ method: 'roots/list', params: new Map() }));
      return connect(service, events);
    };
    await run();
    const one = client('one', { roots: {} });
    await call(one);
    expect(await asks[1]?.()).toMatchObject({ error: { code: -32601 } });
    expect(one.asked).toEqual([]);
  });

  test('Q30 ends the process 60 s after the last call, and the next call starts another', async () => {
    await run();
    const one = client('one');
    await call(one);
    clock.advance(59_000);
    await settled();
    await call(one);
    clock.advance(59_000);
    await settled();
    expect(upstream.made[1]?.isClosed).toBe(false);
    clock.advance(1_000);
    await settled();
    expect(upstream.made[1]?.isClosed).toBe(true);
    expect(await call(one)).toMatchObject({ isRefused: false });
    expect(declared()).toHaveLength(3);
  });

  test('Q30 uses the shared process beyond 16 processes', async () => {
    await run();
    const refused: unknown[] = [];
    for (let i = 0; i < 17; i += 1) refused.push(((await call(client('x'))) as { isRefused: boolean }).isRefused);
    expect(refused).toEqual([...Array<boolean>(16).fill(false), true]);
  });

  test('Q30 shows the tools of a process with capabilities to later clients with capabilities', async () => {
    upstream.lists.set('a tools', (_request, { events }) =>
      reply({ tools: (events.clientCapabilities === undefined ? ['t'] : ['ask', 't']).map((name) => ({ name })) }),
    );
    await run();
    const names = async (from: TestClient): Promise<unknown> =>
      (resultOf(await from.request('tools/list'))['tools'] as { name: string }[]).map(({ name }) => name);
    expect(await names(client('one'))).toEqual(['a__t']);
    await call(client('one'));
    for (let i = 0; i < 5; i += 1) await settled();
    expect(await names(client('two'))).toEqual(['a__ask', 'a__t']);
    expect(await names(plain())).toEqual(['a__t']);
  });

  test('Q30 isolation shared never starts a process of a client', async () => {
    await run({ isolation: 'shared' });
    expect(await call(client('one'))).toMatchObject({ isRefused: true });
    expect(declared()).toEqual([undefined]);
  });
});

describe.each([true, 'costly'] as const)('isolation per-client with sessions %s', (sessions) => {
  beforeEach(async () => {
    upstream.sessions = sessions;
    await run({ isolation: 'per-client' });
  });

  test.each(['legacy', 'modern'] as const)('Q16 M13 keeps the state of two %s clients apart', async (era) => {
    const callers = era === 'legacy' ? [agent, agent] : [agent, operator];
    const [one, two] = callers.map((caller) => new TestClient(runtime, { era, caller }));
    if (one === undefined || two === undefined) throw new Error('there are two');
    expect(await call(one, 'of one')).toMatchObject({ value: 'of one' });
    expect(await call(two, 'of two')).toMatchObject({ value: 'of two' });
    expect(await call(one)).toMatchObject({ value: 'of one' });
  });

  test('Q16 asks the client over its own process', async () => {
    const one = client('one');
    expect(await call(one, 'x')).toMatchObject({ isRefused: false, value: 'x' });
    expect(await call(one)).toMatchObject({ isRefused: false, value: 'x' });
  });

  test('Q16 M13 ends the process with the session of its client', async () => {
    const one = plain();
    await call(one);
    const own = upstream.made.at(-1);
    one.peer.close();
    await until(() => own?.isClosed === true);
  });

  test('Q16 M13 fails instead of sharing when no process is free', async () => {
    upstream.connect = () => Promise.reject(new Error('no'));
    expect(resultOf(await plain().request('tools/call', { name: 'a__t' }))).toMatchObject({
      _meta: { 'clarity/error': { code: 'SERVICE_CANNOT_ASK' } },
    });
  });
});
