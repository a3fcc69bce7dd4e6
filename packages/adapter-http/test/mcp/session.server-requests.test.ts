import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import type { Daemon } from '../support/daemon.ts';
import { openSession, postMcp } from '../support/mcp-client.ts';
import { openStream } from '../support/sse-reader.ts';
import { call, empty, note, startWatched } from '../support/watched.ts';

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

test('Session sends a request on the stream of the call, and the client posts its response', async () => {
  daemon.connector.answer = async (_request, exchange) => {
    const reply = await exchange.onRequest({ method: 'roots/list', params: new Map() });
    return { result: RawJson.of({ content: [], structuredContent: 'result' in reply ? reply.result.value : reply }) };
  };
  const headers = {
    ...(await openSession(daemon, { capabilities: { roots: {} } })),
    'content-type': 'application/json',
  };
  const stream = await openStream(daemon, { method: 'POST', headers, body: call });
  await stream.next();
  const asked = (await stream.next())?.message;
  expect(asked).toMatchObject({ jsonrpc: '2.0', method: 'roots/list', id: expect.any(String) });
  const other = await openSession(daemon);
  const answer = { jsonrpc: '2.0', id: asked?.['id'], result: { roots: [] } };
  // A response from another session is ignored.
  expect((await postMcp(daemon, { ...answer, result: { forged: 1 } }, { headers: other })).status).toBe(202);
  expect((await postMcp(daemon, answer, { headers })).status).toBe(202);
  expect(await stream.next()).toMatchObject({ message: { result: { structuredContent: { roots: [] } } } });
});

test('a server request fails when the client accepts no stream', async () => {
  daemon.connector.answer = async (_request, exchange) => {
    const reply = await exchange.onRequest({ method: 'roots/list', params: new Map() });
    return { result: RawJson.of({ content: [], structuredContent: reply }) };
  };
  const headers = { ...(await openSession(daemon, { capabilities: { roots: {} } })), accept: 'application/json' };
  const { message } = await postMcp(daemon, call, { headers });
  expect(message?.result).toMatchObject({ structuredContent: { error: { code: expect.any(Number) } } });
});

test('Session cancels its request to the client when the call is cancelled', async () => {
  daemon.connector.answer = async (_request, exchange) => {
    await exchange.onRequest({ method: 'roots/list', params: new Map() });
    return { result: RawJson.of({ content: [] }) };
  };
  const headers = {
    ...(await openSession(daemon, { capabilities: { roots: {} } })),
    'content-type': 'application/json',
  };
  const stream = await openStream(daemon, { method: 'POST', headers, body: call });
  await stream.next();
  const asked = (await stream.next())?.message;
  await postMcp(daemon, note('cancelled', { requestId: 'c1' }), { headers });
  expect(await stream.next()).toMatchObject({
    message: { method: 'notifications/cancelled', params: { requestId: asked?.['id'] } },
  });
  expect(await stream.next()).toBeUndefined();
});
