import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { embeddedCaller, Secret, secretFileCredentials } from '@clarity-runtime/core';
import { credentialProviderContract, secretStoreContract } from '@clarity-runtime/core/testing';
import { environmentCredentials, fsSecretStore } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const kit = { describe, test, expect };
const value = 'Canary-7f3a';
const write = { caller: embeddedCaller, op: 'op' };

secretStoreContract(kit, 'files', async () => fsSecretStore({ root: join(await temporaryFolder(), 'secrets') }));
secretStoreContract(kit, 'files in a folder that is there', async () =>
  fsSecretStore({ root: await temporaryFolder() }),
);

credentialProviderContract(kit, 'file', async () => {
  const store = fsSecretStore({ root: await temporaryFolder() });
  await store.write('default', 'a/b', { secret: new Secret(value), hosts: [], services: [] }, write);
  const bad = ['', '..', '../../../etc/passwd', '/etc/passwd', 'a/../b', 'C:b', 'a\\b'];
  return { provider: secretFileCredentials(store), good: 'a/b', value, missing: 'a/c', bad };
});

const environment = { CLARITY_REMOTE_AUTH_A_B: value, GOOD: value, CLARITYD_AUTH_TOKEN: value };
const reserved = ['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Mcp-Session-Id', 'Accept', 'TE'];
const targets: Readonly<Record<string, { good: string; missing: string; bad: readonly string[] }>> = {
  legacy_env: { good: 'a-b', missing: 'c', bad: [''] },
  env: { good: 'GOOD', missing: 'MISSING', bad: ['', 'A B', 'CLARITYD_AUTH_TOKEN'] },
  header_env: {
    good: 'X-Key:GOOD',
    missing: 'X-Key:MISSING',
    bad: ['', 'X-Key', 'X Key:GOOD', 'X-Key:CLARITYD_AUTH_TOKEN', ...reserved.map((name) => `${name}:GOOD`)],
  },
};
for (const provider of environmentCredentials({ environment })) {
  credentialProviderContract(kit, provider.scheme, () =>
    Promise.resolve({ provider, value, ...(targets[provider.scheme] ?? { good: '', missing: '', bad: [] }) }),
  );
}
