import { expect, test } from '@jest/globals';
import type { SecretOperations } from '../../../src/ports/inbound/secret-operations.ts';
import { secretTools } from '../../../src/application/control/secret-tools.ts';
import { schemaValidator } from '../../../src/validation/index.ts';
import { controlStage, provisioner, withGrants } from '../../support/control-stage.ts';

const asked: unknown[][] = [];
const told =
  (name: string) =>
  (_caller: unknown, ...args: readonly unknown[]): Promise<object> => {
    asked.push([name, ...args]);
    return Promise.resolve({ name });
  };
const useCases = {
  providers: told('providers'),
  validate: told('validate'),
  list: told('list'),
  set: told('set'),
  remove: told('remove'),
} as unknown as SecretOperations;

test('the five secret tools pass their arguments on and require their grants', async () => {
  const args = { auth_ref: 'file:mail', secret: 'value' };
  const { signal } = new AbortController();
  const grants: (readonly [string, string])[] = [];
  for (const tool of secretTools(useCases)) {
    grants.push([tool.name, tool.grant]);
    await tool.run({ caller: provisioner, args, signal });
  }
  expect(grants).toEqual([
    ['validate_auth_ref', 'inspect'],
    ['auth_provider_health', 'inspect'],
    ['list_auth_secrets', 'inspect'],
    ['set_auth_secret', 'secrets'],
    ['delete_auth_secret', 'secrets'],
  ]);
  expect(asked).toEqual([
    ['validate', 'file:mail'],
    ['providers'],
    ['list'],
    ['set', 'file:mail', 'value', {}],
    ['remove', 'file:mail'],
  ]);
});

test('J12 an error of a secret tool names a missing argument and contains no value', () => {
  const set = secretTools(useCases).find(({ name }) => name === 'set_auth_secret');
  const check = schemaValidator(set?.inputSchema ?? {});
  expect(check({ auth_ref: 'file:mail' })).toEqual({ field: 'secret', problem: 'is required' });
  expect(JSON.stringify(check({ auth_ref: 5, secret: 'canary-4711' }))).not.toContain('canary-4711');
});

test('[tool.set-auth-secret] [tool.list-auth-secrets] [tool.validate-auth-ref] [tool.auth-provider-health] [tool.delete-auth-secret] S06 a secret is stored, named, found and deleted over MCP, and its value never comes back', async () => {
  await using stage = await controlStage();
  const args = { auth_ref: 'file:mail' };
  const set = await stage.call('set_auth_secret', { ...args, secret: 'canary-4711' }, provisioner);
  expect(set).toMatchObject({ authRef: 'file:mail', written: true });
  const list = await stage.call('list_auth_secrets', {}, provisioner);
  expect(list).toMatchObject({ count: 1, items: [{ authRef: 'file:mail' }] });
  const valid = await stage.call('validate_auth_ref', args);
  expect(valid).toMatchObject({ provider: 'file', valid: true, headerKeys: ['Authorization'] });
  const health = await stage.call('auth_provider_health');
  expect(health).toMatchObject({
    providers: expect.arrayContaining([expect.objectContaining({ name: 'file', supported: true })]),
  });
  expect(await stage.call('delete_auth_secret', args, provisioner)).toMatchObject({ deleted: true });
  expect(await stage.call('validate_auth_ref', args)).toMatchObject({ valid: false });
  expect(
    JSON.stringify([set, list, valid, health, await stage.runtime.audit.recent(provisioner, { limit: 20 })]),
  ).not.toContain('4711');
  for (const name of ['list_auth_secrets', 'validate_auth_ref', 'auth_provider_health'])
    expect(await stage.refused(name, args, withGrants('read', 'call'))).toMatchObject({ code: 'GRANT_REQUIRED' });
});
