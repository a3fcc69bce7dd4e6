import { isOperator } from '../../domain/access/registrant.ts';
import { destinationProblem } from '../../domain/access/secret-scope.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { assertSecretName, headerValueProblem } from '../../domain/access/secret-rules.ts';
import type { Secret } from '../../domain/access/secret.ts';
import { isStoreError } from '../../domain/errors/store-error.ts';
import type {
  Credential,
  CredentialCheck,
  CredentialProvider,
  CredentialRequest,
  CredentialResolver,
  CredentialUse,
  SecretStore,
} from '../../ports/index.ts';
import { parseAuthRef } from '../../domain/access/auth-ref.ts';

const authorization = { name: 'Authorization', bearer: true };

/** Returns the provider of the scheme `file`, over the secret store. Invalid names get the same error whether or not a file exists. */
export function secretFileCredentials(store: SecretStore): CredentialProvider {
  const resolve = async (target: string, use: CredentialUse): Promise<Credential> => {
    assertSecretName(target);
    const stored = await readStored(target, () => store.read(use.tenant, target));
    if (stored === undefined) throw missing(target);
    assertDestination(target, destinationProblem(stored, use));
    return { secret: stored.secret, header: authorization, version: stored.version };
  };
  return {
    scheme: 'file',
    resolve,
    validate: (target, use) => checkCredential(`file:${target}`, use, () => resolve(target, use)),
    admit: async (target, request) => {
      assertSecretName(target);
      const scope = await readStored(target, () => store.scope(request.tenant, target));
      if (scope !== undefined) assertDestination(target, destinationProblem(scope, request));
    },
    health: async () => {
      const { healthy, detail } = await store.health();
      return { healthy, detail };
    },
  };
}

function assertDestination(name: string, problem: string | undefined): void {
  if (problem === undefined) return;
  throw new ClarityError('SECRET_HOST_FORBIDDEN', `file:${name}: ${problem}`, {
    hint: `store it again with its destinations: \`clarityctl auth set-secret file:${name} - --host <host>\``,
  });
}

/**
 * Returns the result of resolving a reference for one use, header rules included. `resolve` throws a `ClarityError` for a
 * reference that does not resolve.
 */
export async function checkCredential(
  reference: string,
  { purpose = 'header' }: CredentialUse,
  resolve: () => Promise<Credential>,
): Promise<CredentialCheck> {
  try {
    const { secret, header } = await resolve();
    if (purpose === 'header') assertHeaderValue(reference, header.name, secret);
    return { valid: true, issues: [], headers: purpose === 'header' ? [header.name] : [] };
  } catch (error) {
    if (!isClarityError(error)) throw error;
    return { valid: false, issues: [error.failure.message], headers: [] };
  }
}

/**
 * Checks that a header can carry a value (RFC 9110 §5.5, ASCII only).
 * @throws ClarityError CREDENTIAL_MISSING with the reference and the header, without the value.
 */
export function assertHeaderValue(reference: string, header: string, secret: Secret): void {
  const problem = headerValueProblem(secret.reveal());
  if (problem === undefined) return;
  throw new ClarityError(
    'CREDENTIAL_MISSING',
    `the value of '${reference}' ${problem}, which header ${header} cannot carry`,
    {
      hint: 'store a value of printable ASCII characters, or pass it in the environment of a child process',
    },
  );
}

/** Keeps a message of the store in `cause`, because it may contain paths. */
async function readStored<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
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
export function credentialResolver(providers: readonly CredentialProvider[]): CredentialResolver {
  const byScheme = new Map(providers.map((provider) => [provider.scheme, provider]));
  const find = (authRef: string) => {
    const { scheme, target } = parseAuthRef(authRef, [...byScheme.keys()]);
    return { scheme, target, provider: byScheme.get(scheme) };
  };
  const resolve = async (authRef: string, request: CredentialRequest): Promise<Credential> => {
    const { scheme, target, provider } = find(authRef);
    if (provider === undefined) throw new ClarityError('AUTH_REF_INVALID', `this runtime has no provider '${scheme}'`);
    assertServes(provider, request);
    return provider.resolve(target, request);
  };
  return Object.assign(resolve, {
    rejected: (authRef: string, version: string) => {
      const { target, provider } = find(authRef);
      provider?.rejected?.(target, version);
    },
  });
}

/** Checks a reference before a manifest with it is stored. A scheme without a provider is accepted: the start reports it. */
export async function admitReference(
  provider: CredentialProvider | undefined,
  target: string,
  request: CredentialRequest,
): Promise<void> {
  if (provider === undefined) return;
  assertServes(provider, request);
  await provider.admit?.(target, request);
}

/** A provider that cannot check registrants serves the operator only. */
function assertServes(provider: CredentialProvider, { registrant }: CredentialUse): void {
  if (provider.admit !== undefined || isOperator(registrant)) return;
  throw new ClarityError('AUTH_REF_INVALID', `'${provider.scheme}' references are not allowed over MCP`, {
    hint: 'register the service with clarityctl',
  });
}
