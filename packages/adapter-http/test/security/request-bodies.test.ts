import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { open, parseAnswer, raw, readToEnd, sendBytes, type RawAnswer } from '../support/raw-client.ts';

let daemon: Daemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon();
  id = await daemon.register('calc');
});

afterAll(() => daemon[Symbol.asyncDispose]());

const headers = { Host: 'localhost', 'Content-Type': 'application/json' };
const APPLY = '/api/services/apply';
const post = (body: string | Uint8Array, target = APPLY): Promise<RawAnswer> =>
  raw(daemon.port, { method: 'POST', target, headers, body });
const head = (target: string, framing: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;

test.each([
  ['/mcp', 17, { jsonrpc: '2.0', error: { code: -32600, data: { code: 'PAYLOAD_TOO_LARGE' } } }],
  [APPLY, 2, { code: 'PAYLOAD_TOO_LARGE' }],
])('P14 M7 a body for %s of %i MiB is rejected in the form of the endpoint', async (target, size, expected) => {
  const { status, body } = await post(`{"x":"${'a'.repeat(size * 1024 * 1024)}"}`, target);
  expect(status).toBe(413);
  expect(JSON.parse(body)).toMatchObject(expected);
  expect(daemon.runtime.limits.counts()['request.too_large']).toBeGreaterThan(0);
});

test('a body of one MiB is accepted, one byte more is rejected', async () => {
  const padded = (size: number): string => '{}'.padEnd(size, ' ');
  expect((await post(padded(1_048_576), `/api/services/${id}/stop`)).status).toBe(200);
  expect((await post(padded(1_048_577), `/api/services/${id}/stop`)).status).toBe(413);
});

test.each(['/mcp', APPLY])('P15 a content-length of 10 GiB for %s is rejected before the body', async (target) => {
  expect((await sendBytes(daemon.port, [head(target, 'Content-Length: 10737418240')])).status).toBe(413);
});

test.each([
  ['/mcp', 32],
  [APPLY, 8],
])('P16 an endless chunked body for %s is cut before %i MiB', async (target, limit) => {
  const socket = open(daemon.port);
  const answer = readToEnd(socket);
  socket.write(head(target, 'Transfer-Encoding: chunked'));
  const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
  let sent = 0;
  const push = (): void => {
    while (!socket.destroyed && sent < 64 * 1024 * 1024) {
      sent += chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', push);
  push();
  expect(parseAnswer(await answer).status).toBe(413);
  expect(sent).toBeLessThan(limit * 1024 * 1024);
});

test.each([
  ['P17 100 000 lists', '['.repeat(100_000)],
  ['P17 100 000 closed lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['P18 50 000 objects in a manifest', `{"manifest":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
  ['P18 lists behind a quoted bracket', `{"manifest":["]]]\\"]]",${'['.repeat(200)}${']'.repeat(200)}]}`],
])('%s are rejected', async (_case, body) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'REQUEST_INVALID' });
  expect(answer.body).toContain('deeper');
});

test('brackets in a string do not count as depth', async () => {
  const answer = await post(`{"manifest":"${'['.repeat(1_000)}"}`);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'MANIFEST_INVALID' });
});

test.each([
  ['a lone byte', Buffer.from('{"manifest":"\xff\xc0"}', 'latin1')],
  ['an overlong slash', Buffer.from('{"manifest":"\xc0\xaf"}', 'latin1')],
  ['UTF-16', Buffer.from('{"manifest":{}}', 'utf16le')],
])('P19 a body with %s is rejected as not JSON in UTF-8', async (_case, body) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('UTF-8');
});

test('Q37 a body is read without its byte order mark', async () => {
  const answer = await post(Buffer.from('\ufeff{"manifest":{}}'));
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'MANIFEST_INVALID', field: 'apiVersion' });
});

test('P20 a body does not change a prototype', async () => {
  const manifest = JSON.stringify(manifestOf('polluted'));
  const bodies = [
    '{"__proto__":{"polluted":1}}',
    `{"__proto__":{"polluted":1},"manifest":${manifest}}`,
    `{"manifest":{"__proto__":{"polluted":1},${manifest.slice(1)}}`,
    `{"manifest":{"constructor":{"prototype":{"polluted":1}},${manifest.slice(1)}}`,
  ];
  for (const body of bodies) {
    expect((await post(body)).status).toBe(400);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  }
});

test.each(['null', '[]', '1', '"s"', 'true', '{"x":1}', '', ' '])(
  'P24 the body %j is rejected by every POST route',
  async (body) => {
    for (const action of ['start', 'stop', 'introspect']) {
      if (body !== '') expect((await post(body, `/api/services/${id}/${action}`)).status).toBe(400);
    }
    expect((await post(body)).status).toBe(400);
    expect(daemon.runtime.services.list(embeddedCaller)).toHaveLength(1);
  },
);

test('P24 an empty object is rejected as a manifest', async () => {
  expect(JSON.parse((await post('{}')).body)).toMatchObject({ code: 'REQUEST_INVALID', field: 'manifest' });
});

test.each(['/mcp', APPLY])('P27 a compressed body for %s is rejected', async (target) => {
  const body = gzipSync(JSON.stringify({ manifest: manifestOf('zipped') }));
  const zipped = { ...headers, 'Content-Encoding': 'gzip' };
  const answer = await raw(daemon.port, { method: 'POST', target, headers: zipped, body });
  expect(answer.status).toBe(415);
  expect(JSON.parse(answer.body)).toMatchObject({ field: 'content-encoding' });
});
