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
  ['that is too long', 'x'.repeat(257)],
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
