import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';
import {
  assertBindAllowed,
  createRequestListener,
  createHttpServer,
  type RequestListenerOptions,
} from '../../src/index.ts';
import { isLoopbackAddress } from '../../src/guard/host-names.ts';
import { raw, sendBytes } from '../support/raw-client.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** The listener in a server of an embedder, with connections from `peer`. */
async function mount(peer: string, options: RequestListenerOptions = {}): Promise<{ runtime: Runtime; port: number }> {
  const runtime = await createRuntime();
  const server: Server = createServer(createRequestListener(runtime, { words: 'program', ...options }));
  server.on('connection', (socket) => {
    Object.defineProperty(socket, 'remoteAddress', { value: peer });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => runtime.close(),
  );
  const bound = server.address();
  return { runtime, port: typeof bound === 'object' && bound !== null ? bound.port : 0 };
}

test.each(['0.0.0.0', '::', '192.0.2.1', 'build-host'])(
  'T-244 the address %s cannot be bound without a token',
  async (host) => {
    expect(() => {
      assertBindAllowed(host, undefined);
    }).toThrow('CLARITYD_AUTH_TOKEN');
    const runtime = await createRuntime();
    expect(() => createHttpServer(runtime, { host, port: 0 })).toThrow(host);
    expect(() => createHttpServer(runtime, { host, port: 0, token: 'a-token-of-some-length' })).not.toThrow();
  },
);

test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])(
  'T-244 the address %s can be bound without a token',
  (host) => {
    expect(() => {
      assertBindAllowed(host, undefined);
    }).not.toThrow();
  },
);

test('T-244 an empty token counts as a missing token', () => {
  expect(() => {
    assertBindAllowed('127.0.0.1', '');
  }).toThrow('empty');
});

const claims = {
  'X-Forwarded-For': '127.0.0.1',
  'X-Real-IP': '127.0.0.1',
  Forwarded: 'for=127.0.0.1;host=localhost',
  'X-Forwarded-Host': 'localhost',
};

test.each(['/api/status', '/mcp'])(
  '[security.loopback] T-245 forwarding headers do not make a remote peer local: %s',
  async (target) => {
    const { runtime, port } = await mount('192.0.2.7');
    const { status, body } = await raw(port, { target, headers: { Host: 'localhost', ...claims } });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      error: 'forbidden: configure CLARITYD_AUTH_TOKEN for non-loopback access',
      code: 'LOOPBACK_REQUIRED',
    });
    const [event] = await runtime.audit.recent(embeddedCaller, { limit: 1 });
    expect(event).toMatchObject({ kind: 'auth.failed', data: { peer: '192.0.2.7', reason: 'not loopback' } });
  },
);

test('T-245 a PROXY preface is rejected', async () => {
  const { port } = await mount('192.0.2.7');
  const preface = 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n';
  expect((await sendBytes(port, [`${preface}GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n`])).status).toBe(400);
});

test('a remote peer with the token is accepted', async () => {
  const { port } = await mount('192.0.2.7', { token: 'a-token-of-some-length' });
  const headers = { Host: 'localhost', Authorization: 'Bearer a-token-of-some-length' };
  expect((await raw(port, { headers })).status).toBe(200);
});

test.each(['127.0.0.1', '127.1.2.3', '::1', '::1%lo', '::ffff:127.0.0.2', '::ffff:7f01:203'])(
  'T-246 %s is loopback',
  async (peer) => {
    expect(isLoopbackAddress(peer)).toBe(true);
    const { port } = await mount(peer);
    expect((await raw(port, { headers: { Host: 'localhost' } })).status).toBe(200);
  },
);

test.each([
  '128.0.0.1',
  '1.127.0.0',
  '10.0.0.1',
  '::',
  '::2',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  'fe80::1%lo',
  '',
  'x',
  undefined,
])('T-246 %s is not loopback', (peer) => {
  expect(isLoopbackAddress(peer)).toBe(false);
});
