import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes, type ApiRoute } from '@clarity-runtime/api-contract';
import { embeddedCaller, type Manifest } from '@clarity-runtime/core';
import { canariesIn, canary } from '../../../../test/support/canaries.ts';
import { compose, type Composition } from '../../src/composition/compose.ts';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { daemonSettings } from '../../src/settings/daemon-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';
import { capture } from '../support/capture.ts';
import { CHILD_PROGRAM, reflectingUpstream, TOOLS, type ReflectingUpstream } from '../support/reflecting-services.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

/** One canary for each place of a manifest that can hold a secret, and for a variable of the daemon. */
const canaries = {
  bearer: canary('bearer'),
  headerSecret: canary('headerSecret'),
  headerText: canary('headerText'),
  querySecret: canary('querySecret'),
  queryText: canary('queryText'),
  urlSecret: canary('urlSecret'),
  variable: canary('variable'),
  argument: canary('argument'),
  envSecret: canary('envSecret'),
  envText: canary('envText'),
};
const REMOTE = ['bearer', 'headerSecret', 'headerText', 'querySecret', 'queryText', 'urlSecret', 'variable'];
const CHILD = ['argument', 'envSecret', 'envText'];

let folder: TemporaryFolder;
let upstream: ReflectingUpstream;
let daemon: Composition;
let url: string;
let remoteId: string;
let childId: string;
const log: string[] = [];

const manifestOf = (module: string, origin: object): Manifest =>
  ({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: module, module },
    spec: {
      origin,
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    },
  }) as unknown as Manifest;

beforeAll(async () => {
  folder = await temporaryFolder();
  upstream = await reflectingUpstream();
  const env = { HOME: folder.path, CANARY: canaries.variable, PATH: process.env['PATH'] };
  const settings = resolveSettings(
    daemonSettings,
    { port: '0', 'trust-store': join(folder.path, 'trust') },
    { CLARITY_ENABLE_MCP_PROVISIONING: '1' },
  );
  daemon = await compose({ settings, workspace: folder.path, env, ready: () => true, log: (line) => log.push(line) });
  ({ url } = await daemon.server.listen());
  const { secrets, services } = daemon.runtime;
  const hosts = { hosts: [upstream.host] };
  for (const name of ['bearer', 'headerSecret', 'querySecret', 'urlSecret'] as const) {
    await secrets.set(embeddedCaller, `file:${name}`, canaries[name], hosts);
  }
  for (const name of ['argument', 'envSecret'] as const) {
    await secrets.set(embeddedCaller, `file:${name}`, canaries[name], { services: ['near'] });
  }
  const program = join(folder.path, 'child.mjs');
  await writeFile(program, CHILD_PROGRAM);
  const remote = manifestOf('far', {
    type: 'remote_mcp',
    endpoint: `${upstream.url}?key=\${secret:file:urlSecret}`,
    transport: 'streamable_http',
    authRef: 'file:bearer',
    headers: [
      { name: 'x-one', secretRef: 'file:headerSecret' },
      { name: 'x-two', value: canaries.headerText },
      { name: 'x-three', value: '${env:CANARY}' },
    ],
    query: [
      { name: 'one', secretRef: 'file:querySecret' },
      { name: 'two', value: canaries.queryText },
    ],
  });
  const child = manifestOf('near', {
    type: 'local_process',
    command: process.execPath,
    args: [program, '${secret:file:argument}'],
    env: [
      { name: 'SECRET', secretRef: 'file:envSecret' },
      { name: 'TEXT', value: canaries.envText },
    ],
  });
  remoteId = (await services.apply(embeddedCaller, remote)).service.serviceId;
  childId = (await services.apply(embeddedCaller, child)).service.serviceId;
  for (const id of [remoteId, childId]) {
    const { status } = await services.start(embeddedCaller, id);
    expect(status).toMatchObject({ lifecycle: 'RUNNING' });
  }
});

afterAll(async () => {
  await daemon.server.close();
  await daemon.audits.close(100);
  await daemon.runtime.close();
  upstream.close();
  await folder[Symbol.asyncDispose]();
});

/** Sends one request and returns head and body of the response; of a stream its first bytes. */
async function send(path: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url + path, { ...init, redirect: 'manual' });
  const headers: string[] = [];
  response.headers.forEach((value, name) => headers.push(`${name}: ${value}`));
  const head = JSON.stringify([response.status, path, headers]);
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true)
    return head + (await response.text());
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return head + Buffer.from(value ?? []).toString();
}

const post = (path: string, body: object): Promise<string> =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(body),
  });

const mcp = (method: string, params: object, path = '/mcp'): Promise<string> =>
  post(path, { jsonrpc: '2.0', id: 1, method, params });

function assertNone(shown: readonly (readonly [string, string])[]): void {
  expect(shown.flatMap(([place, text]) => canariesIn(text, canaries).map((name) => [place, name]))).toEqual([]);
}

/** Routes that end what the test reads. */
const ENDING = new Set(['DELETE /api/services/:id', 'POST /api/services/:id/stop', 'DELETE /api/trust']);
const QUERIES: Readonly<Record<string, string>> = {
  '/api/explain': '?tool=far__echo',
  '/api/security/auth/validate': '?auth_ref=file:bearer',
};

test('R10d origin.headers and origin.query with secretRef reach the upstream, and no other place', () => {
  expect([...canariesIn(upstream.received(), canaries)].sort()).toEqual([...REMOTE].sort());
});

test('R10d no result, error, status, redirect or list of a service shows a secret to a client', async () => {
  const shown: [string, string][] = [];
  for (const path of ['/mcp', '/mcp/far', '/mcp/near']) {
    const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    shown.push([`${path} initialize`, await mcp('initialize', initialize, path)]);
    shown.push([`${path} tools/list`, await mcp('tools/list', {}, path)]);
  }
  for (const service of ['far', 'near'])
    for (const tool of TOOLS) {
      const text = await mcp('tools/call', { name: `${service}__${tool}`, arguments: {} });
      shown.push([`${service}__${tool}`, text]);
    }
  assertNone(shown);
  // Both services repeat what they have received, so that a result without a mark would mean that nothing was sent.
  for (const tool of ['far__echo', 'near__echo']) {
    expect(shown.find(([place]) => place === tool)?.[1]).toContain('clarity/redacted');
  }
});

test('T-386 R10d no route of the API shows a secret', async () => {
  const rows: readonly ApiRoute[] = Object.values(routes);
  const shown: [string, string][] = [];
  for (const { method, path } of rows) {
    if (ENDING.has(`${method} ${path}`)) continue;
    const ids = path.includes(':id') ? [remoteId, childId, 'default', 'far'] : [''];
    for (const id of ids) {
      const target = path.replace(':id', id) + (method === 'GET' ? (QUERIES[path] ?? '') : '');
      const text = method === 'GET' ? await send(target) : method === 'POST' ? await post(target, {}) : '';
      shown.push([`${method} ${target}`, text]);
    }
  }
  expect(shown.length).toBeGreaterThan(40);
  assertNone(shown);
});

test('R10d no control tool shows a secret', async () => {
  const listed = await mcp('tools/list', {});
  const { tools } = (
    JSON.parse(listed.slice(listed.indexOf('{"jsonrpc"'))) as {
      result: { tools: { name: string; inputSchema: { properties?: object } }[] };
    }
  ).result;
  const own = tools.filter(({ name }) => name.startsWith('runtime__') && !/remove|delete|stop/.test(name));
  const known: Readonly<Record<string, unknown>> = { tool: 'far__echo', auth_ref: 'file:bearer', limit: 100 };
  const shown: [string, string][] = [];
  for (const { name, inputSchema } of own) {
    for (const id of [remoteId, childId]) {
      const names = Object.keys(inputSchema.properties ?? {});
      const given: Readonly<Record<string, unknown>> = { ...known, service_id: id };
      const args = Object.fromEntries(names.filter((key) => key in given).map((key) => [key, given[key]]));
      shown.push([name, await mcp('tools/call', { name, arguments: args })]);
    }
  }
  expect(shown.length).toBeGreaterThan(30);
  assertNone(shown);
});

test('R10d neither the command line nor the log of the daemon shows a secret', async () => {
  const shown: [string, string][] = [];
  const commands =
    'status|list|details far|details near|logs far|logs near|audit|export|doctor|auth list-secrets|auth providers|' +
    'auth validate file:bearer|diff far|explain far__echo|trust list|policy show far';
  for (const command of commands.split('|')) {
    for (const flags of [[], ['--json']]) {
      const [stdout, stderr] = [capture(120), capture(120)];
      const env = { CLARITYD_URL: url, NO_COLOR: '1', HOME: folder.path };
      await exitCodeOf(runCtl, { argv: [...command.split(' '), ...flags], cwd: folder.path, stdout, stderr, env });
      shown.push([command, stdout.text + stderr.text]);
    }
  }
  assertNone([...shown, ['log', log.join('\n')]]);
});

test('R10d canaries cover every place of a manifest that can hold a secret', () => {
  expect([...REMOTE, ...CHILD].sort()).toEqual(Object.keys(canaries).sort());
});
