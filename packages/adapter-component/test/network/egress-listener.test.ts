import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { componentTranspiler } from '@clarity-runtime/adapter-component';
import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { ClarityError, RawJson, type ErrorCode } from '@clarity-runtime/core';
import type { Egress, EgressRequest, EgressResponse, NetworkGrant, WasmModule } from '@clarity-runtime/core/ports';
import { EgressListener } from '../../src/network/egress-listener.ts';
import { ERROR_CODES, httpComponent } from '../support/http-component.ts';

const requests: EgressRequest[] = [];
let reply: () => Promise<EgressResponse>;
const egress: Egress = {
  send: (request) => {
    requests.push(request);
    return reply();
  },
};
const grant: NetworkGrant = {
  hosts: ['api.example.com', '*.example.org:8080'],
  methods: ['GET', 'POST'],
  maxBytes: 64,
  timeoutMs: 60_000,
};
const host = new WorkerWasmHost({ loadMs: 30_000 });
const cacheFolder = mkdtempSync(join(tmpdir(), 'clarity-components-'));
const transpiler = componentTranspiler({ egress, cacheFolder });
const { signal } = new AbortController();
const lines: string[] = [];
const open: WasmModule[] = [];
let component: Uint8Array;
let granted: WasmModule;

async function load(network?: NetworkGrant): Promise<WasmModule> {
  const program = await transpiler.prepare(component, network === undefined ? {} : { network }, signal);
  const limits = { deadlineMs: 120_000, maxMemoryBytes: 8 << 20, maxResultBytes: 65_536 };
  const module = await host.load(
    { wasm: new Uint8Array(), program, limits, onLog: (line) => lines.push(line) },
    signal,
  );
  open.push(module);
  return module;
}

beforeAll(async () => {
  component = await httpComponent();
  granted = await load(grant);
});

beforeEach(() => {
  requests.length = 0;
  lines.length = 0;
  reply = () => Promise.resolve({ status: 200, headers: [['x-one', 'two']], body: Buffer.from('hello') });
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await transpiler.close?.();
  rmSync(cacheFolder, { recursive: true });
});

interface Sent {
  readonly post?: boolean;
  readonly authority?: string;
  readonly path?: string;
  readonly body?: string;
  readonly ends?: boolean;
}

async function send(module: WasmModule, given: Sent = {}): Promise<string> {
  const { post = false, authority = 'api.example.com', path = '/v1?q=a%20b', body = '', ends = true } = given;
  const args = { post, authority, path, body: Buffer.from(body).toString('base64'), ends };
  const outcome = await module.call('send', RawJson.of(args), { signal });
  if (outcome.type === 'failure') return `${outcome.code} ${outcome.message}`;
  if (outcome.type === 'err') return ERROR_CODES[Number(outcome.json.text)] ?? `err ${outcome.json.text}`;
  const [status, bytes] = JSON.parse(outcome.json.text) as [number, string];
  return `${String(status)} ${Buffer.from(bytes, 'base64').toString()}`;
}

test('a component sends requests through the daemon, with fields and bodies, and reads the responses', async () => {
  expect(await send(granted)).toBe('200 hello');
  reply = () =>
    Promise.resolve({ status: 404, headers: [], body: Buffer.from('a body that is read in several parts') });
  expect(await send(granted, { post: true, authority: 'a.example.org:8080', path: 'x', body: 'content' })).toBe(
    '404 a body that is read in several parts',
  );
  expect(requests.map(({ url, body, ...rest }) => ({ ...rest, url: url.href, body: body && String(body) }))).toEqual([
    {
      ...{ method: 'GET', url: 'http://api.example.com/v1?q=a%20b', body: undefined },
      ...{ headers: [['x-guest', 'yes']], maxBytes: 64, timeoutMs: 60_000 },
    },
    {
      ...{ method: 'POST', url: 'http://a.example.org:8080/x', body: 'content' },
      ...{ headers: [['x-guest', 'yes']], maxBytes: 64, timeoutMs: 60_000 },
    },
  ]);
  expect(lines).toEqual(['GET http://api.example.com: 200', 'POST http://a.example.org:8080: 404']);
});

test('T-573 a request outside of its grant is not sent, and the error names the field that allows it', async () => {
  const denied = 'WASM_CAPABILITY the component uses wasi:http/outgoing-handler#handle, which is not granted; ';
  expect(await send(granted, { authority: 'evil.example' })).toBe(
    `${denied}spec.capabilities.network.hosts does not have evil.example`,
  );
  expect(await send(await load({ ...grant, methods: ['GET'] }), { post: true })).toBe(
    `${denied}spec.capabilities.network.methods does not have POST`,
  );
  expect(await send(await load())).toBe(
    'WASM_CAPABILITY the component uses wasi:http/types#Fields, which is not granted; spec.capabilities.network grants it',
  );
  expect(requests).toEqual([]);
});

test.each<readonly [ErrorCode, (typeof ERROR_CODES)[number]]>([
  ['ENDPOINT_FORBIDDEN', 'destination-IP-prohibited'],
  ['UPSTREAM_UNREACHABLE', 'destination-unavailable'],
  ['UPSTREAM_LOST', 'connection-terminated'],
  ['PAYLOAD_TOO_LARGE', 'HTTP-response-body-size'],
  ['CALL_TIMED_OUT', 'HTTP-response-timeout'],
  ['UPSTREAM_PROTOCOL', 'HTTP-protocol-error'],
  ['INTERNAL', 'internal-error'],
])('a request that fails with %s is the error %s of the component', async (code, expected) => {
  reply = () => Promise.reject(new ClarityError(code, 'test'));
  expect(await send(granted)).toBe(expected);
  expect(lines).toEqual([`GET http://api.example.com: ${code}`]);
});

test('T-574 a body that is too large, or has no end, is not sent', async () => {
  expect(await send(granted, { post: true, body: 'x'.repeat(65) })).toBe('err 100');
  expect(await send(granted, { post: true, body: 'x', ends: false })).toBe('internal-error');
  expect(requests).toEqual([]);
});

test('T-573 the socket answers nothing without a grant that this process sealed, and is removed at its end', async () => {
  const listener = new EgressListener(egress);
  const { socket, key } = await listener.addressOf(grant);
  const [text = '', code = ''] = key.split('.');
  const more = Buffer.from(JSON.stringify({ ...grant, hosts: ['evil.example'] })).toString('base64url');
  const statusOf = (sealed: string | undefined): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = sealed === undefined ? {} : { 'x-clarity-grant': sealed };
      const sent = request({ socketPath: socket, method: 'POST', path: '/', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
  for (const sealed of [undefined, '', '.', text, `${text}.`, `${more}.${code}`, `${key}x`.replace('.', '.A')]) {
    expect([sealed, await statusOf(sealed)]).toEqual([sealed, 403]);
  }
  await listener.close();
  expect(existsSync(socket)).toBe(false);
  expect(requests).toEqual([]);
});
