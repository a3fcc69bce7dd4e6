import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  createRuntime,
  remote,
  Secret,
  secretFileCredentials,
  type Manifest,
  type Runtime,
} from '@clarity-runtime/core';
import { MemorySecretStore } from '@clarity-runtime/core/memory';
import type { CredentialProvider } from '@clarity-runtime/core/ports';
import { FakeConnector } from '../../support/fake-connector.ts';
import { withGrants } from '../../support/control-stage.ts';
import { operator } from '../../support/speak.ts';

const client = withGrants('read', 'call', 'operate', 'provision', 'secrets');
const vault: CredentialProvider = {
  scheme: 'vault',
  resolve: () => Promise.resolve({ secret: new Secret('of-the-vault'), header: { name: 'X-Key', bearer: false } }),
  validate: () => Promise.resolve({ valid: true, issues: [], headers: ['X-Key'] }),
  health: () => Promise.resolve({ healthy: true, detail: 'ready' }),
};

class RemoteConnector extends FakeConnector {
  override readonly origin = 'remote_mcp' as never;
}

let runtime: Runtime;
beforeEach(async () => {
  const secretStore = new MemorySecretStore();
  const credentialProviders = [secretFileCredentials(secretStore), vault];
  runtime = await createRuntime({ connectors: [new RemoteConnector()], secretStore, credentialProviders });
  await runtime.secrets.set(operator, 'file:bank', 'of-the-bank', { hosts: ['api.bank.example'] });
  await runtime.secrets.set(operator, 'file:own', 'of-the-operator');
});
afterEach(() => runtime.close());

const at = (host: string, authRef: string): Manifest => remote(`https://${host}/mcp`, { module: 'bank', authRef });

test.each([
  ['file:bank', 'evil.example', 'SECRET_HOST_FORBIDDEN'],
  ['file:own', 'api.bank.example', 'SECRET_HOST_FORBIDDEN'],
  ['vault:bank', 'api.bank.example', 'AUTH_REF_INVALID'],
  ['file:../bank', 'api.bank.example', 'AUTH_REF_INVALID'],
])('R65b apply of a client refuses %s at %s with %s', async (authRef, host, code) => {
  await expect(runtime.services.apply(client, at(host, authRef))).rejects.toMatchObject({
    code,
    failure: { field: 'spec.origin.authRef' },
  });
  expect(runtime.services.list(operator)).toEqual([]);
});

test('R65b apply accepts a secret at its host, and the operator uses its own secrets at any host', async () => {
  const { service } = await runtime.services.apply(client, at('api.bank.example', 'file:bank'));
  expect(service.registrant).toEqual({ principal: 'loopback', door: 'mcp' });
  await runtime.services.remove(operator, service.serviceId);
  for (const authRef of ['file:own', 'vault:bank', 'file:not-stored-yet']) {
    const view = await runtime.services.apply(operator, at('any.example', authRef));
    expect(view.service.registrant).toEqual({ principal: 'operator', door: 'http' });
    await runtime.services.remove(operator, view.service.serviceId);
  }
});

test('R65b a rotation keeps the hosts of a secret, and lists show them without the value', async () => {
  expect(await runtime.secrets.set(operator, 'file:bank', 'rotated-value')).toMatchObject({
    hosts: ['api.bank.example'],
  });
  const { items } = await runtime.secrets.list(operator);
  expect(items).toEqual([
    { authRef: 'file:bank', relativePath: 'bank', hosts: ['api.bank.example'] },
    { authRef: 'file:own', relativePath: 'own' },
  ]);
  await expect(runtime.secrets.set(operator, 'file:x', 'value', { hosts: ['*.example'] })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    failure: { field: 'hosts[0]' },
  });
});

test('Q65 set warns of a value that a header cannot carry, and validate decides per use', async () => {
  const { warnings } = await runtime.secrets.set(operator, 'file:letters', 'lozinka-đć-ž');
  expect(warnings?.join()).toContain('beyond ASCII');
  const inHeader = await runtime.secrets.validate(operator, 'file:letters');
  expect(inHeader).toMatchObject({ valid: false, headerKeys: [] });
  expect(inHeader.issues.join()).toMatch(/'file:letters'.*beyond ASCII.*Authorization/);
  expect(await runtime.secrets.validate(operator, 'file:letters', { purpose: 'env' })).toMatchObject({ valid: true });
});
