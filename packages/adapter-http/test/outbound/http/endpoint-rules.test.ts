import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import { httpConnector, type HttpConnectorOptions } from '../../../src/index.ts';
import { mcpUpstream } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, remoteManifest, remoteService } from '../../support/remote-service.ts';
import { selfSigned } from '../../support/self-signed.ts';

const admitted = (endpoint: string, options: HttpConnectorOptions = {}) =>
  httpConnector(options).admit(remoteManifest(endpoint));
const forbidden = { code: 'ENDPOINT_FORBIDDEN', failure: { field: 'spec.origin.endpoint' } };

describe('metadata addresses are rejected in every notation when a manifest is registered', () => {
  test.each([
    ['F01', 'http://169.254.169.254/latest/meta-data/'],
    ['F02', 'http://[fd00:ec2::254]/latest/'],
    ['F03', 'http://[::ffff:169.254.169.254]/'],
    ['F04', 'http://2852039166/'],
    ['F05', 'http://0xa9fea9fe/'],
    ['F06', 'http://0251.0376.0251.0376/'],
    ['F07', 'http://metadata.google.internal/computeMetadata/v1/'],
    ['F07', 'http://METADATA.google.internal./computeMetadata/v1/'],
    ['F08', 'http://100.100.100.200/latest/'],
    ['F09', 'http://169.254.169.254./x'],
    ['F10', 'http://[64:ff9b::a9fe:a9fe]/'],
    ['F10', 'http://[2002:a9fe:a9fe::1]/'],
    ['F10', 'http://[::169.254.169.254]/'],
    ['T-260', 'http://0.0.0.0:8080/'],
    ['T-260', 'http://[::]/'],
    ['T-260', 'http://224.0.0.1/'],
    ['T-260', 'http://255.255.255.255/'],
    ['T-260', 'http://[fe80::1]/'],
    ['T-260', 'http://[ff02::1]/'],
  ])('%s %s', async (_, endpoint) => {
    await expect(admitted(endpoint)).rejects.toMatchObject(forbidden);
    await expect(connectTo(endpoint)).rejects.toMatchObject(forbidden);
    const runtime = await createRuntime({ connectors: [httpConnector()] });
    await expect(runtime.services.apply(embeddedCaller, remoteManifest(endpoint))).rejects.toMatchObject(forbidden);
    expect(runtime.services.list(embeddedCaller)).toEqual([]);
  });
});

test('T-260 loopback and private networks are allowed, unless denyPrivate is set', async () => {
  for (const endpoint of ['http://127.0.0.1:9/mcp', 'http://localhost:9/mcp', 'http://[::1]:9/', 'http://10.0.0.7/']) {
    await expect(admitted(endpoint)).resolves.toBeUndefined();
  }
  for (const endpoint of ['http://10.0.0.7/', 'http://192.168.1.1/', 'http://172.20.0.1/', 'http://[fd12::1]/']) {
    await expect(admitted(endpoint, { denyPrivate: true })).rejects.toMatchObject(forbidden);
  }
  await expect(admitted('http://127.0.0.1:9/', { denyPrivate: true })).resolves.toBeUndefined();
});

test('T-260 an address in allowedHosts is allowed', async () => {
  const options = { allowedHosts: ['169.254.169.254'] };
  await expect(admitted('http://2852039166/', options)).resolves.toBeUndefined();
  await expect(admitted('http://169.254.1.1/', options)).rejects.toMatchObject(forbidden);
});

describe('T-261 allowedHosts matches exact host names only', () => {
  const options = { allowedHosts: ['Example.com.', 'bücher.example', '10.1.2.3'] };
  test.each([
    'http://example.com/',
    'http://EXAMPLE.com./',
    'https://example.com:8080/x',
    'http://xn--bcher-kva.example/',
    'http://0x0a010203/',
  ])('%s is allowed', async (endpoint) => {
    await expect(admitted(endpoint, options)).resolves.toBeUndefined();
  });
  test.each([
    'http://evil-example.com/',
    'http://example.com.evil.test/',
    'http://sub.example.com/',
    'http://exаmple.com/',
    'http://10.1.2.4/',
    'http://localhost/',
  ])('%s is rejected', async (endpoint) => {
    await expect(admitted(endpoint, options)).rejects.toMatchObject(forbidden);
  });
});

describe('endpoints of the runtime itself are rejected', () => {
  test.each([
    ['F16', '127.0.0.1', 'http://127.0.0.1:4707/mcp'],
    ['F16', '127.0.0.1', 'http://127.1:4707/mcp'],
    ['F17', '127.0.0.1', 'http://localhost:4707/mcp'],
    ['F17', '::1', 'http://localhost.:4707/mcp'],
    ['F18', '127.0.0.1', 'http://0.0.0.0:4707/mcp'],
    ['F19', '127.0.0.1', 'http://[::ffff:127.0.0.1]:4707/mcp'],
    ['F19', '0.0.0.0', 'http://[::1]:4707/mcp'],
    ['F16', '10.0.0.5', 'http://10.0.0.5:4707/mcp'],
  ])('%s bound to %s it rejects %s', async (_, host, endpoint) => {
    const options = { ownAddresses: () => [{ host, port: 4707 }] };
    await expect(admitted(endpoint, options)).rejects.toMatchObject(forbidden);
    await expect(connectTo(endpoint, { options })).rejects.toMatchObject(forbidden);
  });

  test('F17 a name that resolves to the runtime is rejected when the connection opens', async () => {
    const options = {
      ownAddresses: () => [{ host: '10.0.0.5', port: 80 }],
      resolve: () => Promise.resolve(['10.0.0.5']),
    };
    await expect(connectTo('http://gateway.example/', { options })).rejects.toMatchObject(forbidden);
  });
});

test('T-259 a name is resolved once per connection, and the connection uses a checked address', async () => {
  await using upstream = await mcpUpstream({ era: 'legacy' });
  const asked: string[] = [];
  let answers = ['127.0.0.1'];
  const options: HttpConnectorOptions = {
    resolve: (name) => {
      asked.push(name);
      return Promise.resolve(answers);
    },
  };
  const endpoint = `http://tools.example:${String(upstream.port)}/mcp`;
  for (const rebound of [['127.0.0.1'], ['169.254.169.254'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
    answers = rebound;
    await expect(connectTo(endpoint, { options })).rejects.toMatchObject(forbidden);
  }
  expect(upstream.connections()).toBe(0);
  answers = ['127.0.0.1'];
  const local = `http://tools.localhost:${String(upstream.port)}/mcp`;
  const connection = await connectTo(local, { options });
  asked.length = 0;
  await callTool(connection, 'echo', { args: { text: 'x' } });
  expect(asked).toEqual([]);
  expect(upstream.received.at(-1)?.headers.host).toBe(`tools.localhost:${String(upstream.port)}`);
  await connection.close('done');
});

describe('TLS', () => {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  afterEach(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  });

  test('T-262 an untrusted certificate is rejected for every environment', async () => {
    const requests: string[] = [];
    const server = createServer(selfSigned(), (request, response) => {
      requests.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    await expect(connectTo(`https://localhost:${String(port)}/mcp`)).rejects.toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringMatching(/SELF_SIGNED/),
    });
    expect(requests).toEqual([]);
    server.close();
  });
});

test('httpConnector rejects a service of another origin type', async () => {
  const service = remoteService('http://127.0.0.1:9/');
  const origin = { type: 'local_wasm', wasmPath: '/x', entry: 'x' } as const;
  const other = { ...service, manifest: { ...service.manifest, spec: { ...service.manifest.spec, origin } } };
  const events = { onListChanged: () => undefined, onLog: () => undefined, onClose: () => undefined };
  const connecting = httpConnector().connect(other, events, new AbortController());
  await expect(connecting).rejects.toMatchObject({ code: 'ORIGIN_UNSUPPORTED' });
});

test('an unreachable endpoint is reported with the system error code', async () => {
  const gone = await mcpUpstream({ era: 'legacy' });
  await gone[Symbol.asyncDispose]();
  await expect(connectTo(gone.url)).rejects.toMatchObject({
    code: 'UPSTREAM_UNREACHABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
