import { createServer } from 'node:net';
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
