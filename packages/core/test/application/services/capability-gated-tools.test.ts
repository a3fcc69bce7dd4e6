import { beforeEach, describe, expect, test } from '@jest/globals';
import { createRuntime, type McpReply, type Runtime } from '@clarity-runtime/core';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, rawParams, reply, type MadeConnection } from '../../support/fake-upstream.ts';
import { operator, resultOf } from '../../support/speak.ts';
import { TestClient, until } from '../../support/test-client.ts';

let upstream: FakeUpstream;
let runtime: Runtime;

const elicitation = { method: 'elicitation/create', params: rawParams({ message: 'Who?' }) };
const capabilities = { elicitation: {} };
const onAsk = (): Promise<McpReply> => Promise.resolve(reply({ action: 'accept' }));

beforeEach(async () => {
  upstream = new FakeUpstream();
  upstream.sessions = true;
  upstream.lists.set('a tools', toolsBy(['t'], ['ask', 't']));
  upstream.answer = async (_request, exchange) => {
    const answer = await exchange.onRequest(elicitation);
    return reply({ content: [], structuredContent: { isRefused: 'error' in answer } });
  };
  runtime = await createRuntime({ connectors: [upstream] });
});

/** Returns a handler of `tools/list`: `plain` for a connection without capabilities, `declared` for others. */
function toolsBy(plain: readonly string[], declared: readonly string[]) {
  return (_request: unknown, { events }: MadeConnection): McpReply =>
    reply({ tools: (events.clientCapabilities === undefined ? plain : declared).map((name) => ({ name })) });
}

async function run(more: object = {}): Promise<string> {
  const manifest = manifestOf('a');
  const { service } = await runtime.services.apply(operator, { ...manifest, spec: { ...manifest.spec, ...more } });
  await runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

const asking = (era: 'legacy' | 'modern' = 'legacy') => new TestClient(runtime, { era, capabilities, onAsk });
const declaredCapabilities = () =>
  upstream.made.map(({ events }) =>
    events.clientCapabilities === undefined ? 'none' : Object.keys(events.clientCapabilities),
  );
const listed = async (client: TestClient): Promise<unknown> =>
  (resultOf(await client.request('tools/list'))['tools'] as { name: string }[]).map(({ name }) => name);
const revision = (id: string) => runtime.services.get(operator, id).interface?.interfaceRevision;

describe('capability-gated tools of a legacy service', () => {
  test('are read over a short connection and listed for clients with capabilities', async () => {
    await run();
    const asked = ['sampling', 'elicitation', 'roots'];
    expect(declaredCapabilities()).toEqual(['none', [...asked, 'extensions'], asked]);
    await until(() => upstream.made[2]?.isClosed === true);
    expect(await listed(asking())).toEqual(['a__ask', 'a__t']);
    expect(await listed(new TestClient(runtime))).toEqual(['a__t']);
  });

  test('T-265 cannot be called by a client without capabilities, and send no server request', async () => {
    await run();
    const client = new TestClient(runtime, { onAsk });
    expect(resultOf(await client.request('tools/call', { name: 'a__ask' }))).toMatchObject({
      isError: true,
      _meta: { 'clarity/error': { code: 'TOOL_NOT_FOUND' } },
    });
    expect([client.asked, upstream.requests, declaredCapabilities().length]).toEqual([[], [], 3]);
  });

  test('return SERVICE_CANNOT_ASK when the service accepts no further connection', async () => {
    await run();
    const connect = upstream.connect.bind(upstream);
    upstream.connect = () => Promise.reject(new Error('no'));
    const client = asking();
    const call = () => client.request('tools/call', { name: 'a__ask' });
    expect(resultOf(await call())).toMatchObject({ _meta: { 'clarity/error': { code: 'SERVICE_CANNOT_ASK' } } });
    upstream.connect = connect;
    expect(resultOf(await call())).toMatchObject({ structuredContent: { isRefused: false } });
  });
});

test('T-265 server requests are rejected while the gated lists are read', async () => {
  const responses: unknown[] = [];
  upstream.reading = async (exchange) => {
    responses.push(await exchange.onRequest(elicitation));
  };
  await run();
  expect(responses).toMatchObject(Array(3).fill({ error: { code: -32601 } }));
});

test('a pinned interface is unchanged when the gated lists cannot be read', async () => {
  const id = await run({ pinInterface: true });
  const before = revision(id);
  const connect = upstream.connect.bind(upstream);
  upstream.connect = (service, events) =>
    events.clientCapabilities === undefined ? connect(service, events) : Promise.reject(new Error('no second one'));
  for (const step of ['introspect', 'restart'] as const) {
    await runtime.services[step](operator, id);
    expect(revision(id)).toBe(before);
  }
  expect(await runtime.interfaces.review(operator, id)).toMatchObject({ held: [] });
  expect(await runtime.audit.logs(operator, id, 9)).toContainEqual(expect.stringContaining('were not read'));
});

test('a service without gated tools has the same revision as an ungated read', async () => {
  upstream.lists.set('a tools', '[{"name":"t"}]');
  const id = await run();
  upstream.sessions = false;
  const other = await createRuntime({ connectors: [upstream] });
  const { service } = await other.services.apply(operator, manifestOf('a'));
  await other.services.start(operator, service.serviceId);
  expect(other.services.get(operator, id).interface?.interfaceRevision).toBe(revision(id));
});

test('gated tools over the limits are dropped', async () => {
  const many = Array.from({ length: 300 }, (_, i) => `t${String(i)}`);
  upstream.lists.set('a tools', toolsBy(['t'], many));
  const id = await run();
  expect(runtime.services.get(operator, id).interface?.tools).toHaveLength(201);
});
