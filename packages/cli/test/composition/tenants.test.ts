import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, grantOf, type Manifest, type Runtime } from '@clarity-runtime/core';
import { openTenants, type OpenTenants } from '../../src/composition/tenants.ts';

let folder: string;
let own: Runtime;
const log: string[] = [];
const opened: OpenTenants[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clarity-tenants-'));
  own = await createRuntime();
  log.length = 0;
});
afterEach(async () => {
  for (const tenants of opened.splice(0)) await tenants.close();
  await own.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(isShared = false): Promise<OpenTenants> {
  const tenants = await openTenants({
    isShared,
    workspace: join(folder, 'workspace'),
    own,
    environment: { HOME: folder, SECRET_OF_DAEMON: 'x' },
    trustStore: join(folder, 'trust'),
    remote: { ownAddresses: () => [] },
    runtime: { words: 'program' },
    log: (line) => log.push(line),
  });
  opened.push(tenants);
  return tenants;
}
const folderOf = (name: string): string => join(folder, 'workspace', '.clarity', 'tenants', name);
const ownerOf = (tenant: string) => ({ ...embeddedCaller, tenant });
const remoteOf = (module: string, origin: object = {}) =>
  ({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: 'https://docs.example/mcp', module },
    spec: {
      origin: { type: 'remote_mcp', endpoint: 'https://docs.example/mcp', transport: 'streamable_http', ...origin },
      enabled: true,
      autostart: false,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    },
  }) as Manifest;
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'ok',
    (error: unknown) => (error as { failure?: { code: string } }).failure?.code ?? error,
  );

test('a workspace without tenants has no folder of them, and creates none', async () => {
  const tenants = await open();
  expect(await tenants.list()).toEqual([]);
  expect(existsSync(join(folder, 'workspace'))).toBe(false);
});

test('a tenant is created once, and keeps its records in a folder of its own over a restart', async () => {
  const first = await open();
  expect(await first.create(embeddedCaller, 'acme')).toEqual({ name: 'acme', state: 'open', services: 0, tokens: 0 });
  expect(await codeOf(first.create(embeddedCaller, 'acme'))).toBe('TENANT_NAME_TAKEN');
  expect(await codeOf(first.create(embeddedCaller, 'default'))).toBe('TENANT_NAME_TAKEN');
  const runtime = first.find('acme') as Runtime;
  const { token } = await runtime.tokens.create(ownerOf('acme'), { name: 'bot', grants: [grantOf('read')] });
  await runtime.services.apply(ownerOf('acme'), remoteOf('docs'));
  await first.close();
  const again = await open();
  expect(await again.list()).toEqual([{ name: 'acme', state: 'open', services: 1, tokens: 1 }]);
  expect((again.find('acme') as Runtime).tokens.authenticate(token)?.tenant).toBe('acme');
  const kinds = (await own.audit.recent(embeddedCaller, { limit: 9 })).map(({ kind, data }) => [
    kind,
    data?.['tenant'],
  ]);
  expect(kinds).toContainEqual(['tenant.created', 'acme']);
});

test('a tenant with services is removed with force only, and then nothing of it is left', async () => {
  const tenants = await open();
  await tenants.create(embeddedCaller, 'acme');
  const runtime = tenants.find('acme') as Runtime;
  await runtime.services.apply(ownerOf('acme'), remoteOf('docs'));
  await runtime.secrets.set(ownerOf('acme'), 'file:key', 'value');
  await expect(tenants.remove(embeddedCaller, 'acme', false)).rejects.toMatchObject({
    failure: { code: 'TENANT_IN_USE', message: expect.stringContaining('docs') },
  });
  expect(tenants.find('acme')).toBe(runtime);
  expect(await tenants.remove(embeddedCaller, 'acme', true)).toEqual({ services: ['docs'], tokens: 0 });
  expect(tenants.find('acme')).toBeUndefined();
  expect(() => runtime.services.list(ownerOf('acme'))).toThrow('closed');
  expect(await readdir(folderOf(''))).toEqual([]);
  expect(await codeOf(tenants.remove(embeddedCaller, 'acme', true))).toBe('TENANT_NOT_FOUND');
  expect(await codeOf(tenants.create(embeddedCaller, 'acme'))).toBe('ok');
  expect(await tenants.list()).toMatchObject([{ services: 0 }]);
});

test('a tenant whose state cannot be used is not served and does not stop the others; its removal needs force', async () => {
  const first = await open();
  await first.create(embeddedCaller, 'good');
  await first.create(embeddedCaller, 'bad');
  await first.close();
  const runtime = join(folderOf('bad'), '.clarity', 'runtime');
  await rm(runtime, { recursive: true });
  await writeFile(runtime, 'a file in place of the folder');
  const again = await open();
  expect(await again.list()).toEqual([
    { name: 'bad', state: 'failed', reason: expect.any(String) },
    { name: 'good', state: 'open', services: 0, tokens: 0 },
  ]);
  expect([again.find('bad'), log.filter((line) => line.includes('tenant bad is not served')).length]).toEqual([
    undefined,
    1,
  ]);
  expect(await codeOf(again.remove(embeddedCaller, 'bad', false))).toBe('TENANT_IN_USE');
  expect(await codeOf(again.remove(embeddedCaller, 'bad', true))).toBe('ok');
  expect(await readdir(folderOf(''))).toEqual(['good']);
});

test('an interrupted removal ends at the next start, and other names in the folder are left', async () => {
  const first = await open();
  await first.create(embeddedCaller, 'acme');
  await first.close();
  await mkdir(folderOf('.removed-old-0a0b0c0d'));
  await mkdir(folderOf('Not-A-Tenant'));
  const again = await open();
  expect((await again.list()).map(({ name }) => name)).toEqual(['acme']);
  expect((await readdir(folderOf(''))).sort()).toEqual(['Not-A-Tenant', 'acme']);
});

test('a link in place of the folder of a tenant is not followed', async () => {
  const first = await open();
  await first.create(embeddedCaller, 'acme');
  await first.close();
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, 'kept'), '');
  await symlink(elsewhere, folderOf('evil'));
  const again = await open();
  expect(await again.list()).toContainEqual({ name: 'evil', state: 'failed', reason: expect.any(String) });
  expect(await codeOf(again.remove(embeddedCaller, 'evil', true))).not.toBe('ok');
  expect(await readdir(elsewhere)).toEqual(['kept']);
});

test('daemons of a shared store have no tenants', async () => {
  const tenants = await open(true);
  expect(await codeOf(tenants.create(embeddedCaller, 'acme'))).toBe('REQUEST_INVALID');
  expect([await tenants.list(), tenants.find('acme'), tenants.runtimes()]).toEqual([[], undefined, []]);
});

test('T-539 a service of a tenant is not a program, and uses neither variables nor files of the daemon', async () => {
  const tenants = await open();
  await tenants.create(embeddedCaller, 'acme');
  const { services, secrets } = tenants.find('acme') as Runtime;
  const owner = ownerOf('acme');
  const program = { ...remoteOf('near'), metadata: { sourceFile: 'near', module: 'near' } };
  const process = { ...program, spec: { ...program.spec, origin: { type: 'local_process', command: 'node' } } };
  const module = {
    ...program,
    spec: { ...program.spec, origin: { type: 'local_wasm', wasmPath: '/x.wasm', entry: 'mcp_main' } },
  };
  for (const manifest of [process, module])
    expect(await codeOf(services.apply(owner, manifest as Manifest))).not.toBe('ok');
  for (const name of ['caFile', 'certFile', 'keyFile'])
    expect(await codeOf(services.apply(owner, remoteOf('files', { tls: { [name]: '/etc/passwd' } })))).not.toBe('ok');
  for (const authRef of ['env:SECRET_OF_DAEMON', 'header_env:X-Key:SECRET_OF_DAEMON', 'SECRET_OF_DAEMON']) {
    expect(await codeOf(services.apply(owner, remoteOf('vars', { authRef })))).not.toBe('ok');
    expect(await secrets.validate(owner, authRef)).toMatchObject({ valid: false });
  }
  expect(services.list(owner)).toEqual([]);
});
