import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EgressRequest } from '@clarity-runtime/core/ports';
import { httpEgress } from '../../../src/outbound/egress/http-egress.ts';

let origin: string;
const seen: IncomingMessage[] = [];

/** `/large` is 5,000 bytes long, `/never` has no response, `/away` is a redirect, and everything else echoes the body. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  seen.push(request);
  if (request.url === '/never') return;
  if (request.url === '/large') response.end('x'.repeat(5_000));
  else if (request.url === '/away') response.writeHead(302, { location: '/large' }).end();
  else {
    response.writeHead(201, [...['set-cookie', 'a=1'], ...['set-cookie', 'b=2'], ...['x-one', 'two']]);
    request.pipe(response);
  }
}

const server = createServer(serve);
const egress = httpEgress();
const { signal } = new AbortController();

const requestTo = (path: string, given: Partial<EgressRequest> = {}): EgressRequest => ({
  ...{ method: 'GET', url: new URL(path, origin), headers: [], maxBytes: 1_000, timeoutMs: 60_000 },
  ...given,
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

test('a request has its method, fields and body, and each field of the response is returned', async () => {
  const request = requestTo('/x?y=z', {
    ...{ method: 'PUT', headers: [['x-guest', 'yes']], body: Buffer.from('content') },
  });
  const { status, headers, body } = await egress.send(request, signal);
  expect([status, Buffer.from(body).toString()]).toEqual([201, 'content']);
  expect(headers).toEqual(
    expect.arrayContaining([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-one', 'two'],
    ]),
  );
  const { method, url, headers: sent } = seen.at(-1) ?? {};
  expect([method, url, sent?.['x-guest'], sent?.['content-length']]).toEqual(['PUT', '/x?y=z', 'yes', '7']);
});

test('redirects are returned and not followed', async () => {
  const { status, headers } = await egress.send(requestTo('/away'), signal);
  expect([status, headers.find(([name]) => name === 'location')]).toEqual([302, ['location', '/large']]);
  expect(seen.at(-1)?.url).toBe('/away');
});

test('T-574 a response above its limit, or after its time, is a failure, and the caller can end it', async () => {
  const codeOf = async (request: EgressRequest, own = signal): Promise<unknown> =>
    egress.send(request, own).catch((error: unknown) => (error as { readonly code?: unknown }).code);
  expect(await codeOf(requestTo('/large'))).toBe('PAYLOAD_TOO_LARGE');
  expect(await codeOf(requestTo('/never', { timeoutMs: 20 }))).toBe('CALL_TIMED_OUT');
  const caller = new AbortController();
  const ended = codeOf(requestTo('/never'), caller.signal);
  caller.abort();
  expect(await ended).toBe('CALL_CANCELLED');
});

test.each([
  ['http://169.254.169.254/latest', {}],
  ['http://metadata.google.internal/', {}],
  ['http://10.0.0.1/', { denyPrivate: true }],
  ['http://api.example.com/', { resolve: () => Promise.resolve(['127.0.0.1']) }],
  ['http://api.example.com/', { allowedHosts: ['other.example'] }],
] as const)('T-573 %s is refused under the rules of remote services', async (url, rules) => {
  const { resolve, ...rest } = rules as { resolve?: () => Promise<readonly string[]> };
  const guarded = httpEgress({ ...rest, ...(resolve === undefined ? {} : { resolve }) });
  await expect(guarded.send(requestTo('/', { url: new URL(url) }), signal)).rejects.toMatchObject({
    code: 'ENDPOINT_FORBIDDEN',
  });
});
