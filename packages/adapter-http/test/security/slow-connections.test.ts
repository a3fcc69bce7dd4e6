import { afterEach, expect, test } from '@jest/globals';
import type { Runtime } from '@clarity-runtime/core';
import { DEFAULT_LIMITS } from '../../src/server/options.ts';
import { startDaemon, type Daemon, type DaemonOptions } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { open, raw, readToEnd, sendBytes } from '../support/raw-client.ts';

const started: Daemon[] = [];

async function start(options: DaemonOptions = {}): Promise<Daemon> {
  const daemon = await startDaemon(options);
  started.push(daemon);
  return daemon;
}

afterEach(async () => {
  for (const daemon of started.splice(0)) await daemon[Symbol.asyncDispose]();
});

test('P13 incomplete requests are closed while complete ones are served', async () => {
  const limits = { requestTimeoutMs: 400, checkIntervalMs: 100 };
  const { port, url } = await start({ limits });
  const slow = Array.from({ length: 170 }, (_, i) => {
    const socket = open(port);
    const body = i >= 150;
    const rest = body ? 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{' : 'X-';
    socket.write(`POST /api/services/apply HTTP/1.1\r\nHost: localhost\r\n${rest}`);
    const drip = setInterval(() => socket.write(body ? ' ' : 'x'), 50);
    return readToEnd(socket).finally(() => {
      clearInterval(drip);
    });
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 |^$/);
});

test('P13 the default limits close an incomplete request within 20 seconds', () => {
  const { requestTimeoutMs, checkIntervalMs } = DEFAULT_LIMITS;
  expect(requestTimeoutMs + checkIntervalMs).toBeLessThanOrEqual(20_000);
});

test('P28 Upgrade is ignored and CONNECT is rejected', async () => {
  const { port, url } = await start();
  const upgrade = (protocol: string) => ({ Host: 'localhost', Upgrade: protocol, Connection: 'Upgrade' });
  for (const protocol of ['websocket', 'h2c']) {
    const head = Object.entries({ ...upgrade(protocol), Connection: 'Upgrade, close' });
    const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const { status } = await sendBytes(port, [`GET /api/status HTTP/1.1\r\n${lines}\r\n`]);
    expect(status).toBe(200);
  }
  const tunnel = await sendBytes(port, ['CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n']);
  expect(tunnel.status).not.toBe(200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('P29 three hundred requests on one socket are answered in order', async () => {
  const { port } = await start();
  const socket = open(port);
  const one = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
  socket.write(`${one}\r\n`.repeat(299) + `${one}Connection: close\r\n\r\n`);
  expect((await readToEnd(socket)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(300);
});

const broken = (runtime: Runtime): Runtime => ({
  ...runtime,
  services: Object.assign(Object.create(runtime.services) as Runtime['services'], {
    list: () => {
      throw new TypeError('Cannot read /home/somebody/secret');
    },
    stop: () => Promise.reject(new TypeError('Cannot read /home/somebody/secret')),
  }),
});

test('T-286 an unexpected error is a 500 with an opaque id for its own request only', async () => {
  const daemon = await start({ wrap: broken });
  for (const [method, path] of [
    ['GET', '/api/services'],
    ['POST', '/api/services/x/stop'],
  ] as const) {
    const { status, body } = await ask(daemon, path, { method });
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'INTERNAL', error: expect.stringMatching(/^internal error: [0-9a-f]{12}$/) });
    expect(JSON.stringify(body)).not.toContain('somebody');
    const id = String(body['error']).slice(-12);
    expect(daemon.log.filter((line) => line.includes(id) && line.includes('/home/somebody/secret'))).toHaveLength(1);
  }
  expect((await raw(daemon.port, { target: '/healthz', headers: { Host: 'localhost' } })).status).toBe(200);
});

test('a failed audit record does not accept a wrong token', async () => {
  const audit = { record: () => Promise.reject(new Error('disk full')) };
  const wrap = (runtime: Runtime): Runtime => ({ ...runtime, audit: { ...runtime.audit, ...audit } });
  const daemon = await start({ token: 'correct-horse-battery-staple', wrap });
  expect((await ask(daemon, '/api/status', { headers: { 'x-clarity-token': 'wrong' } })).status).toBe(401);
  expect(daemon.log).toEqual([expect.stringContaining('disk full')]);
});
