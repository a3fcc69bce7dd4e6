import { readdir, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, Secret, type Manifest, type Runtime } from '@clarity-runtime/core';
import { AuthorizationServerFixture } from '../../../../test/support/oauth/authorization-server.ts';
import { ProtectedServer } from '../../../../test/support/oauth/protected-server.ts';
import { follow } from '../../../../test/support/oauth/server-quirks.ts';
import { openTenants, type OpenTenants } from '../../src/composition/tenants.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const REDIRECT = 'http://127.0.0.1:9999/callback';
const ownerOf = (tenant: string) => ({ ...embeddedCaller, tenant });
const remote = (endpoint: string) =>
  ({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: endpoint, module: 'remote' },
    spec: {
      origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http' },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    },
  }) as Manifest;

/** Returns the state of the login of the only service. */
const stateOf = async (runtime: Runtime, tenant: string): Promise<string | undefined> =>
  (await runtime.logins.report(ownerOf(tenant))).items[0]?.state;

test('T-589 a tenant of the daemon logs in, keeps its login over a restart, and its record is worth nothing in another tenant', async () => {
  await using folder = await temporaryFolder();
  await using server = await AuthorizationServerFixture.start();
  await using upstream = await ProtectedServer.start((token) => server.introspect(token), { issuers: [server.issuer] });
  await using own = await createRuntime();
  const open = (): Promise<OpenTenants> =>
    openTenants({
      ...{ isShared: false, workspace: join(folder.path, 'workspace'), own, environment: { HOME: folder.path } },
      ...{ trustStore: join(folder.path, 'trust'), remote: { ownAddresses: () => [] }, log: () => undefined },
      runtime: { words: 'program', supervision: { probeIntervalMs: 0 } },
    });
  const first = await open();
  const names = ['acme', 'beta'] as const;
  let id = '';
  for (const name of names) {
    await first.create(embeddedCaller, name);
    const { services } = first.find(name) as Runtime;
    ({ serviceId: id } = (await services.apply(ownerOf(name), remote(upstream.endpoint))).service);
    await services.start(ownerOf(name), id).catch(() => undefined);
  }
  const acme = first.find('acme') as Runtime;
  const started = await acme.logins.begin(ownerOf('acme'), id, { redirectUri: REDIRECT });
  const response = new Secret(await follow(started.url));
  await expect(
    (first.find('beta') as Runtime).logins.complete(ownerOf('beta'), started.flow, response),
  ).rejects.toThrow();
  await acme.logins.complete(ownerOf('acme'), started.flow, response);
  const lifecycleOf = (tenants: OpenTenants, name: string) =>
    (tenants.find(name) as Runtime).services.get(ownerOf(name), id).status.lifecycle;
  expect(names.map((name) => lifecycleOf(first, name))).toEqual(['RUNNING', 'NEEDS_LOGIN']);
  expect([await stateOf(acme, 'acme'), await stateOf(first.find('beta') as Runtime, 'beta')]).toEqual([
    'active',
    'needed',
  ]);
  await first.close();
  // A process that can write the files copies a login into another tenant.
  const folderOf = (name: string) => join(folder.path, 'workspace', '.clarity', 'tenants', name, '.clarity', 'runtime');
  const copied = (await readdir(folderOf('acme'))).filter((name) => name.includes('login'));
  expect(copied).not.toEqual([]);
  for (const name of copied) {
    await rm(join(folderOf('beta'), name), { recursive: true, force: true });
    await cp(join(folderOf('acme'), name), join(folderOf('beta'), name), { recursive: true });
  }
  const second = await open();
  await second.autostart(true);
  expect(lifecycleOf(second, 'acme')).toBe('RUNNING');
  const beta = second.find('beta');
  if (beta !== undefined) {
    expect(await stateOf(beta, 'beta')).not.toBe('active');
    expect(beta.services.get(ownerOf('beta'), id).status.lifecycle).not.toBe('RUNNING');
  }
  await second.close();
  expect(server.count('authorization_code')).toBe(1);
});
