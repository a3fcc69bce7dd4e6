import { parseAuthRef } from '../domain/access/auth-ref.ts';
import type { Caller } from '../domain/access/caller.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { Credential, CredentialProvider } from '../ports/index.ts';

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
