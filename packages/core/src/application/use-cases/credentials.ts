import type { Caller } from '../../domain/access/caller.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { assertSecretName } from '../../domain/access/secret-rules.ts';
import { isStoreError } from '../../domain/errors/store-error.ts';
import type { Credential, CredentialCheck, CredentialProvider, SecretStore } from '../../ports/index.ts';
import { parseAuthRef } from '../../domain/access/auth-ref.ts';

const authorization = { name: 'Authorization', bearer: true };

/** Returns the provider of the scheme `file`, over the secret store. Invalid names get the same error whether or not a file exists. */
export function secretFileCredentials(store: SecretStore): CredentialProvider {
  const resolve = async (target: string, { tenant }: Caller): Promise<Credential> => {
    assertSecretName(target);
    const secret = await readSecret(store, tenant, target);
    if (secret === undefined) throw missing(target);
    return { secret, header: authorization };
  };
  const validate = async (target: string, caller: Caller): Promise<CredentialCheck> => {
    try {
      await resolve(target, caller);
      return { valid: true, issues: [], headers: [authorization.name] };
    } catch (error) {
      if (!isClarityError(error)) throw error;
      return { valid: false, issues: [error.failure.message], headers: [] };
    }
  };
  return {
    scheme: 'file',
    resolve,
    validate,
    health: async () => {
      const { healthy, detail } = await store.health();
      return { healthy, detail };
    },
  };
}

/** Keeps a message of the store in `cause`, because it may contain paths. */
async function readSecret(store: SecretStore, tenant: 'default', name: string) {
  try {
    return await store.read(tenant, name);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    throw new ClarityError('CREDENTIAL_MISSING', `the stored secret '${name}' cannot be read`, { cause: error });
  }
}

const missing = (name: string): ClarityError =>
  new ClarityError('CREDENTIAL_MISSING', `the stored secret '${name}' does not exist`, {
    hint: `store it with \`clarityctl auth set-secret file:${name} -\``,
  });

/** Returns a function that resolves a credential reference through the provider of its scheme. Connectors use it. */
export function credentialResolver(
  providers: readonly CredentialProvider[],
): (authRef: string, caller: Caller) => Promise<Credential> {
  const byScheme = new Map(providers.map((provider) => [provider.scheme, provider]));
  return async (authRef, caller) => {
    const { scheme, target } = parseAuthRef(authRef, [...byScheme.keys()]);
    const provider = byScheme.get(scheme);
    if (provider === undefined) throw new ClarityError('AUTH_REF_INVALID', `this runtime has no provider '${scheme}'`);
    return provider.resolve(target, caller);
  };
}
