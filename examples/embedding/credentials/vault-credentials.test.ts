import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import { credentialProviderContract } from '@clarity-runtime/core/testing';
import { stockAdapters } from 'clarity-runtime';
import { modernRemote } from '../../../test/support/remote-services.ts';
import { VaultCredentials, type Vault } from './vault-credentials.ts';

const folder = await mkdtemp(join(tmpdir(), 'clarity-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const kept = new Map([['team/remote', 'value-of-the-vault']]);
const vault: Vault = { read: (path) => Promise.resolve(kept.get(path)), isOpen: () => Promise.resolve(true) };

credentialProviderContract({ describe, test, expect }, 'a vault', () =>
  Promise.resolve({
    provider: new VaultCredentials(vault),
    good: 'team/remote',
    value: 'value-of-the-vault',
    missing: 'team/other',
    bad: ['', '../etc', 'Team', 'team//remote'],
  }),
);

test('a service starts with a credential of the vault, and a missing one is reported', async () => {
  await using remote = await modernRemote('value-of-the-vault');
  const stock = await stockAdapters({ workspace: folder, credentialProviders: [new VaultCredentials(vault)] });
  await using runtime = await createRuntime(stock);
  const register = (module: string, authRef: string) =>
    runtime.services.apply(embeddedCaller, {
      apiVersion: 'clarity.runtime/v1',
      kind: 'MCPService',
      metadata: { sourceFile: `${remote.url}?for=${module}`, module },
      spec: {
        origin: { type: 'remote_mcp', endpoint: remote.url, transport: 'streamable_http', authRef },
        enabled: true,
        autostart: false,
        restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
        policyRef: 'default',
      },
    });
  const good = await register('good', 'vault:team/remote');
  const started = await runtime.services.start(embeddedCaller, good.service.serviceId);
  expect(started.status.lifecycle).toBe('RUNNING');
  const answer = await runtime.tools.call(embeddedCaller, { name: 'good__echo', arguments: { text: 'hello' } });
  expect(answer.content).toEqual([{ type: 'text', text: 'hello' }]);

  expect(await runtime.secrets.validate(embeddedCaller, 'vault:team/other')).toMatchObject({
    provider: 'vault',
    valid: false,
    source: 'provider',
  });
  const { providers } = await runtime.secrets.providers(embeddedCaller);
  expect(providers.at(-1)).toEqual({ name: 'vault', supported: true, healthy: true, detail: 'the vault is open' });
  await runtime.services.remove(embeddedCaller, good.service.serviceId);
  const bad = await register('bad', 'vault:team/other');
  const failed = await runtime.services.start(embeddedCaller, bad.service.serviceId);
  expect(failed.status.lastError).toContain("the vault has nothing at 'team/other'");
});
