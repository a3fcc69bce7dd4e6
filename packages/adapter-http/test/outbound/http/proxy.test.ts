import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { isException, proxyOf } from '../../../src/outbound/http/proxy.ts';
import { mcpUpstream } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, valueOf } from '../../support/remote-service.ts';

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Request lines with the authorization, as `CONNECT host:443 Basic …`. */
  readonly seen: string[];
}

/** A proxy that sends every request and tunnel to `port` on this machine, or answers with `status`. */
async function proxyTo(port: number, status?: number): Promise<Proxy> {
  const seen: string[] = [];
  const note = ({ method, url, headers }: IncomingMessage): void => {
    seen.push([method, url, headers['proxy-authorization'] ?? ''].join(' ').trim());
  };
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    note(incoming);
    if (status !== undefined) {
      response.writeHead(status).end();
      return;
    }
    const { pathname } = new URL(incoming.url ?? '');
    const { method, headers } = incoming;
    const onward = request({ port, path: pathname, method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 0, reply.headers);
      reply.pipe(response);
    });
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server: Server = createServer(forward);
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${String(status)} No\r\n\r\n`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(own)}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])(
  'T-263 requests to a remote host use the proxy of %s, and loopback hosts do not',
  async (variable) => {
    await using upstream = await mcpUpstream({ era: 'legacy' });
    await using proxy = await proxyTo(upstream.port);
    const options = { environment: { [variable]: proxy.url } };
    const far = await connectTo('http://tools.example/mcp', { options });
    expect(valueOf(await callTool(far, 'echo', { args: { text: 'via' } }))).toMatchObject({
      content: [{ text: 'via' }],
    });
    await far.close('done');
    expect(proxy.seen).toContain('POST http://tools.example/mcp');
    expect(upstream.received[0]?.headers.host).toBe('tools.example');
    const count = proxy.seen.length;
    const near = await connectTo(upstream.url, { options });
    await near.close('done');
    expect(proxy.seen).toHaveLength(count);
  },
);

test('[first-hour.26] T-263 https requests pass a tunnel with the login of the proxy, and the URL of the proxy stays out of errors', async () => {
  await using proxy = await proxyTo(9, 403);
  const withLogin = proxy.url.replace('//', '//user:p%40ss@');
  const options = { environment: { HTTPS_PROXY: withLogin } };
  const failed = connectTo('https://tools.example/mcp', { options });
  await expect(failed).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
  const { message } = (await failed.catch((error: unknown) => error)) as Error;
  expect(message).toMatch(/the proxy 127\.0\.0\.1:\d+ refused the connection with 403$/);
  expect(message).not.toMatch(/p%40ss|p@ss/);
  expect(proxy.seen[0]).toBe(`CONNECT tools.example:443 Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

test.each(['http', 'https'])('T-263 a proxy that wants a login is named for an %s endpoint', async (scheme) => {
  await using proxy = await proxyTo(9, 407);
  const options = { environment: { ALL_PROXY: proxy.url } };
  await expect(connectTo(`${scheme}://tools.example/mcp`, { options })).rejects.toMatchObject({
    message: expect.stringMatching(/the proxy 127\.0\.0\.1:\d+ wants a login \(407\)/),
  });
});

test('T-263 with denyPrivate a host uses a proxy only if it is in allowedHosts', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  await using proxy = await proxyTo(upstream.port);
  const environment = { HTTP_PROXY: proxy.url };
  const endpoint = 'http://tools.example/mcp';
  await expect(connectTo(endpoint, { options: { environment, denyPrivate: true } })).rejects.toMatchObject({
    code: 'PROXY_FORBIDDEN',
  });
  expect(proxy.seen).toEqual([]);
  const allowed = { environment, denyPrivate: true, allowedHosts: ['tools.example'] };
  await (await connectTo(endpoint, { options: allowed })).close('done');
  expect(proxy.seen.length).toBeGreaterThan(0);
});

const far = new URL('https://api.corp.example/mcp');

test('spec.origin.proxy wins over the environment', () => {
  const environment = { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:1' };
  expect(proxyOf(far, undefined, environment)?.host).toBe('a:1');
  expect(proxyOf(far, 'inherit', environment)?.host).toBe('a:1');
  expect(proxyOf(far, 'none', environment)).toBeUndefined();
  expect(proxyOf(far, 'http://c:1', environment)?.host).toBe('c:1');
  expect(proxyOf(far, undefined, {})).toBeUndefined();
  expect(proxyOf(far, undefined, { HTTPS_PROXY: ' ' })).toBeUndefined();
  expect(proxyOf(far, undefined, { HTTPS_PROXY: 'a:1', https_proxy: 'b:1' })?.host).toBe('b:1');
});

test.each(['socks5://p:1080', 'socks://p', 'ftp://p', 'http://'])('a proxy %s is refused by name', (text) => {
  expect(() => proxyOf(far, undefined, { HTTPS_PROXY: text })).toThrow(
    text.startsWith('socks') ? /HTTPS_PROXY cannot be used: SOCKS/ : /HTTPS_PROXY cannot be used/,
  );
});

test.each([
  ['*', true],
  ['corp.example', true],
  ['.corp.example', true],
  ['*.corp.example', true],
  ['API.Corp.Example', true],
  ['api.corp.example:443', true],
  ['api.corp.example:8443', false],
  ['orp.example', false],
  ['other.example, corp.example', true],
  ['other.example corp.example', true],
  ['', false],
  [',', false],
])('NO_PROXY %j excepts https://api.corp.example: %s', (entries, expected) => {
  expect(isException(far, entries)).toBe(expected);
});

test.each([
  ['http://10.1.2.3/', '10.0.0.0/8', true],
  ['http://11.1.2.3/', '10.0.0.0/8', false],
  ['http://10.1.2.3/', '10.1.2.3', true],
  ['http://10.1.2.3:8080/', '10.1.2.3:8080', true],
  ['http://10.1.2.3/', '10.1.2.3/99', false],
  ['http://[fd00::1]/', 'fd00::/8', true],
  ['http://[fd00::1]/', '[fd00::1]', true],
  ['http://[fd00::1]/', 'fd00::1', true],
  ['http://[fd00::1]/', '[fd00::1]:81', false],
])('[first-hour.26] NO_PROXY of %s with %s: %s', (text, entries, expected) => {
  expect(isException(new URL(text), entries)).toBe(expected);
});
