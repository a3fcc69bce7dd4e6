import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { ApiClient } from '../../src/api/api-client.ts';
import { isLoopback } from '../../src/api/loopback.ts';

interface TestServer extends AsyncDisposable {
  readonly url: URL;
  readonly seen: readonly IncomingMessage[];
}

/** A server that is not clarityd. */
async function startServer(answer: (res: ServerResponse, req: IncomingMessage) => void): Promise<TestServer> {
  const seen: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    seen.push(req);
    answer(res, req);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${String(port)}`),
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('T-241 ApiClient sends the token to one server when the reply is a redirect', async () => {
  await using elsewhere = await startServer((res) => res.end('{"items":[]}'));
  await using server = await startServer((res) => {
    res.writeHead(307, { location: `${elsewhere.url.href}api/services` }).end();
  });
  const client = new ApiClient({ daemonUrl: server.url, token: 'secret-token' });
  await expect(client.services()).rejects.toThrow('is not clarityd');
  expect(server.seen[0]?.headers.authorization).toBe('Bearer secret-token');
  expect(elsewhere.seen).toEqual([]);
});

test('T-242 ApiClient rejects clear text to another machine unless insecureHttp is set', () => {
  const daemonUrl = new URL('http://box.example:4707');
  const token = 'secret-token';
  expect(() => new ApiClient({ daemonUrl, token })).toThrow('the token is not sent in clear text to box.example:4707');
  expect(() => new ApiClient({ daemonUrl: new URL('http://10.0.0.7'), token })).toThrow('clear text');
  const good = [
    { daemonUrl },
    { daemonUrl, token, insecureHttp: true },
    { daemonUrl: new URL('https://box.example'), token },
    { daemonUrl: new URL('http://localhost:1'), token },
  ];
  for (const options of good) expect(new ApiClient(options).daemonUrl).toBe(options.daemonUrl);
});

test.each([
  ['http://localhost', true],
  ['http://127.8.9.1:1', true],
  ['http://[::1]:4707', true],
  ['http://2130706433', true],
  ['http://localhost.evil.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['http://128.0.0.1', false],
  ['http://[::2]', false],
])('isLoopback of %s returns %s', (url, here) => {
  expect(isLoopback(new URL(url))).toBe(here);
});

test('ApiClient rejects with the start command as the hint when no daemon listens', async () => {
  const { url } = await startServer(() => undefined).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  await expect(new ApiClient({ daemonUrl: url }).status()).rejects.toMatchObject({
    message: `no daemon listens at ${url.origin}`,
    hint: 'start it with `clarity-runtime up`, or set --daemon-url to another daemon',
    exitCode: 1,
  });
});

test.each([
  ['HTML', 200, '<html>'],
  ['other JSON', 200, '{"hello":1}'],
  ['an error without our shape', 500, '{"oops":true}'],
])('ApiClient rejects a server that replies with %s', async (_, status, body) => {
  await using server = await startServer((res) => res.writeHead(status).end(body));
  await expect(new ApiClient({ daemonUrl: server.url }).services()).rejects.toMatchObject({
    message: `the server at ${server.url.origin} is not clarityd`,
  });
});

test('ApiError has the message, code and hint of the error reply', async () => {
  await using server = await startServer((res) => {
    res.writeHead(409).end('{"error":"taken","code":"NAMESPACE_TAKEN","hint":"use another"}');
  });
  await expect(new ApiClient({ daemonUrl: server.url }).apply({})).rejects.toMatchObject({
    message: 'taken',
    code: 'NAMESPACE_TAKEN',
    hint: 'use another',
    exitCode: 1,
  });
});

test('ApiClient reports an unreachable daemon when the connection is reset', async () => {
  await using server = await startServer((_res, req) => req.socket.destroy());
  await expect(new ApiClient({ daemonUrl: server.url }).services()).rejects.toThrow('cannot be reached');
});
