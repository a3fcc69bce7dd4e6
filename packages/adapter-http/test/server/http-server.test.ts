import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, test } from '@jest/globals';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import { createHttpServer } from '../../src/index.ts';
import { startDaemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { raw } from '../support/raw-client.ts';

/** A runtime whose audit responds after a release. */
function holdAudit() {
  let release = (): void => undefined;
  let arrived = (): void => undefined;
  const reached = new Promise<void>((resolve) => (arrived = resolve));
  const held = new Promise<void>((resolve) => (release = resolve));
  const page: Runtime['audit']['page'] = async () => {
    arrived();
    await held;
    return { items: [], next: '0' };
  };
  const wrap = (runtime: Runtime): Runtime => ({ ...runtime, audit: { ...runtime.audit, page } });
  return {
    wrap,
    reached,
    release: () => {
      release();
    },
  };
}

test('close completes running requests, accepts no new one, and is idempotent', async () => {
  const { wrap, reached, release } = holdAudit();
  const daemon = await startDaemon({ wrap });
  const running = ask(daemon, '/api/audit');
  await reached;
  const closed = daemon[Symbol.asyncDispose]();
  await expect(fetch(`${daemon.url}/healthz`)).rejects.toThrow();
  release();
  expect((await running).status).toBe(200);
  await closed;
  await daemon[Symbol.asyncDispose]();
});

test('close aborts requests that are open after closeGraceMs', async () => {
  const { wrap, reached } = holdAudit();
  const daemon = await startDaemon({ wrap, limits: { closeGraceMs: 50 } });
  const hanging = raw(daemon.port, { target: '/api/audit', headers: { Host: 'localhost' } });
  await reached;
  await daemon[Symbol.asyncDispose]();
  expect((await hanging).status).toBe(0);
});

test('address is defined while the server listens', async () => {
  const server = createHttpServer(await createRuntime(), { host: '127.0.0.1', port: 0 });
  expect(server.address).toBeUndefined();
  const address = await server.listen();
  expect(address).toEqual({ host: '127.0.0.1', port: address.port, url: `http://127.0.0.1:${String(address.port)}` });
  expect(server.address).toEqual(address);
  await server.close();
  expect(server.address).toBeUndefined();
});

test('listen rejects with EADDRINUSE when the port is in use', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const taken = other.address();
  const port = typeof taken === 'object' && taken !== null ? taken.port : 0;
  const server = createHttpServer(await createRuntime(), { host: '127.0.0.1', port });
  await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await server.close();
  await new Promise((resolve) => other.close(resolve));
});

const listening = async (host: string, port: number): Promise<{ port: number; stop: () => Promise<unknown> }> => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen({ host, port, ipv6Only: host === '::1' }, resolve));
  const bound = other.address();
  const taken = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return { port: taken, stop: () => new Promise((resolve) => other.close(resolve)) };
};

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const testIpv6 = hasIpv6 ? test : test.skip;

testIpv6('Q43 both loopback addresses serve the same port', async () => {
  const server = createHttpServer(await createRuntime(), { host: '127.0.0.1', otherHosts: ['::1'], port: 0 });
  const { port, url } = await server.listen();
  expect(url).toBe(`http://127.0.0.1:${String(port)}`);
  for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
    const { status } = await fetch(`http://${host}:${String(port)}/healthz`);
    expect([host, status]).toEqual([host, 200]);
  }
  await server.close();
  await expect(fetch(`http://[::1]:${String(port)}/healthz`)).rejects.toThrow('fetch failed');
});

test('Q43 listen skips an address that this machine does not have', async () => {
  // 2001:db8::/32 is for documentation (RFC 3849): no machine has it.
  const options = { host: '127.0.0.1', otherHosts: ['2001:db8::1'], token: 'a-token-of-some-length', port: 0 };
  await using server = createHttpServer(await createRuntime(), options);
  const { port } = await server.listen();
  expect((await fetch(`http://127.0.0.1:${String(port)}/healthz`)).status).toBe(200);
});

testIpv6('Q43 listen rejects and frees the first address when the port of the second one is in use', async () => {
  const taken = await listening('::1', 0);
  const options = { host: '127.0.0.1', otherHosts: ['::1'], port: taken.port };
  const server = createHttpServer(await createRuntime(), options);
  await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE', address: '::1' });
  await (await listening('127.0.0.1', taken.port)).stop();
  await taken.stop();
  await server.listen();
  await server.close();
});

test('Q43 an address of another machine needs a token also as a second one', async () => {
  const options = { host: '127.0.0.1', otherHosts: ['192.0.2.1'], port: 0 };
  const runtime = await createRuntime();
  expect(() => createHttpServer(runtime, options)).toThrow('192.0.2.1');
});

testIpv6('Q43 both addresses share one bound of connections', async () => {
  const runtime = await createRuntime();
  const options = { host: '127.0.0.1', otherHosts: ['::1'], port: 0, limits: { maxConnections: 4 } };
  await using server = createHttpServer(runtime, options);
  const { port } = await server.listen();
  const sockets = Array.from({ length: 12 }, (_, at) => connect({ port, host: at % 2 === 0 ? '127.0.0.1' : '::1' }));
  const isOpen = (socket: Socket): Promise<boolean> =>
    new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        resolve(true);
      });
      socket.once('close', () => {
        resolve(false);
      });
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
  const open = await Promise.all(sockets.map(isOpen));
  const count = open.filter(Boolean).length;
  // Each address accepts at least one.
  expect(count).toBeGreaterThanOrEqual(4);
  expect(count).toBeLessThanOrEqual(5);
  for (const socket of sockets) socket.destroy();
});

test('GET /readyz returns 503 until the host is ready', async () => {
  let ready = false;
  await using daemon = await startDaemon({ ready: () => ready });
  const probe = await ask(daemon, '/readyz');
  expect(probe.status).toBe(503);
  expect(probe.headers.get('retry-after')).toBe('1');
  ready = true;
  expect((await ask(daemon, '/readyz')).body).toEqual({ status: 'ready' });
  expect((await ask(daemon, '/healthz')).body).toEqual({ status: 'ok' });
});
