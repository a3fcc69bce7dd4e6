import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { LoginChallenge } from '../../domain/login/login-challenge.ts';
import { loginRequired } from '../../domain/login/login-failure.ts';
import { grantVersion } from '../../domain/login/login-record.ts';
import type { Service } from '../../domain/services/service.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type {
  AuthorizationClient,
  Clock,
  Credential,
  RefusedRequest,
  UpstreamAuthorization,
} from '../../ports/index.ts';
import { withDeadline } from '../support/async.ts';
import type { LoginTargets } from './login-targets.ts';
import type { LoginVault } from './login-vault.ts';
import type { TokenKeeper } from './token-keeper.ts';

/** Returns the login of a service for its connections. */
export type Authorizations = (service: Service) => UpstreamAuthorization | undefined;

export interface ServiceAuthorizationDependencies {
  readonly keeper: TokenKeeper;
  readonly vault: LoginVault;
  readonly targets: LoginTargets;
  readonly exchange: AuthorizationClient;
  readonly clock: Clock;
}

/** Milliseconds to find out whether a service that refused a request has an authorization server. */
const DISCOVERY_MS = 20_000;

/** The login of one service for its connections. */
export class ServiceAuthorization implements UpstreamAuthorization {
  readonly #dependencies: ServiceAuthorizationDependencies;
  readonly #service: Service;

  constructor(dependencies: ServiceAuthorizationDependencies, service: Service) {
    this.#dependencies = dependencies;
    this.#service = service;
  }

  credential(): Promise<Credential | undefined> {
    return this.#dependencies.keeper.credential(this.#service);
  }

  async refused({ challenge, version, isRepeated }: RefusedRequest): Promise<Credential | undefined> {
    const { keeper, targets, vault } = this.#dependencies;
    const { namespace, serviceId } = this.#service;
    targets.remember(serviceId, challenge);
    // Another process may have logged in.
    if (keeper.grant(this.#service) === undefined) await vault.load().catch(() => undefined);
    const grant = keeper.grant(this.#service);
    if (grant === undefined) {
      if (targets.target(this.#service).settings.type === 'client_credentials') return this.#renewed(0, isRepeated);
      const former = vault.grantOf(serviceId)?.rejected?.reason;
      if (former !== undefined) throw loginRequired(namespace, former);
      if (await this.#hasServer(challenge)) throw loginRequired(namespace, 'it refuses requests without a token');
      return undefined;
    }
    // The connection has another generation than the store: a login, or a renewal by another process.
    if (version !== undefined && version !== grantVersion(grant) && !isRepeated) return keeper.toCredential(grant);
    if (version === undefined && !isRepeated) return keeper.toCredential(grant);
    if (isRepeated) throw await keeper.reject(this.#service, grant, 'it refuses the access token that was just issued');
    return this.#renewed(grant.generation, isRepeated);
  }

  needsScopes({ scopes = [] }: LoginChallenge): ClarityError {
    const { namespace, serviceId } = this.#service;
    const all = this.#dependencies.targets.need(serviceId, scopes);
    const words = scopes.length === 0 ? 'more scopes' : `scope ${toPrintableAscii(scopes.join(' '), 500)}`;
    const flags = all.length === 0 ? '' : ` --scope ${all.map((scope) => toPrintableAscii(scope)).join(',')}`;
    return new ClarityError('UPSTREAM_SCOPE_NEEDED', `${namespace} wants ${words}`, {
      hint: `run \`clarityctl auth login ${namespace}${flags}\``,
    });
  }

  async #renewed(generation: number, isRepeated: boolean): Promise<Credential> {
    const { keeper } = this.#dependencies;
    if (isRepeated) throw new ClarityError('UPSTREAM_UNAUTHORIZED', `${this.#service.namespace} refuses a new token`);
    return keeper.toCredential(await keeper.renew(this.#service, generation));
  }

  /** A service that names its metadata has a server. Another is searched for; an absent network is not a reason to log in. */
  async #hasServer(challenge: LoginChallenge | undefined): Promise<boolean> {
    const { exchange, targets, clock } = this.#dependencies;
    const target = targets.target(this.#service);
    const origin = this.#service.manifest.spec.origin;
    const isConfigured = origin.type === 'remote_mcp' && origin.auth?.type === 'oauth';
    if (isConfigured || challenge?.resourceMetadata !== undefined) return true;
    const late = (): Error => new ClarityError('LOGIN_DISCOVERY_FAILED', this.#service.namespace);
    return withDeadline({ clock, ms: DISCOVERY_MS, late }, (signal) => exchange.discover(target, signal)).then(
      (server) => server !== undefined,
      () => false,
    );
  }
}
