import type { Caller } from '../../domain/access/caller.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { assertSecretName } from '../../domain/access/secret-rules.ts';
import { isStoreError } from '../../domain/errors/store-error.ts';
import type { Credential, CredentialCheck, CredentialProvider, SecretStore } from '../../ports/index.ts';
import { parseAuthRef } from '../../domain/access/auth-ref.ts';

const authorization = { name: 'Authorization', bearer: true };

/** The provider `file`: credentials that the secret store keeps. A name outside it gets one answer, whatever is there. */
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

/** What the disk says may name its folders: it goes into the cause. */
async function readSecret(store: SecretStore, tenant: 'default', name: string) {
  try {
    return await store.read(tenant, name);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    throw new ClarityError('CREDENTIAL_MISSING', `the stored secret '${name}' cannot be read`, { cause: error });
  }
}

const missing = (name: string): ClarityError =>
  new ClarityError('CREDENTIAL_MISSING', `there is no stored secret '${name}'`, {
    hint: `store it with \`clarityctl auth set-secret file:${name} -\``,
  });

/** Finds the provider that a reference names and asks it; what connectors are given to resolve credentials with. */
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
