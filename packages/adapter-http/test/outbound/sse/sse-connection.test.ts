import { expect, test } from '@jest/globals';
import * as kit from '@jest/globals';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { httpConnector } from '../../../src/index.ts';
import { callTool, codeOf, connectTo, listener, remoteService } from '../../support/remote-service.ts';
import { mcpUpstream } from '../../support/mcp-upstream.ts';
import { sseUpstream } from '../../support/sse-upstream.ts';
import { until } from '../../support/until.ts';

kit.jest.setTimeout(60_000);

const transport = 'sse_http';

serviceConnectorContract(kit, 'a server behind HTTP+SSE', async () => {
  const upstream = await sseUpstream();
  return {
    connector: httpConnector(),
    service: remoteService(upstream.url, { transport }),
    close: () => upstream[Symbol.asyncDispose](),
  };
});

test('SseConnection closes and fails every call with UPSTREAM_LOST when the stream ends', async () => {
  await using upstream = await sseUpstream();
  const heard = listener();
  const connection = await connectTo(upstream.url, { transport, events: heard });
  const waiting = callTool(connection, 'hang').catch(codeOf);
  await until(() => upstream.posts.includes('tools/call'));
  for (const stream of upstream.streams) stream.destroy();
  expect(await waiting).toBe('UPSTREAM_LOST');
  expect(heard.losses).toHaveLength(1);
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  await connection.close('done');
});

test('SseConnection rejects a message URL with another origin', async () => {
  await using canary = await mcpUpstream({ era: 'legacy' });
  for (const endpoint of [canary.url, 'http://user:x@127.0.0.1/', 'file:///etc/passwd', 'http://[']) {
    await using upstream = await sseUpstream(endpoint);
    await expect(connectTo(upstream.url, { transport })).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  }
  expect(canary.connections()).toBe(0);
});

test('SseConnection reports the status when the server offers no stream', async () => {
  await using upstream = await mcpUpstream({ era: 'modern' });
  await expect(connectTo(upstream.url, { transport })).rejects.toThrow('405');
});

test('SseConnection ends the stream on close', async () => {
  await using upstream = await sseUpstream();
  const heard = listener();
  const connection = await connectTo(upstream.url, { transport, events: heard });
  await connection.close('done');
  await until(() => upstream.streams.size === 0);
  expect(heard.losses).toEqual([]);
});
