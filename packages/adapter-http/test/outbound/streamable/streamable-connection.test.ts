import { expect, test } from '@jest/globals';
import { ClarityError, Secret } from '@clarity-runtime/core';
import type { CredentialRequest } from '@clarity-runtime/core/ports';
import { event, json, mcpUpstream, stream, type Handle, type Received } from '../../support/mcp-upstream.ts';
import { callTool, codeOf, connectTo, listener, request, valueOf } from '../../support/remote-service.ts';
import { until } from '../../support/until.ts';

const limits = { reopenMs: 10 };

test('T-249 a request has exactly the headers of the protocol and the credential', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const credential = { secret: new Secret('abc'), header: { name: 'Authorization', bearer: true } };
  const options = { credentials: () => Promise.resolve(credential) };
  const connection = await connectTo(upstream.url, { authRef: 'env:X', options });
  await callTool(connection, 'echo', { args: { text: 'x' } });
  const { headers } = upstream.received.at(-1) as Received;
  expect(headers).toEqual({
    accept: 'application/json, text/event-stream',
    'accept-encoding': 'identity',
    authorization: 'Bearer abc',
    connection: 'keep-alive',
    'content-length': expect.any(String),
    'content-type': 'application/json',
    host: `127.0.0.1:${String(upstream.port)}`,
    'mcp-protocol-version': '2025-11-25',
    'mcp-session-id': [...upstream.sessions][0],
    'user-agent': 'clarity-runtime/0.1.0',
  });
  await connection.close('done');
  expect(upstream.sessions.size).toBe(0);
});

test('a modern request has version and capabilities in its body and in its headers', async () => {
  const schema = {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, n: { type: 'integer', 'x-mcp-header': 'N' } },
  };
  const handle: Handle = ({ method, id }, response) => {
    if (method !== 'tools/list') return false;
    json(response, 200, { jsonrpc: '2.0', id, result: { tools: [{ name: 'größe', inputSchema: schema }] } });
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'modern', handle });
  const connection = await connectTo(upstream.url);
  await request(connection, 'tools/list', {});
  const _meta = { 'io.modelcontextprotocol/clientCapabilities': { sampling: {} }, mine: 1 };
  await callTool(connection, 'größe', { args: { region: ' eu ', n: 7, other: 'x' }, meta: _meta });
  const { headers, params } = upstream.received.at(-1) as Received;
  expect(headers).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': `=?base64?${Buffer.from('größe').toString('base64')}?=`,
    'mcp-param-region': `=?base64?${Buffer.from(' eu ').toString('base64')}?=`,
    'mcp-param-n': '7',
  });
  expect(headers).not.toHaveProperty('mcp-session-id');
  expect(params['_meta']).toEqual({
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { sampling: {} },
    'io.modelcontextprotocol/clientInfo': { name: 'clarity-runtime', version: '0.1.0' },
    mine: 1,
  });
  await connection.close('done');
});

test('a legacy request has no member or header of the modern era', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const connection = await connectTo(upstream.url);
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/logLevel': 'info' };
  await callTool(connection, 'echo', { args: { text: 'x' }, meta });
  expect(upstream.received.at(-1)?.params).toEqual({ name: 'echo', arguments: { text: 'x' } });
  await connection.close('done');
});

test.each([
  ['401', 401, 'UPSTREAM_UNAUTHORIZED', ['server/discover']],
  ['403', 403, 'UPSTREAM_UNAUTHORIZED', ['server/discover']],
  ['500', 500, 'UPSTREAM_FAILED', ['server/discover', 'initialize']],
  ['429', 429, 'UPSTREAM_FAILED', ['server/discover', 'initialize']],
])('status %s for every request fails the start', async (_, status, code, sent) => {
  await using upstream = await mcpUpstream({
    era: 'legacy',
    handle: (__, response) => !!response.writeHead(status).end(),
  });
  await expect(connectTo(upstream.url)).rejects.toMatchObject({ code });
  expect(upstream.received.map(({ method }) => method)).toEqual(sent);
});

test('F13 F14 F15 a redirect is an error, and its target receives no request', async () => {
  await using canary = await mcpUpstream({ era: 'legacy' });
  let location = canary.url;
  let redirected = ['server/discover', 'initialize'];
  const handle: Handle = ({ method = '' }, response) =>
    redirected.includes(method) && !!response.writeHead(307, { location }).end();
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  await expect(connectTo(upstream.url)).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  redirected = ['tools/call'];
  location = upstream.url;
  const credential = { secret: new Secret('abc'), header: { name: 'Authorization', bearer: true } };
  const options = { credentials: () => Promise.resolve(credential) };
  const connection = await connectTo(upstream.url, { authRef: 'env:X', options });
  await expect(callTool(connection, 'echo')).rejects.toThrow('which is not followed');
  location = canary.url;
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  expect(canary.connections()).toBe(0);
  await connection.close('done');
});

test('a response stream that ends before the reply is resumed', async () => {
  const handle: Handle = ({ method, id, httpMethod, headers }, response) => {
    if (method === 'tools/call') {
      waiting = id;
      stream(response).end('id: e1\nretry: 1\ndata:\n\n');
      return true;
    }
    if (httpMethod !== 'GET' || headers['last-event-id'] === undefined) return false;
    resumedAt = headers['last-event-id'];
    stream(response).end(event({ jsonrpc: '2.0', id: waiting, result: { content: [] } }, 'e2'));
    return true;
  };
  let waiting: unknown;
  let resumedAt: unknown;
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  expect(valueOf(await callTool(connection, 'echo'))).toEqual({ content: [] });
  expect(resumedAt).toBe('e1');
  await connection.close('done');
});

test('the notification stream is reopened after its end, and every list counts as changed', async () => {
  for (const era of ['legacy', 'modern'] as const) {
    await using upstream = await mcpUpstream({ era });
    const heard = listener();
    const connection = await connectTo(upstream.url, { events: heard, options: { limits } });
    await until(() => upstream.notices.size === 1);
    const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
    for (const each of upstream.notices) each.write(event(changed));
    await until(() => heard.changes.length === 1);
    for (const each of upstream.notices) each.destroy();
    await until(() => heard.changes.length === 2);
    expect(upstream.notices.size).toBe(1);
    await connection.close('done');
    await until(() => upstream.notices.size === 0);
  }
});

test('T-266 callers with the same progress token on one connection get their own notifications', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const connection = await connectTo(upstream.url);
  const counts = [3, 5, 7];
  const heard = await Promise.all(
    counts.map(async (n) => {
      const notices: never[] = [];
      await callTool(connection, 'count', { args: { n }, meta: { progressToken: 1 }, notices });
      return notices.length;
    }),
  );
  expect(heard).toEqual(counts);
  expect(new Set(upstream.received.filter(({ id }) => id !== undefined).map(({ id }) => id)).size).toBe(
    upstream.received.filter(({ id }) => id !== undefined).length,
  );
  await connection.close('done');
});

test('T-267 two hundred cancelled calls do not affect the next call', async () => {
  await using upstream = await mcpUpstream({ era: 'modern' });
  const connection = await connectTo(upstream.url);
  for (let round = 0; round < 4; round += 1) {
    const calls = Array.from({ length: 50 }, () => {
      const abort = new AbortController();
      return callTool(connection, 'hang', {
        signal: abort.signal,
        onSent: () => {
          abort.abort();
        },
      }).catch(codeOf);
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['CALL_CANCELLED']));
  }
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject({
    content: [{ text: 'x' }],
  });
  await connection.close('done');
});

test('a changed credential is read once more when the old one is rejected', async () => {
  let valid = 'old';
  const handle: Handle = ({ headers, method }, response) =>
    method === 'tools/call' && headers.authorization !== `Bearer ${valid}` && !!response.writeHead(401).end();
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  let stored = 'old';
  const credentials = () =>
    Promise.resolve({ secret: new Secret(stored), header: { name: 'Authorization', bearer: true } });
  const connection = await connectTo(upstream.url, { authRef: 'env:X', options: { credentials } });
  valid = 'new';
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
  stored = 'new';
  expect(valueOf(await callTool(connection, 'echo', { args: { text: 'x' } }))).toMatchObject({
    content: [{ text: 'x' }],
  });
  await connection.close('done');
});

test.each(['Host', 'Content-Length', 'Mcp-Session-Id', 'Cookie', 'Transfer-Encoding'])(
  'S09 a credential is never sent as %s',
  async (name) => {
    await using upstream = await mcpUpstream({ era: 'legacy' });
    const credentials = () => Promise.resolve({ secret: new Secret('x'), header: { name, bearer: false } });
    const connecting = connectTo(upstream.url, { authRef: 'header_env:x:y', options: { credentials } });
    await expect(connecting).rejects.toMatchObject({ code: 'AUTH_REF_INVALID' });
    expect(upstream.connections()).toBe(0);
  },
);

test('T-418 R02 R65b a credential is resolved for the registrant, the service and the host, and its refusal stops the start', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const requests: CredentialRequest[] = [];
  const credentials = (_ref: string, request: CredentialRequest): Promise<never> => {
    requests.push(request);
    return Promise.reject(new ClarityError('SECRET_HOST_FORBIDDEN', 'file:bank'));
  };
  const connecting = connectTo(upstream.url, { authRef: 'file:bank', options: { credentials } });
  await expect(connecting).rejects.toMatchObject({ code: 'SECRET_HOST_FORBIDDEN' });
  expect(upstream.connections()).toBe(0);
  const { host } = new URL(upstream.url);
  expect(requests).toMatchObject([{ registrant: { principal: 'operator' }, host, purpose: 'header' }]);
});

test('Q65 a start with a value that a header cannot carry names the reference and the header', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const header = { name: 'X-Team', bearer: false };
  const credentials = () => Promise.resolve({ secret: new Secret('ekipa-đ'), header });
  const connecting = connectTo(upstream.url, { authRef: 'header_env:X-Team:TEAM', options: { credentials } });
  await expect(connecting).rejects.toThrow(/'header_env:X-Team:TEAM'.*X-Team/);
  expect(upstream.connections()).toBe(0);
});

test('the limits of the manifest apply when the caller sets none', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const connection = await connectTo(upstream.url, { timeoutMs: 100, maxPayloadBytes: 2048 });
  await expect(callTool(connection, 'hang')).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' });
  await expect(callTool(connection, 'bytes', { args: { n: 4096 } })).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
  await connection.close('done');
});
