import { AUTH_SCHEMES, parseAuthRef, type AuthRef } from '../../domain/access/auth-ref.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { requireAccess } from '../../domain/access/decide.ts';
import type { Verb } from '../../domain/access/grant.ts';
import { assertTrusted } from '../../domain/access/trust.ts';
import { isOperator, registrantOf } from '../../domain/access/registrant.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { assertSecretName, assertSecretValue } from '../../domain/access/secret-rules.ts';
import { Secret } from '../../domain/access/secret.ts';
import type { CredentialProvider, Entropy, SecretStore, WorkspaceTrust, WriteContext } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type {
  AuthProviders,
  AuthValidation,
  CredentialQuestion,
  DeletedSecret,
  SecretDestinations,
  SecretOperations,
  StoredSecrets,
  WrittenSecret,
} from '../../ports/inbound/secret-operations.ts';
import { checkedDestinations, warningsOf, writtenScope } from './secret-destinations.ts';
import { storeFailure } from '../support/store-failure.ts';
import { hex } from '../../domain/text/hex.ts';

export interface SecretsDependencies {
  readonly store: SecretStore;
  readonly providers: readonly CredentialProvider[];
  readonly audit: AuditLog;
  readonly entropy: Entropy;
  readonly trust: Pick<WorkspaceTrust, 'state'>;
}

const HIDDEN = '***';

/** Secrets are for all services. */
const requireGrant = (caller: Caller, verb: Verb): void => {
  requireAccess(caller, { verb, target: 'everything' });
};

/** Credentials for callers: validates references, stores and deletes `file:` secrets. Never returns a value. */
export class Secrets implements SecretOperations {
  readonly #dependencies: SecretsDependencies;
  readonly #byScheme: ReadonlyMap<string, CredentialProvider>;

  constructor(dependencies: SecretsDependencies) {
    this.#dependencies = dependencies;
    this.#byScheme = new Map(dependencies.providers.map((provider) => [provider.scheme, provider]));
  }

  async providers(caller: Caller): Promise<AuthProviders> {
    requireGrant(caller, 'inspect');
    const { root } = this.#dependencies.store;
    const { exists } = await this.#dependencies.store.health();
    const providers = await Promise.all(
      [...new Set([...AUTH_SCHEMES, ...this.#byScheme.keys()])].map(async (name) => {
        const provider = this.#byScheme.get(name);
        const health = await provider?.health();
        return { name, supported: provider !== undefined, ...health };
      }),
    );
    return { providers, fileRoot: root ?? null, fileRootExists: exists };
  }

  async validate(caller: Caller, authRef: string, question: CredentialQuestion = {}): Promise<AuthValidation> {
    requireGrant(caller, 'inspect');
    // A check resolves the reference.
    assertTrusted(this.#dependencies.trust.state);
    const { scheme, target } = this.#read(authRef);
    const provider = this.#byScheme.get(scheme);
    const { valid, issues, headers } =
      provider === undefined
        ? { valid: false, issues: [`this runtime has no provider '${scheme}'`], headers: [] }
        : await provider.validate(target, {
            tenant: caller.tenant,
            registrant: registrantOf(caller),
            ...question,
          });
    await this.#dependencies.audit.settle({
      kind: 'security.auth_ref_validated',
      level: valid ? 'info' : 'warn',
      message: valid ? 'Credential reference validated' : 'Credential reference does not resolve',
      caller,
      // An invalid reference may be a pasted secret, so it is not recorded.
      data: { authRef: valid ? `${scheme}:${target}` : `${scheme}:${HIDDEN}`, provider: scheme, valid },
    });
    return {
      authRef: authRef.trim(),
      provider: scheme,
      target,
      redactedTarget: HIDDEN,
      valid,
      issues,
      headerKeys: [...headers].sort(),
      source: scheme === 'file' ? 'file' : AUTH_SCHEMES.some((own) => own === scheme) ? 'environment' : 'provider',
    };
  }

  async list(caller: Caller): Promise<StoredSecrets> {
    requireGrant(caller, 'inspect');
    const { store } = this.#dependencies;
    const names = await this.#stored(() => store.names(caller.tenant));
    const items = await this.#stored(() =>
      Promise.all(
        names.map(async (name) => {
          const scope = await store.scope(caller.tenant, name);
          const createdBy = scope === undefined || isOperator(scope.createdBy) ? {} : { createdBy: scope.createdBy };
          return { authRef: `file:${name}`, relativePath: name, ...writtenScope(scope), ...createdBy };
        }),
      ),
    );
    return {
      count: names.length,
      items,
    };
  }

  async set(
    caller: Caller,
    authRef: string,
    value: string,
    destinations: SecretDestinations = {},
  ): Promise<WrittenSecret> {
    requireGrant(caller, 'secrets');
    assertTrusted(this.#dependencies.trust.state);
    const { name, path } = this.#place(authRef, 'rotation');
    const secret = new Secret(value);
    assertSecretValue(secret);
    const { store } = this.#dependencies;
    const given = checkedDestinations(destinations);
    const scope = await this.#stored(async () => {
      const before = await store.scope(caller.tenant, name);
      const kept = { hosts: given.hosts ?? before?.hosts ?? [], services: given.services ?? before?.services ?? [] };
      await store.write(caller.tenant, name, { secret, ...kept }, this.#context(caller));
      return kept;
    });
    await this.#dependencies.audit.settle({
      kind: 'security.auth_secret_upserted',
      level: 'info',
      message: 'Secret stored',
      caller,
      data: { authRef: `file:${name}`, provider: 'file', path },
    });
    return {
      authRef: `file:${name}`,
      provider: 'file',
      path,
      written: true,
      ...writtenScope(scope),
      ...warningsOf(value),
    };
  }

  async remove(caller: Caller, authRef: string): Promise<DeletedSecret> {
    requireGrant(caller, 'secrets');
    const { name, path } = this.#place(authRef, 'deletion');
    const deleted = await this.#stored(() =>
      this.#dependencies.store.remove(caller.tenant, name, this.#context(caller)),
    );
    await this.#dependencies.audit.settle({
      kind: 'security.auth_secret_deleted',
      level: 'info',
      message: deleted ? 'Secret deleted' : 'Secret to delete not found',
      caller,
      data: { authRef: `file:${name}`, provider: 'file', path, deleted },
    });
    return { authRef: `file:${name}`, provider: 'file', path, deleted };
  }

  #place(authRef: string, what: string): { readonly name: string; readonly path: string } {
    const { scheme, target: name } = this.#read(authRef);
    if (scheme !== 'file') {
      throw new ClarityError(
        'AUTH_REF_INVALID',
        `secret ${what} only supports file authRef values (received provider '${scheme}')`,
        { field: 'auth_ref', hint: 'use file:<name>; set the variable of an env reference where clarityd starts' },
      );
    }
    assertSecretName(name);
    const { root } = this.#dependencies.store;
    return { name, path: root === undefined ? name : `${root}/${name}` };
  }

  #read(authRef: string): AuthRef {
    if (authRef.trim() === '') {
      throw new ClarityError('AUTH_REF_INVALID', 'authRef must be a non-empty string', { field: 'auth_ref' });
    }
    return parseAuthRef(authRef, [...this.#byScheme.keys()]);
  }

  #context(caller: Caller): WriteContext {
    const op = hex(this.#dependencies.entropy.bytes(12));
    return { caller, op };
  }

  async #stored<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
