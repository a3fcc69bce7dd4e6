import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { json, mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, listener, valueOf } from '../../support/remote-service.ts';

const limits = { reopenMs: 10 };

test('a lost session is opened again, and the call gets its reply', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const heard = listener();
  const connection = await connectTo(upstream.url, { events: heard, options: { limits } });
  upstream.sessions.clear();
  const words = ['a', 'b', 'c'];
  const replies = await Promise.all(words.map((text) => callTool(connection, 'echo', { args: { text } })));
  expect(replies.map(valueOf)).toMatchObject(words.map((text) => ({ content: [{ text }] })));
  expect(upstream.received.filter(({ method }) => method === 'initialize')).toHaveLength(2);
  expect(heard.changes).toContain('tools');
  await connection.close('done');
});

test('a session that could not be reopened is opened by the next call', async () => {
  let isDown = false;
  const handle: Handle = ({ method }, response) => isDown && method === 'initialize' && !!response.writeHead(503).end();
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url, { options: { limits } });
  upstream.sessions.clear();
  isDown = true;
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  isDown = false;
  const replies = await Promise.all(['a', 'b'].map((text) => callTool(connection, 'echo', { args: { text } })));
  expect(replies.map(valueOf)).toMatchObject([{ content: [{ text: 'a' }] }, { content: [{ text: 'b' }] }]);
  expect(upstream.sessions.size).toBe(1);
  await connection.close('done');
});

test('a call fails with UPSTREAM_PROTOCOL when the service loses a second session', async () => {
  const handle: Handle = ({ method }, response) => {
    if (method !== 'tools/call') return false;
    json(response, 404, {});
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  expect(upstream.received.filter(({ method }) => method === 'tools/call')).toHaveLength(2);
  await connection.close('done');
});

test.each([
  ['with a line end', 'a\u0085b'],
  ['that is too long', 'x'.repeat(4_097)],
  ['with a space', 'a b'],
])('T-264 a session id %s is rejected', async (_, id) => {
  const handle: Handle = ({ method, id: asked }, response) => {
    if (method !== 'initialize') return false;
    const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} };
    json(response, 200, { jsonrpc: '2.0', id: asked, result }, { 'mcp-session-id': id });
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  await expect(connectTo(upstream.url)).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
});

test('T-264 a session id of 64 KB ends the connection, and a changed session id is ignored', async () => {
  const big: Handle = (_, response) => !!response.writeHead(200, { 'mcp-session-id': 'x'.repeat(65_536) }).end();
  await using huge = await mcpUpstream({ era: 'legacy', handle: big });
  await expect(connectTo(huge.url)).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  const changing: Handle = ({ method }, response) => {
    if (method === 'tools/call') response.setHeader('mcp-session-id', 'another');
    return false;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle: changing });
  const connection = await connectTo(upstream.url);
  await callTool(connection, 'echo');
  await callTool(connection, 'echo');
  expect(upstream.received.at(-1)?.headers['mcp-session-id']).toBe([...upstream.sessions][0]);
  await connection.close('done');
});

test.each([
  ['a JWT', `eyJ${'x'.repeat(1_200)}.${'y'.repeat(300)}`],
  ['an id of 4,096 characters', 'x'.repeat(4_096)],
  ['an id in two equal fields', ['same', 'same']],
])('odd-session-id: %s is sent with every request', async (_, given) => {
  const id = typeof given === 'string' ? given : 'same';
  const handle: Handle = (received, response) => {
    if (received.method === 'initialize') {
      const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
      json(response, 200, { jsonrpc: '2.0', id: received.id, result }, { 'mcp-session-id': given });
    } else if (received.method === 'tools/call') {
      json(response, 200, { jsonrpc: '2.0', id: received.id, result: { id: received.headers['mcp-session-id'] } });
    } else return false;
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  expect(valueOf(await callTool(connection, 'echo'))).toEqual({ id });
  await connection.close('done');
});

test('odd-session-id: an empty id is not sent, and two different ids end the start', async () => {
  const answering =
    (given: string | readonly string[]): Handle =>
    (received, response) => {
      if (received.httpMethod === 'GET') return !!response.writeHead(405).end();
      if (received.method === 'server/discover') return !!response.writeHead(404).end();
      const result = { protocolVersion: '2025-11-25', capabilities: {}, has: 'mcp-session-id' in received.headers };
      json(response, 200, { jsonrpc: '2.0', id: received.id, result }, { 'mcp-session-id': given });
      return true;
    };
  await using empty = await mcpUpstream({ era: 'legacy', handle: answering('') });
  const connection = await connectTo(empty.url);
  expect(valueOf(await callTool(connection, 'echo'))).toMatchObject({ has: false });
  await connection.close('done');
  await using two = await mcpUpstream({ era: 'legacy', handle: answering(['one', 'other one']) });
  await expect(connectTo(two.url)).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
});

const refusing =
  (answer: (response: ServerResponse, id: unknown) => void, isKnown: (session: string) => boolean): Handle =>
  ({ httpMethod, method, id, headers }, response) => {
    const session = String(headers['mcp-session-id'] ?? '');
    if (httpMethod !== 'POST' || session === '' || method === undefined || isKnown(session)) return false;
    answer(response, id);
    return true;
  };
const rpcError =
  (status: number, code: number, message: string, own = false) =>
  (response: ServerResponse, id: unknown) => {
    json(response, status, { jsonrpc: '2.0', id: own ? id : null, error: { code, message } });
  };

test.each<[string, (response: ServerResponse, id: unknown) => void]>([
  ['400 -32000 without an id', rpcError(400, -32000, 'Bad Request: No valid session ID provided')],
  ['400 "Server not initialized"', rpcError(400, -32000, 'Bad Request: Server not initialized')],
  ['400 -32600', rpcError(400, -32600, 'Session not found or expired')],
  ['400 in another language', rpcError(400, -32001, 'Sitzung unbekannt')],
  ['400 without a word', (response) => response.writeHead(400).end()],
  ['410', (response) => response.writeHead(410).end('gone')],
  ['500 with a text', (response) => response.writeHead(500).end('Error: session not found')],
  ['200 with an error', rpcError(200, -32001, 'Session not found', true)],
  [
    '200 with an error in a stream',
    (response, id) => {
      const error = { code: -32000, message: 'Invalid session' };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, error })}\n\n`);
    },
  ],
])('Q03 lost-session: after %s all waiting calls are repeated in one new session', async (_, answer) => {
  const lost = new Set<string>();
  await using upstream = await mcpUpstream({
    era: 'legacy',
    handle: refusing(answer, (session) => !lost.has(session)),
  });
  const connection = await connectTo(upstream.url, { options: { limits } });
  for (const session of upstream.sessions) lost.add(session);
  const words = ['a', 'b', 'c'];
  const replies = await Promise.all(words.map((text) => callTool(connection, 'echo', { args: { text } })));
  expect(replies.map(valueOf)).toMatchObject(words.map((text) => ({ content: [{ text }] })));
  expect(upstream.received.filter(({ method }) => method === 'initialize')).toHaveLength(2);
  await connection.close('done');
});

test('Q03 a refusal that a new session does not cure fails the call as a fault of the service, once a minute', async () => {
  const answer = rpcError(400, -32000, 'session storage is invalid');
  await using upstream = await mcpUpstream({ era: 'legacy', handle: refusing(answer, () => false) });
  const connection = await connectTo(upstream.url, { options: { limits } });
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL', ofRequest: false });
  expect(valueOf(await callTool(connection, 'echo'))).toMatchObject({ code: -32000 });
  expect(upstream.received.filter(({ method }) => method === 'initialize')).toHaveLength(2);
  await connection.close('done');
});

test('Q03 an error about the arguments opens no session', async () => {
  const answer = rpcError(400, -32602, 'a must be a number', true);
  await using upstream = await mcpUpstream({ era: 'legacy', handle: refusing(answer, () => false) });
  const connection = await connectTo(upstream.url, { options: { limits } });
  expect(valueOf(await callTool(connection, 'echo'))).toMatchObject({ code: -32602 });
  expect(upstream.received.filter(({ method }) => method === 'initialize')).toHaveLength(1);
  await connection.close('done');
});
