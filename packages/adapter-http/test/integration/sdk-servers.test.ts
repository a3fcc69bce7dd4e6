import { expect, test } from '@jest/globals';
import type { McpNotification } from '@clarity-runtime/core';
import { callTool, connectTo, listener, request, valueOf } from '../support/remote-service.ts';
import { sdkLegacy, sdkModern, sdkModernAsLegacy, sdkSse } from '../support/sdk-servers.ts';
import { until } from '../support/until.ts';

const servers = [
  ['the first SDK', sdkLegacy, 'legacy', 'streamable_http'],
  ['the first SDK over HTTP+SSE', sdkSse, 'legacy', 'sse_http'],
  ['the second SDK', sdkModern, 'modern', 'streamable_http'],
  ['the second SDK with sessions', sdkModernAsLegacy, 'legacy', 'streamable_http'],
] as const;

test.each(servers)('%s is detected, listed and called', async (_, start, era, transport) => {
  await using server = await start();
  const connection = await connectTo(server.url, { transport });
  expect(connection).toMatchObject({ era, info: { name: 'sdk', version: '1.0.0' } });
  expect(connection.capabilities).toMatchObject({ tools: { listChanged: true } });
  const { tools } = valueOf(await request(connection, 'tools/list', {})) as { tools: { name: string }[] };
  expect(tools.map(({ name }) => name)).toContain('echo');
  const reply = await callTool(connection, 'echo', { args: { text: 'näh' } });
  expect(valueOf(reply)).toMatchObject({ content: [{ type: 'text', text: 'näh' }] });
  await connection.close('done');
});

test.each(servers.slice(0, 3))(
  '%s: progress arrives in order with the token of the caller',
  async (_, start, __, transport) => {
    await using server = await start();
    const connection = await connectTo(server.url, { transport });
    const notices: McpNotification[] = [];
    await callTool(connection, 'steps', { meta: { progressToken: 'abc' }, notices });
    expect(notices.map(({ params }) => [params.get('progressToken')?.value, params.get('progress')?.value])).toEqual([
      ['abc', 1],
      ['abc', 2],
      ['abc', 3],
    ]);
    await connection.close('done');
  },
);

test.each(servers)('%s: a change of the list is reported', async (_, start, __, transport) => {
  await using server = await start();
  const heard = listener();
  const connection = await connectTo(server.url, { transport, events: heard });
  await server.change();
  await until(() => heard.changes.length > 0);
  expect(heard.changes).toEqual(['tools']);
  await connection.close('done');
});

test.each(servers.slice(0, 3))('T-267 %s: an abort reaches the tool', async (_, start, __, transport) => {
  await using server = await start();
  const connection = await connectTo(server.url, { transport });
  const abort = new AbortController();
  const waiting = callTool(connection, 'slow', { signal: abort.signal });
  await until(() => server.waits.length === 1);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
  await until(() => server.waits.length === 2);
  expect(server.waits).toEqual(['slow', 'cancelled']);
  await connection.close('done');
});

test.each(servers.slice(0, 2))(
  'T-265 %s: a server request reaches the caller only if its capability is declared',
  async (_, start, __, transport) => {
    await using server = await start();
    const shared = await connectTo(server.url, { transport });
    const refused = await callTool(shared, 'ask').then(valueOf);
    expect(JSON.stringify(refused)).not.toContain('answered');
    await shared.close('done');
    const offering = await connectTo(server.url, {
      transport,
      events: { ...listener(), clientCapabilities: { sampling: {} } },
    });
    const asked: string[] = [];
    await callTool(offering, 'ask', {
      onRequest: ({ method }) => {
        asked.push(method);
        return Promise.resolve({ error: { code: -1, message: 'declined' } });
      },
    });
    expect(asked).toEqual(['sampling/createMessage']);
    await offering.close('done');
  },
);
