import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { bareEndpoint } from '../support/bare-endpoint.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { MODERN, modern, openSession } from '../support/mcp-client.ts';
import { openStream, type SseReader } from '../support/sse-reader.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

const headers = {
  'content-type': 'application/json',
  'mcp-protocol-version': MODERN,
  'mcp-method': 'subscriptions/listen',
};
const listen = (
  where: { readonly url: string },
  accept = 'application/json',
  id: unknown = 'sub',
): Promise<SseReader> => {
  const body = { ...modern('subscriptions/listen', { notifications: { toolsListChanged: true } }), id };
  return openStream(where, { method: 'POST', headers: { ...headers, accept }, body });
};

test('subscriptions/listen starts a stream at once for any Accept, and the client gets list changes', async () => {
  for (const [accept, id] of [
    ['application/json, text/event-stream', 'sub'],
    ['application/json', 7],
  ] as const) {
    const stream = await listen(daemon, accept, id);
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
    expect((await stream.next())?.message).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true }, _meta },
    });
    const service = await daemon.register(`calc${String(id)}`);
    await daemon.runtime.services.start(embeddedCaller, service);
    const told = await stream.next();
    expect(told).toMatchObject({
      id: undefined,
      message: { method: 'notifications/tools/list_changed', params: { _meta } },
    });
    await stream.hangUp();
  }
});

test('StreamLimiter rejects a stream above the limit with 503 until another one ends', async () => {
  const refused: string[] = [];
  await using endpoint = await bareEndpoint(daemon.runtime.gateway, {
    mostStreams: 1,
    refused: (what) => refused.push(what),
  });
  const { url } = endpoint;
  const first = await listen({ url });
  await first.next();
  expect((await listen({ url })).status).toBe(503);
  expect(refused).toEqual(['stream.too_many']);
  await first.hangUp();
  let status = 503;
  for (let tries = 0; status === 503 && tries < 200; tries += 1) {
    const again = await listen({ url });
    status = again.status;
    await again.hangUp();
  }
  expect(status).toBe(200);
});

test('closing the server ends open streams, and a subscription gets its result', async () => {
  const closing = new AbortController();
  await using endpoint = await bareEndpoint(daemon.runtime.gateway, { closing: closing.signal });
  const stream = await listen(endpoint);
  await stream.next();
  const headers = await openSession(endpoint);
  const session = await openStream(endpoint, { headers });
  await session.next();
  closing.abort();
  expect(await stream.next()).toMatchObject({ message: { id: 'sub', result: { resultType: 'complete' } } });
  expect(await stream.next()).toBeUndefined();
  expect(await session.next()).toBeUndefined();
});
