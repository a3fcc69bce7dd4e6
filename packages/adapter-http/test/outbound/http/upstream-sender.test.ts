import { expect, test } from '@jest/globals';
import { Secret } from '@clarity-runtime/core';
import { mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, valueOf } from '../../support/remote-service.ts';

const credential = { secret: new Secret('key-1'), header: { name: 'Authorization', bearer: true } };
const options = { credentials: () => Promise.resolve(credential) };

const redirecting =
  (status: number, location: (path: string) => string | undefined): Handle =>
  (_received, response, request) => {
    const target = location(request.url ?? '');
    if (target === undefined) return false;
    response.writeHead(status, { location: target }).end('moved');
    return true;
  };

test.each([307, 308])(
  'Q08 same-origin-redirect: status %i is followed with method, body and credential',
  async (status) => {
    await using upstream = await mcpUpstream({
      era: 'legacy',
      handle: redirecting(status, (path) => (path === '/mcp' ? '/mcp/' : undefined)),
    });
    const connection = await connectTo(upstream.url, { authRef: 'env:X', options });
    expect(valueOf(await callTool(connection, 'echo', { args: { text: 'kept' } }))).toMatchObject({
      content: [{ text: 'kept' }],
    });
    const call = upstream.received.findLast(({ method }) => method === 'tools/call');
    expect(call?.headers.authorization).toBe('Bearer key-1');
    await connection.close('done');
    // A permanent redirect is asked once, and a temporary one each time.
    const discoveries = upstream.received.filter(({ method }) => method === 'server/discover');
    expect(discoveries).toHaveLength(2);
    const calls = upstream.received.filter(({ method }) => method === 'tools/call');
    expect(calls).toHaveLength(status === 308 ? 1 : 2);
  },
);

test('Q08 same-origin-redirect: three redirects are followed, and a fourth is not', async () => {
  const chain = (count: number): Handle =>
    redirecting(307, (path) => {
      const at = path === '/mcp' ? 0 : Number(path.slice(1));
      return at < count ? `/${String(at + 1)}` : undefined;
    });
  await using three = await mcpUpstream({ era: 'legacy', handle: chain(3) });
  await (await connectTo(three.url)).close('done');
  await using four = await mcpUpstream({ era: 'legacy', handle: chain(4) });
  await expect(connectTo(four.url)).rejects.toMatchObject({
    message: expect.stringMatching(/redirects to http.*\/4,/),
  });
});

test.each([
  [307, 'http://127.0.0.1:9/mcp'],
  [308, 'https://127.0.0.1/mcp'],
  [301, '/mcp/'],
  [302, '/login?next=secret'],
  [303, '/mcp/'],
  [307, 'http://user:pass@127.0.0.1/'],
  [307, undefined],
  [307, 'http://['],
])('Q08 status %i to %s is refused, and the target is named without its query', async (status, location) => {
  const handle: Handle = (_received, response) => {
    response.writeHead(status, location === undefined ? {} : { location }).end();
    return true;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const failed = connectTo(upstream.url, { authRef: 'env:X', options });
  await expect(failed).rejects.toMatchObject({
    message: expect.stringMatching(/redirects to .*, which is not followed/),
  });
  const { message } = (await failed.catch((error: unknown) => error)) as Error;
  expect(message).not.toMatch(/secret|pass@/);
});

test('cookies: a cookie of the service is sent back on the same connection only', async () => {
  const handle: Handle = (_received, response) => {
    response.setHeader('set-cookie', ['AWSALB=one; Path=/', 'b=2']);
    return false;
  };
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  const connection = await connectTo(upstream.url);
  await callTool(connection, 'echo', { args: { text: 'x' } });
  expect(upstream.received[0]?.headers.cookie).toBeUndefined();
  expect(upstream.received.at(-1)?.headers.cookie).toBe('AWSALB=one; b=2');
  await connection.close('done');
  const count = upstream.received.length;
  await (await connectTo(upstream.url)).close('done');
  expect(upstream.received[count]?.headers.cookie).toBeUndefined();
});

test.each([
  ['a page', { 'content-type': 'text/html' }, '<html>nginx: not found</html>'],
  ['a page without a type', {}, '  <!doctype html><title>no</title>'],
  ['XML', { 'content-type': 'application/xml' }, '<error/>'],
  ['nothing', {}, ''],
])('Q44 an error status with %s names the address and shows no markup', async (_, headers, body) => {
  const handle: Handle = (_received, response) => !!response.writeHead(404, headers).end(body);
  await using upstream = await mcpUpstream({ era: 'legacy', handle });
  await expect(connectTo(`${upstream.url}?key=hidden`)).rejects.toMatchObject({
    message: expect.stringMatching(/HTTP 404 at http:\/\/127\.0\.0\.1:\d+\/mcp$/),
  });
});
