import { expect, test } from '@jest/globals';
import * as kit from '@jest/globals';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { httpConnector } from '../../../src/index.ts';
import { callTool, codeOf, connectTo, listener, remoteService } from '../../support/remote-service.ts';
import { mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { sseUpstream } from '../../support/sse-upstream.ts';
import { until } from '../../support/until.ts';

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

test.each([
  ['streamable_http', 'sse_http'],
  ['sse_http', 'streamable_http'],
] as const)('M20 a manifest with %s connects to a server that has only %s', async (wanted, offered) => {
  const start = () => (offered === 'sse_http' ? sseUpstream() : mcpUpstream({ era: 'legacy' }));
  await using upstream = await start();
  const heard = listener();
  const connector = httpConnector();
  const service = remoteService(upstream.url, { transport: wanted });
  const { signal } = new AbortController();
  const connection = await connector.connect(service, heard, { signal });
  expect(connection.era).toBe('legacy');
  expect(heard.lines.join()).toContain(`uses the transport ${offered}`);
  await connection.close('done');
  await (await connector.connect(service, heard, { signal })).close('done');
  expect(heard.lines.filter((line) => line.includes('uses the transport'))).toHaveLength(1);
});

test('M20 a server without either transport is reported with the failure of the manifest', async () => {
  const handle: Handle = (_received, response) => !!response.writeHead(404, { 'content-type': 'text/html' }).end('<p>');
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  for (const wanted of ['streamable_http', 'sse_http'] as const) {
    await expect(connectTo(upstream.url, { transport: wanted })).rejects.toMatchObject({
      code: 'UPSTREAM_PROTOCOL',
      message: expect.stringMatching(/HTTP 404 at http:\/\/127\.0\.0\.1:\d+\/mcp$/),
    });
  }
});

test('Q44 a message URL that is not found and not below the endpoint is named with the cause', async () => {
  const handle: Handle = ({ httpMethod }, response) => {
    if (httpMethod === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('event: endpoint\ndata: /messages?session=hidden\n\n');
    } else response.writeHead(404, { 'content-type': 'text/html' }).end('<html>nginx</html>');
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const failed = connectTo(upstream.url.replace('/mcp', '/tools/sse'), { transport });
  await expect(failed).rejects.toMatchObject({
    message: expect.stringMatching(/HTTP 404 at http:\/\/127\.0\.0\.1:\d+\/messages$/),
    failure: { hint: expect.stringMatching(/not below its endpoint.*proxy/) },
  });
});

test('Q03 lost-session: SseConnection ends when a message is refused because its session is unknown', async () => {
  let isLost = false;
  await using upstream = await sseUpstream(undefined, () => isLost);
  const heard = listener();
  const connection = await connectTo(upstream.url, { transport, events: heard });
  isLost = true;
  await expect(callTool(connection, 'echo')).rejects.toMatchObject({ message: expect.stringContaining('404') });
  expect(heard.losses).toHaveLength(1);
  await connection.close('done');
});

test('SseConnection ends the stream on close', async () => {
  await using upstream = await sseUpstream();
  const heard = listener();
  const connection = await connectTo(upstream.url, { transport, events: heard });
  await connection.close('done');
  await until(() => upstream.streams.size === 0);
  expect(heard.losses).toEqual([]);
});
