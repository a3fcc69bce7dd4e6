import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import { bareEndpoint, type BareEndpoint } from '../support/bare-endpoint.ts';
import type { Daemon } from '../support/daemon.ts';
import { legacy, modern, MODERN, openSession, postMcp } from '../support/mcp-client.ts';
import { call, empty, held, startWatched } from '../support/watched.ts';

const scopes: GatewayScope[] = [];
let daemon: Daemon;
let endpoint: BareEndpoint;
const usual = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

beforeAll(async () => {
  daemon = await startWatched(scopes);
  endpoint = await bareEndpoint(daemon.runtime.gateway, { streamAfterMs: 0 });
});
beforeEach(() => {
  daemon.connector.answer = () => Promise.resolve(empty);
});
afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
});

const modernHeaders = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'calc__add' };
const modernCall = { ...modern('tools/call', { name: 'calc__add', arguments: {} }), id: 'c1' };

/** Posts a call that the service does not answer, and returns the response as soon as its head arrives. */
async function slowCall(revision: string, accept = usual.accept) {
  const session = revision === MODERN ? modernHeaders : await openSession(endpoint, { version: revision });
  const running = held(daemon);
  const posting = fetch(`${endpoint.url}/mcp`, {
    method: 'POST',
    headers: { ...usual, ...session, accept },
    body: JSON.stringify(revision === MODERN ? modernCall : call),
  });
  return { posting, finish: (await running).finish };
}

test.each([MODERN, '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
  'Q01 a slow call of revision %s gets the head of its response before the reply',
  async (revision) => {
    const { posting, finish } = await slowCall(revision);
    const response = await posting;
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    finish();
    expect(await response.text()).toContain('"id":"c1"');
  },
);

test('Q01 a slow call of a client that accepts JSON only gets JSON', async () => {
  const { posting, finish } = await slowCall(MODERN, 'application/json');
  finish();
  const response = await posting;
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({ id: 'c1', result: { content: [] } });
});

test('Q01 a request that is rejected before its dispatch keeps its status', async () => {
  const unknown = await postMcp(endpoint, legacy('tools/list'), { headers: { 'mcp-session-id': 'unknown' } });
  expect(unknown.status).toBe(404);
  const mismatch = await postMcp(endpoint, modernCall, { headers: { ...modernHeaders, 'mcp-name': 'other' } });
  expect(mismatch.status).toBe(400);
});

test('D13 a slow call gets an error reply when the server closes', async () => {
  const closing = new AbortController();
  await using closed = await bareEndpoint(daemon.runtime.gateway, { streamAfterMs: 0, closing: closing.signal });
  const running = held(daemon);
  const response = await fetch(`${closed.url}/mcp`, {
    method: 'POST',
    headers: { ...usual, ...modernHeaders },
    body: JSON.stringify(modernCall),
  });
  const { exchange } = await running;
  closing.abort();
  expect(await response.text()).toContain('"id":"c1","error":{"code":-32603,"message":"the daemon is closing');
  expect(exchange.signal.aborted).toBe(true);
});
