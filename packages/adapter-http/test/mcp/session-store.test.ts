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

test('the handshake gives an id, and with it the client is who it said it was', async () => {
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

test('a session outlives the process that has the same key, and no other', async () => {
  await using before = await startWatched(scopes);
  const headers = await openSession(before, { capabilities: { roots: {} } });
  scopes.length = 0;
  expect((await postMcp(daemon, legacy('tools/list'), { headers })).status).toBe(200);
  expect(scopes).toMatchObject([{ revision: '2025-11-25', clientCapabilities: { roots: {} } }]);
  await using stranger = await startDaemon();
  expect((await postMcp(stranger, legacy('ping'), { headers })).status).toBe(404);
});

test('an id that is not ours, was changed, or belongs to another endpoint is a 404', async () => {
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

test('a session that was ended stays ended', async () => {
  const headers = await openSession(daemon);
  const end = () => fetch(`${daemon.url}/mcp`, { method: 'DELETE', headers });
  expect((await end()).status).toBe(200);
  expect((await end()).status).toBe(404);
  expect((await postMcp(daemon, legacy('ping'), { headers })).status).toBe(404);
  expect((await openStream(daemon, { headers })).status).toBe(404);
});

test('the end of a session ends what it was doing', async () => {
  const headers = await openSession(daemon);
  const running = held(daemon);
  const answer = postMcp(daemon, call, { headers });
  const { exchange } = await running;
  await fetch(`${daemon.url}/mcp`, { method: 'DELETE', headers });
  expect((await answer).status).toBe(202);
  expect(exchange.signal.aborted).toBe(true);
});

test('a cancelled request ends without an answer', async () => {
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

test("T-268 a cancellation of what is not there, or is another client's, is ignored", async () => {
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

test('T-266 two clients may use the same id at once, and each gets its own answer', async () => {
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
