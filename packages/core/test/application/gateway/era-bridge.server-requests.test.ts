import { beforeEach, describe, expect, test } from '@jest/globals';
import { RawJson, type McpReply } from '@clarity-runtime/core';
import { agent, operator, resultOf } from '../../support/speak.ts';
import { rawParams, reply, type Answer } from '../../support/fake-upstream.ts';
import { TestClient, until } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

const elicitation = {
  method: 'elicitation/create',
  params: rawParams({ message: 'Who?', requestedSchema: { type: 'object' } }),
};
const accepted = (name: string): McpReply => reply({ action: 'accept', content: { name } });

/** Sends the given number of elicitations. Returns the received responses. */
const asksFor =
  (times: number): Answer =>
  async (_request, exchange) => {
    const responses: unknown[] = [];
    for (let i = 0; i < times; i += 1) {
      const answer = await exchange.onRequest(elicitation);
      responses.push('result' in answer ? answer.result.value : answer.error.code);
    }
    return reply({ content: [], structuredContent: { responses } });
  };

beforeEach(async () => {
  given = await withUpstream();
  given.upstream.lists.set('a tools', '[{"name":"t"}]');
  given.upstream.sessions = true;
});

const call = (client: TestClient, more: object = {}) => client.request('tools/call', { name: 'a__t', ...more });

describe('a legacy client of a legacy service', () => {
  test('gets server requests over a connection of its own', async () => {
    given.upstream.answer = asksFor(1);
    await given.run('a');
    const clients = ['one', 'two'].map(
      (name) =>
        new TestClient(given.runtime, {
          capabilities: { elicitation: {} },
          onAsk: () => Promise.resolve(accepted(name)),
        }),
    );
    for (const client of clients) for (let i = 0; i < 2; i += 1) await call(client);
    const results = await Promise.all(clients.map((client) => call(client)));
    expect(results.map((result) => resultOf(result).structuredContent)).toEqual([
      { responses: [{ action: 'accept', content: { name: 'one' } }] },
      { responses: [{ action: 'accept', content: { name: 'two' } }] },
    ]);
    expect(given.upstream.made.map(({ events, requests }) => [events.clientCapabilities, requests.length])).toEqual([
      [undefined, 0],
      [{ elicitation: {} }, 3],
      [{ elicitation: {} }, 3],
    ]);
    for (const client of clients) client.peer.close();
    await until(() => given.upstream.made.slice(1).every(({ isClosed }) => isClosed));
  });

  test('gets no server request that it did not declare', async () => {
    given.upstream.answer = asksFor(1);
    await given.run('a');
    const client = new TestClient(given.runtime, {
      capabilities: { roots: {} },
      onAsk: () => Promise.resolve(accepted('x')),
    });
    expect(resultOf(await call(client))).toMatchObject({ structuredContent: { responses: [-32601] } });
    const silent = new TestClient(given.runtime, { onAsk: () => Promise.resolve(accepted('x')) });
    expect(resultOf(await call(silent))).toMatchObject({ structuredContent: { responses: [-32601] } });
    expect([client.asked, silent.asked]).toEqual([[], []]);
    expect(given.upstream.made).toHaveLength(2);
  });

  test('gets an elicitation with mode url only if it declared that mode', async () => {
    const url = { method: 'elicitation/create', params: rawParams({ mode: 'url', url: 'https://x' }) };
    given.upstream.answer = async (_request, exchange) => {
      const answer = await exchange.onRequest(url);
      return reply({ content: [], structuredContent: 'error' in answer });
    };
    await given.run('a');
    for (const [elicit, isRefused] of [
      [{}, true],
      [{ form: {} }, true],
      [{ url: {} }, false],
    ] as const) {
      const client = new TestClient(given.runtime, {
        capabilities: { elicitation: elicit },
        onAsk: () => Promise.resolve(accepted('x')),
      });
      expect(resultOf(await call(client))).toMatchObject({ structuredContent: isRefused });
    }
  });

  test('uses the shared connection when the service has only one', async () => {
    given.upstream.sessions = false;
    await given.run('a');
    await call(new TestClient(given.runtime, { capabilities: { sampling: {} } }));
    expect(given.upstream.made).toHaveLength(1);
  });

  test('forwards roots/list_changed to its connection, and loses it when the service stops', async () => {
    const id = await given.run('a');
    const client = new TestClient(given.runtime, { capabilities: { roots: {} } });
    await call(client);
    client.peer.notify({ method: 'notifications/roots/list_changed', params: new Map() });
    await until(() => given.upstream.made[1]?.notified.length === 1);
    given.upstream.lists.set('a prompts', '[{"name":"new"}]');
    given.upstream.made[1]?.events.onListChanged('prompts');
    await until(() => client.notifications.some(({ method }) => method === 'notifications/prompts/list_changed'));
    await given.runtime.services.stop(operator, id);
    await until(() => given.upstream.made[1]?.isClosed === true);
  });
});

test('clients get new connections after a restart of the service, also those whose attempt failed before', async () => {
  given.upstream.answer = asksFor(1);
  const id = await given.run('a');
  const connect = given.upstream.connect.bind(given.upstream);
  const onAsk = (): Promise<McpReply> => Promise.resolve(accepted('x'));
  const [first, second] = [0, 1].map(() => new TestClient(given.runtime, { capabilities: { elicitation: {} }, onAsk }));
  if (first === undefined || second === undefined) throw new Error('there are two');
  const asked = { structuredContent: { responses: [{ action: 'accept' }] } };
  expect(resultOf(await call(first))).toMatchObject(asked);
  given.upstream.connect = () => Promise.reject(new Error('no'));
  for (let i = 0; i < 2; i += 1) await call(second);
  expect(second.asked).toHaveLength(2);
  given.upstream.connect = connect;
  await given.runtime.services.stop(operator, id);
  expect(resultOf(await call(first))).toMatchObject({ isError: true });
  await given.runtime.services.start(operator, id);
  const before = given.upstream.made.length;
  for (const client of [first, second]) expect(resultOf(await call(client))).toMatchObject(asked);
  expect(given.upstream.made).toHaveLength(before + 2);
});

describe('a legacy client of a modern service', () => {
  const required = (key: string, state?: string): McpReply =>
    reply({
      resultType: 'input_required',
      inputRequests: { [key]: { method: 'elicitation/create', params: { message: key } } },
      ...(state === undefined ? {} : { requestState: state }),
    });

  test('gets the input requests of the service, and the request is repeated with the responses', async () => {
    given.upstream.era = 'modern';
    given.upstream.answer = ({ params }) => {
      const answers = params.get('inputResponses')?.value as Record<string, unknown> | undefined;
      if (answers === undefined) return Promise.resolve(required('first', 'state-1'));
      if ('first' in answers) return Promise.resolve(required('second', 'state-2'));
      return Promise.resolve(reply({ resultType: 'complete', content: [], structuredContent: answers }));
    };
    await given.run('a');
    const client = new TestClient(given.runtime, {
      capabilities: { elicitation: {} },
      onAsk: ({ params }) => Promise.resolve(accepted(String(params.get('message')?.value))),
    });
    const args = RawJson.fromText('{"big": 9007199254740993}');
    expect(resultOf(await call(client, { arguments: args }))).toMatchObject({
      structuredContent: { second: { action: 'accept', content: { name: 'a asks: second' } } },
    });
    expect(given.upstream.requests.map(({ params }) => params.get('requestState')?.value)).toEqual([
      undefined,
      'state-1',
      'state-2',
    ]);
    for (const { params } of given.upstream.requests) expect(params.get('arguments')?.text).toBe(args.text);
  });

  test('gets an error for an undeclared input request, and after 16 rounds', async () => {
    given.upstream.era = 'modern';
    given.upstream.answer = () => Promise.resolve(required('again'));
    await given.run('a');
    const unable = new TestClient(given.runtime, { capabilities: { roots: {} } });
    expect(await call(unable)).toMatchObject({
      error: { code: -32600, message: expect.stringContaining('elicitation/create') },
    });
    expect(unable.asked).toEqual([]);
    const failing = new TestClient(given.runtime, { capabilities: { elicitation: {} } });
    expect(await call(failing)).toMatchObject({ error: { message: expect.stringContaining('no answer') } });
    const patient = new TestClient(given.runtime, {
      capabilities: { elicitation: {} },
      onAsk: () => Promise.resolve(accepted('x')),
    });
    expect(await call(patient)).toMatchObject({ error: { message: 'the service requests input more than 16 times' } });
    expect(patient.asked).toHaveLength(16);
  });
});

test('a service with both eras is used in the era of the client', async () => {
  given.upstream.era = 'modern';
  given.upstream.speaksBoth = true;
  given.upstream.answer = asksFor(1);
  await given.run('a');
  const client = new TestClient(given.runtime, {
    capabilities: { elicitation: {} },
    onAsk: () => Promise.resolve(accepted('x')),
  });
  expect(resultOf(await call(client))).toMatchObject({ structuredContent: { responses: [{ action: 'accept' }] } });
  expect(given.upstream.made.map(({ events, requests }) => [events.era, requests.length])).toEqual([
    [undefined, 0],
    ['legacy', 1],
  ]);
  expect(given.upstream.requests[0]?.params.has('_meta')).toBe(false);
});

test('a modern client and a modern service exchange requests and results, with a count in front of requestState', async () => {
  given.upstream.era = 'modern';
  const written =
    '{"resultType":"input_required","inputRequests":{"k":{"method":"roots/list"}},"requestState":"theirs"}';
  given.upstream.answer = () => Promise.resolve({ result: RawJson.fromText(written) });
  await given.run('a');
  const client = new TestClient(given.runtime, { era: 'modern', capabilities: { roots: {} } });
  const meta = { 'io.modelcontextprotocol/clientCapabilities': { roots: {} } };
  expect(resultOf(await call(client, { _meta: meta }))).toMatchObject({
    resultType: 'input_required',
    requestState: 'clarity-asked-1:theirs',
  });
  await call(client, { _meta: meta, requestState: 'clarity-asked-1:theirs', inputResponses: { k: { roots: [] } } });
  const { params } = given.upstream.requests[1] ?? { params: new Map<string, RawJson>() };
  expect([params.get('requestState')?.value, params.get('inputResponses')?.value, params.get('_meta')?.value]).toEqual([
    'theirs',
    { k: { roots: [] } },
    meta,
  ]);
  expect(given.upstream.made).toHaveLength(1);
});

test('T-265 a shared connection rejects server requests for a modern client with -32601', async () => {
  given.upstream.sessions = false;
  given.upstream.answer = asksFor(1);
  await given.run('a');
  const client = new TestClient(given.runtime, { era: 'modern', caller: agent, capabilities: { elicitation: {} } });
  expect(resultOf(await call(client))).toMatchObject({ structuredContent: { responses: [-32601] } });
});
