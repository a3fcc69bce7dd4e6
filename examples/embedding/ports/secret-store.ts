import { ClarityError, Secret, type SecretScope } from '@clarity-runtime/core';
import type { SecretStore } from '@clarity-runtime/core/ports';

/** Secrets that the deployment injected into the application. Clients of the runtime cannot change them. */
export function injectedSecrets(values: ReadonlyMap<string, string>): SecretStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new ClarityError('SECRETS_UNSAFE', 'the deployment owns these secrets; change them there'));
  // The operator of the application decides which services may use a value; here every service that it registers.
  const scope: SecretScope = {
    hosts: [],
    services: [],
    createdBy: { principal: 'operator', door: 'http' },
    version: '1',
  };
  return {
    names: () => Promise.resolve([...values.keys()].sort()),
    read: (_tenant, name) => {
      const value = values.get(name);
      return Promise.resolve(value === undefined ? undefined : { secret: new Secret(value), ...scope });
    },
    scope: (_tenant, name) => Promise.resolve(values.has(name) ? scope : undefined),
    write: refuse,
    remove: refuse,
    health: () => Promise.resolve({ healthy: true, exists: true, detail: `${String(values.size)} injected secrets` }),
  };
}
