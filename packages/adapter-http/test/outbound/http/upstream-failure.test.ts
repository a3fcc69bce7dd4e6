import { expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { createHttpServer } from '../../../src/index.ts';
import { FAULTS, type FaultName } from '../../support/faults.ts';
import { mcpUpstream } from '../../support/mcp-upstream.ts';
import { postMcp } from '../../support/mcp-client.ts';
import { callThrough, remoteRuntime } from '../../support/recovering.ts';

test.each(['legacy', 'modern'] as const)('limits that a %s service exceeds are counted by name', async (era) => {
  let fault: FaultName | undefined;
  await using upstream = await mcpUpstream({
    era,
    handle: ({ method, id }, response) => {
      if (method !== 'tools/call' || fault === undefined) return false;
      FAULTS[fault](response, id, '');
      return true;
    },
  });
  await using remote = await remoteRuntime();
  await remote.add(upstream.url, 'far');
  for (const name of ['hugecl', 'hugechunk', 'hugeevent', 'gzip', 'badjson'] as const) {
    fault = name;
    await callThrough(remote.runtime, 'far__count');
  }
  const refused = Object.entries(remote.runtime.limits.counts()).filter(([, count]) => count > 0);
  expect(Object.fromEntries(refused)).toEqual({ 'reply.too_large': 3, 'reply.compressed': 1 });
});

test('a notification stream with an endless event is counted', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  await using remote = await remoteRuntime();
  await remote.add(upstream.url, 'far');
  const [stream] = upstream.notices;
  if (stream === undefined) throw new Error('no stream is open');
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.write(`data: ${'x'.repeat(2 * 1024 * 1024)}`);
  await closed;
  expect(remote.runtime.limits.counts()['reply.too_large']).toBe(1);
});

test('U22 headers of a service do not reach the client', async () => {
  const evil = { 'set-cookie': 'a=b', 'access-control-allow-origin': '*', 'x-evil': '1', 'mcp-session-id': 'stolen' };
  await using upstream = await mcpUpstream({
    era: 'modern',
    handle: (_received, response) => {
      for (const [name, value] of Object.entries(evil)) response.setHeader(name, value);
      return false;
    },
  });
  await using remote = await remoteRuntime();
  const id = await remote.add(upstream.url, 'far');
  await using server = createHttpServer(remote.runtime, { host: '127.0.0.1', port: 0 });
  const { url } = await server.listen();
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'far__echo', arguments: { text: 'x' } } };
  const { text, headers } = await postMcp({ url }, call);
  expect(text).toContain('"text":"x"');
  for (const name of Object.keys(evil)) expect(headers.get(name)).toBeNull();
  const shown = await fetch(`${url}/api/services/${id}`);
  for (const name of Object.keys(evil)) expect(shown.headers.get(name)).toBeNull();
  expect(remote.runtime.services.get(embeddedCaller, id).status.health).toBe('HEALTHY');
});

test.each(['legacy', 'modern'] as const)(
  'M5 a %s service that wants a login with OAuth is named, with a way that works',
  async (era) => {
    await using upstream = await mcpUpstream({
      era,
      handle: (_received, response) => {
        const challenge = 'Bearer error="invalid_token", resource_metadata="https://auth.example/.well-known/x"';
        response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' });
        response.end('{"error":"invalid_token"}');
        return true;
      },
    });
    await using remote = await remoteRuntime();
    const id = await remote.add(upstream.url, 'far');
    const { status } = remote.runtime.services.get(embeddedCaller, id);
    expect(status.lastError).toContain('it wants a login with OAuth');
    expect(status.hint).toContain(`npx -y mcp-remote ${upstream.url}`);
    expect(status.health).toBe('UNAUTHORIZED');
  },
);

test('M5 a refusal without a challenge of OAuth names the credential', async () => {
  await using upstream = await mcpUpstream({
    era: 'legacy',
    handle: (_received, response) => !!response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(),
  });
  await using remote = await remoteRuntime();
  const id = await remote.add(upstream.url, 'far');
  expect(remote.runtime.services.get(embeddedCaller, id).status.lastError).not.toContain('OAuth');
});
