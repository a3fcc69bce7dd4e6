import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import { createRequestListener } from '../../src/index.ts';
import { raw } from '../support/raw-client.ts';

let runtime: Runtime;
let server: Server;
let port: number;
let log: string[];
/** Runs in the host before the middleware. */
let before: (req: IncomingMessage) => Promise<unknown>;

beforeEach(async () => {
  runtime = await createRuntime();
  log = [];
  before = () => Promise.resolve();
  const listener = createRequestListener(runtime, { host: '127.0.0.1', onError: (line) => log.push(line) });
  const passedOn = (res: ServerResponse) => () => res.writeHead(299, { 'content-length': 8 }).end('the host');
  server = createServer((req, res) => {
    void before(req).then(() => {
      listener(req, res, passedOn(res));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  await runtime.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test.each(['/', '/hello', '/apis', '/mcpx', '/statuses', '/healthz/x', '/api%2fstatus'])(
  'the middleware passes %s on to the host',
  async (target) => {
    const answer = await raw(port, { target, headers: { Host: 'app.example' } });
    expect([answer.status, answer.body]).toEqual([299, 'the host']);
  },
);

test.each([
  ['/healthz', 200],
  ['/readyz', 200],
  ['/status', 200],
  ['/status/none', 404],
  ['/api/status', 200],
  ['/api/none', 404],
  ['/mcp', 200],
  ['/mcp/none/more', 404],
])('the middleware answers its own path %s with %i', async (target, status) => {
  const answer = await raw(port, { target, headers: { Host: 'localhost' } });
  expect(answer.status).toBe(status);
});

test('the middleware rejects foreign hosts at its own paths, and targets that are not paths', async () => {
  expect((await raw(port, { target: '/api/status', headers: { Host: 'evil.example' } })).status).toBe(403);
  expect((await raw(port, { target: '//host/api', headers: { Host: 'localhost' } })).status).toBe(400);
});

test('a body that the host has read is answered with 500 and the remedy', async () => {
  before = (req) => buffer(req);
  const headers = { Host: 'localhost', 'Content-Type': 'application/json' };
  const answer = await raw(port, { method: 'POST', target: '/api/services/apply', headers, body: '{}' });
  expect(answer.status).toBe(500);
  expect(JSON.parse(answer.body)).toMatchObject({
    code: 'BODY_ALREADY_READ',
    hint: expect.stringContaining('ahead of body parsers'),
  });
  expect(log.join()).toContain('BODY_ALREADY_READ');
});
