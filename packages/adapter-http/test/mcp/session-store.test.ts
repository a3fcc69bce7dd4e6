import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { legacy, openSession, postMcp } from '../support/mcp-client.ts';
import { openStream } from '../support/sse-reader.ts';
import { call, empty, held, note, startWatched } from '../support/watched.ts';

const scopes: GatewayScope[] = [];
let daemon: Daemon;

beforeAll(async () => {
  daemon = await startWatched(scopes);
});

beforeEach(() => {
  scopes.length = 0;
  daemon.connector.answer = () => Promise.resolve(empty);
});

afterAll(() => daemon[Symbol.asyncDispose]());

test('initialize returns a session id, and the session keeps clientInfo', async () => {
  const capabilities = { sampling: {}, elicitation: { form: {}, url: {} }, roots: { listChanged: true } };
  const headers = await openSession(daemon, { version: '2025-06-18', capabilities });
  expect(headers['mcp-session-id']).toMatch(/^[\w-]{40,256}$/);
  scopes.length = 0;
  for (const version of ['2025-06-18', undefined]) {
    await postMcp(daemon, legacy('ping'), { headers: { ...headers, 'mcp-protocol-version': version } });
  }
  expect(scopes).toMatchObject([
    {
      era: 'legacy',
      revision: '2025-06-18',
      clientCapabilities: capabilities,
      caller: { client: { name: 'client', version: '1' } },
    },
  ]);
});

test('a session id is valid in a later process with the same key only', async () => {
  await using before = await startWatched(scopes);
  const headers = await openSession(before, { capabilities: { roots: {} } });
  scopes.length = 0;
  expect((await postMcp(daemon, legacy('tools/list'), { headers })).status).toBe(200);
  expect(scopes).toMatchObject([{ revision: '2025-11-25', clientCapabilities: { roots: {} } }]);
  await using stranger = await startDaemon();
  expect((await postMcp(stranger, legacy('ping'), { headers })).status).toBe(404);
});

test("a foreign, changed or other endpoint's session id is answered with 404", async () => {
  const headers = await openSession(daemon);
  const id = headers['mcp-session-id'];
  const changed = [
    id.slice(1),
    `${id}A`,
    `${id}=`,
    `B${id.slice(1)}`,
    `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`,
  ];
  for (const bad of ['x', '', ...changed]) {
    const answer = await postMcp(daemon, legacy('ping'), { headers: { ...headers, 'mcp-session-id': bad } });
    expect([answer.status, answer.message?.error?.code]).toEqual([404, -32600]);
    expect((await postMcp(daemon, note('initialized'), { headers: { 'mcp-session-id': bad } })).status).toBe(404);
  }
  expect((await postMcp(daemon, legacy('ping'), { headers, path: '/mcp/calc' })).status).toBe(404);
  expect((await postMcp(daemon, legacy('ping'), { headers })).status).toBe(200);
});

test('DELETE ends a session, and its id is answered with 404 from then on', async () => {
  const headers = await openSession(daemon);
  const end = () => fetch(`${daemon.url}/mcp`, { method: 'DELETE', headers });
  expect((await end()).status).toBe(200);
  expect((await end()).status).toBe(404);
  expect((await postMcp(daemon, legacy('ping'), { headers })).status).toBe(404);
  expect((await openStream(daemon, { headers })).status).toBe(404);
});

test('DELETE aborts the running requests of the session', async () => {
  const headers = await openSession(daemon);
  const running = held(daemon);
  const answer = postMcp(daemon, call, { headers });
  const { exchange } = await running;
  await fetch(`${daemon.url}/mcp`, { method: 'DELETE', headers });
  expect((await answer).status).toBe(202);
  expect(exchange.signal.aborted).toBe(true);
});

test('a cancelled request is answered with 202 and without a body', async () => {
  const headers = await openSession(daemon);
  for (const [id, requestId] of [
    ['c1', 'c1'],
    [7, 7],
  ]) {
    const running = held(daemon);
    const answer = postMcp(daemon, { ...call, id }, { headers });
    const { exchange } = await running;
    expect((await postMcp(daemon, note('cancelled', { requestId }), { headers })).status).toBe(202);
    expect(await answer).toMatchObject({ status: 202, text: '' });
    expect(exchange.signal.aborted).toBe(true);
  }
});

test("T-268 a cancellation of an unknown request or of another client's request is ignored", async () => {
  const [mine, other] = [await openSession(daemon), await openSession(daemon)];
  const running = held(daemon);
  const answer = postMcp(daemon, { ...call, id: 7 }, { headers: mine });
  const { exchange, finish } = await running;
  for (const [headers, requestId] of [
    [other, 7],
    [mine, '7'],
    [mine, 8],
    [mine, null],
    [mine, { a: 1 }],
    [{}, 7],
  ] as const) {
    expect((await postMcp(daemon, note('cancelled', { requestId }), { headers })).status).toBe(202);
  }
  expect((await postMcp(daemon, note('cancelled'), { headers: mine })).status).toBe(202);
  expect(exchange.signal.aborted).toBe(false);
  finish();
  expect((await answer).message).toMatchObject({ id: 7, result: {} });
});

test('T-266 two clients use the same id at the same time, and each gets its own reply', async () => {
  daemon.connector.answer = ({ params }) =>
    Promise.resolve({ result: RawJson.of({ content: [], structuredContent: params.get('arguments')?.value }) });
  const sessions = await Promise.all([openSession(daemon), openSession(daemon)]);
  const answers = await Promise.all(
    sessions.map((headers, who) =>
      postMcp(daemon, legacy('tools/call', { name: 'calc__add', arguments: { who } }, 1), { headers }),
    ),
  );
  expect(answers.map(({ message }) => message?.result?.['structuredContent'])).toEqual([{ who: 0 }, { who: 1 }]);
});
