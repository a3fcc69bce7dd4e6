import { systemCaller } from '../../domain/access/caller.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { ClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import { loginOutcome, loginRequired } from '../../domain/login/login-failure.ts';
import { grantEnd, grantId, grantVersion, type UpstreamGrant } from '../../domain/login/login-record.ts';
import { isDue, type TokenSet } from '../../domain/login/token-set.ts';
import type { Service } from '../../domain/services/service.ts';
import { toLogLine, toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AuthorizationClient, AuthorizationServer, Clock, Credential, Leases } from '../../ports/index.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { withDeadline } from '../support/async.ts';
import { holdingLease } from './holding-lease.ts';
import type { LoginTargets } from './login-targets.ts';
import type { LoginVault } from './login-vault.ts';
import type { OAuthClients } from './oauth-clients.ts';

export interface TokenKeeperDependencies {
  readonly vault: LoginVault;
  readonly clients: OAuthClients;
  readonly targets: LoginTargets;
  readonly exchange: AuthorizationClient;
  readonly leases: Leases;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** A grant is not valid any more: the service stops until a person logs in. May be called again. */
  readonly onLost: (serviceId: string, reason: string) => void;
}

/** Milliseconds of one renewal with all its requests. */
const RENEWAL_MS = 30_000;

/** The access tokens of services. Of all requests for a renewal, also of other processes, one is sent. */
export class TokenKeeper {
  readonly #dependencies: TokenKeeperDependencies;
  /** Renewals in progress, by service. */
  readonly #flights = new Map<string, Promise<UpstreamGrant>>();

  constructor(dependencies: TokenKeeperDependencies) {
    this.#dependencies = dependencies;
  }

  /** Returns the present credential of a service, renewed if it is due; undefined without a valid grant. */
  async credential(service: Service): Promise<Credential | undefined> {
    const grant = this.#usable(service);
    if (grant === undefined)
      return this.#isMachine(service) ? this.#credential(await this.#obtain(service)) : undefined;
    const now = this.#now();
    if (!isDue(Date.parse(grant.obtainedAt), grantEnd(grant), now)) return this.#credential(grant);
    try {
      return this.#credential(await this.renew(service, grant.generation));
    } catch (error) {
      const isAlive = (grantEnd(grant) ?? Infinity) > now;
      if (isAlive && loginOutcome(error) === 'transient') return this.#credential(grant);
      throw error;
    }
  }

  /**
   * Returns a newer generation than `refused`: another process has it already, or the server issues it now.
   * @throws ClarityError LOGIN_REQUIRED when a person has to log in, CREDENTIAL_REFRESH_FAILED when the server cannot be reached.
   */
  renew(service: Service, refused: number): Promise<UpstreamGrant> {
    const { serviceId } = service;
    const running = this.#flights.get(serviceId);
    if (running !== undefined) return running;
    const flight = this.#renew(service, refused).finally(() => this.#flights.delete(serviceId));
    this.#flights.set(serviceId, flight);
    return flight;
  }

  /** The service refused a generation that was just issued, or the server revoked it. Returns the error of the request. */
  async reject(service: Service, grant: UpstreamGrant, reason: string): Promise<ClarityError> {
    const line = toLogLine(reason);
    await this.#dependencies.vault
      .reject(grant, line, this.#entry(service, 'credential.rejected', `Login of ${service.namespace} ended: ${line}`))
      .catch(() => false);
    this.#dependencies.onLost(service.serviceId, line);
    return loginRequired(service.namespace, line);
  }

  /** Returns a grant for the caller of the request; undefined without a valid one. */
  grant(service: Service): UpstreamGrant | undefined {
    return this.#usable(service);
  }

  toCredential(grant: UpstreamGrant): Credential {
    return this.#credential(grant);
  }

  #renew(service: Service, refused: number): Promise<UpstreamGrant> {
    const { leases, clock, vault } = this.#dependencies;
    const held = this.#usable(service);
    if (held === undefined) return this.#isMachine(service) ? this.#obtain(service) : this.#missing(service);
    return holdingLease({ leases, clock, name: `oauth/${held.id}`, ms: RENEWAL_MS }, async (signal) => {
      const grant = (await vault.renewed(held.id)) ?? held;
      if (grant.rejected !== undefined) throw loginRequired(service.namespace, grant.rejected.reason);
      if (grant.generation > refused) return grant;
      if (this.#isMachine(service)) return this.#obtain(service, grant);
      return this.#refresh(service, grant, signal);
    });
  }

  async #refresh(service: Service, grant: UpstreamGrant, signal: AbortSignal): Promise<UpstreamGrant> {
    const { vault, clients, exchange } = this.#dependencies;
    const refreshToken = vault.open(grant)?.refreshToken;
    if (refreshToken === undefined)
      throw await this.reject(service, grant, 'the access token has ended and the server gave no refresh token');
    try {
      const { server, target } = await this.#server(service, grant, signal);
      const client = await clients.ofGrant(server, target, grant);
      if (client === undefined)
        throw await this.reject(service, grant, 'the client of the login is not registered any more');
      // RFC 6749 §6: a renewal that names a scope which was not granted is refused.
      const { scopes } = grant;
      const tokens = await exchange.refresh(server, client, { target, refreshToken, scopes }, signal);
      return await this.#rotate(service, grant, tokens);
    } catch (error) {
      return this.#afterFailure(service, grant, error);
    }
  }

  /** A newer generation of another process wins; else the failure decides. */
  async #afterFailure(service: Service, grant: UpstreamGrant, error: unknown): Promise<UpstreamGrant> {
    const { vault, clients } = this.#dependencies;
    if (error instanceof ClarityError && error.code === 'LOGIN_REQUIRED') throw error;
    const outcome = loginOutcome(error);
    if (outcome === 'revoked' || outcome === 'client') {
      const newer = await vault.renewed(grant.id);
      if (newer !== undefined && newer.generation > grant.generation && newer.rejected === undefined) return newer;
      if (outcome === 'client' && grant.registration !== undefined)
        await clients.discard(grant.registration).catch(() => undefined);
      throw await this.reject(service, grant, reasonOf(error));
    }
    const message = `The token of ${service.namespace} was not renewed: ${toLogLine(reasonOf(error))}`;
    await this.#dependencies.audit.settle(this.#entry(service, 'credential.refresh_failed', message));
    throw new ClarityError('CREDENTIAL_REFRESH_FAILED', `${service.namespace}: ${reasonOf(error)}`, { cause: error });
  }

  async #rotate(service: Service, grant: UpstreamGrant, tokens: TokenSet): Promise<UpstreamGrant> {
    const { expiresAt: _end, rejected: _rejected, ...rest } = grant;
    const generation = grant.generation + 1;
    const next = {
      ...rest,
      generation,
      scopes: tokens.scopes ?? grant.scopes,
      obtainedAt: new Date(this.#now()).toISOString(),
      canRefresh: tokens.refreshToken !== undefined,
      ...(tokens.expiresAt === undefined ? {} : { expiresAt: new Date(tokens.expiresAt).toISOString() }),
    };
    const message = `Token of ${service.namespace} renewed`;
    return this.#dependencies.vault.rotate(next, tokens, {
      ...this.#entry(service, 'credential.refreshed', message),
      data: { generation },
    });
  }

  /** Gets a token with the credential of the client (RFC 6749 §4.4). */
  #obtain(service: Service, before?: UpstreamGrant): Promise<UpstreamGrant> {
    const late = (): Error =>
      new ClarityError('CREDENTIAL_REFRESH_FAILED', `${service.namespace}: no response in time`);
    const { clock } = this.#dependencies;
    return withDeadline({ clock, ms: RENEWAL_MS, late }, (signal) => this.#obtainWithin(service, before, signal));
  }

  async #obtainWithin(
    service: Service,
    before: UpstreamGrant | undefined,
    signal: AbortSignal,
  ): Promise<UpstreamGrant> {
    const { clients, exchange } = this.#dependencies;
    const { server, target } = await this.#server(service, before, signal);
    const client = await clients.configured(server, target);
    const scopes = target.settings.scopes ?? target.challenge?.scopes ?? server.scopes ?? [];
    const tokens = await exchange.clientCredentials(server, client, { target, scopes }, signal);
    const { serviceId } = service;
    const { issuer, resource } = server;
    const grant: UpstreamGrant = before ?? {
      schema: 1,
      type: 'grant',
      id: grantId({ tenant: DEFAULT_TENANT, serviceId, issuer, resource }),
      serviceId,
      issuer,
      ...(resource === undefined ? {} : { resource }),
      clientId: client.id,
      generation: this.#dependencies.vault.grantOf(serviceId)?.generation ?? 0,
      requestedScopes: scopes,
      scopes,
      obtainedAt: '',
      canRefresh: false,
      by: 'system system',
      sealed: { kid: '', iv: '', ct: '' },
    };
    return this.#rotate(service, grant, tokens);
  }

  /** Finds the server of a grant. A service that names another one now gets neither a token nor a request. */
  async #server(service: Service, grant: UpstreamGrant | undefined, signal: AbortSignal) {
    const target = this.#dependencies.targets.target(service, grant?.issuer);
    const server: AuthorizationServer | undefined = await this.#dependencies.exchange.discover(target, signal);
    if (server === undefined) throw new ClarityError('LOGIN_DISCOVERY_FAILED', service.namespace);
    if (grant !== undefined && server.issuer !== grant.issuer) {
      const reason = `the service names another authorization server, ${toPrintableAscii(server.issuer)}`;
      throw await this.reject(service, grant, reason);
    }
    return { server, target };
  }

  /** Returns the grant of a service if it is valid for its settings. @throws ClarityError LOGIN_REQUIRED without the key. */
  #usable(service: Service): UpstreamGrant | undefined {
    const { vault, targets } = this.#dependencies;
    const grant = vault.grantOf(service.serviceId);
    const { issuer, resource } = targets.target(service).settings;
    if (grant === undefined || grant.rejected !== undefined) return undefined;
    if (issuer !== undefined && issuer !== grant.issuer) return undefined;
    if (resource !== undefined && resource !== 'omit' && resource !== grant.resource) return undefined;
    return grant;
  }

  #credential(grant: UpstreamGrant): Credential {
    const tokens = this.#dependencies.vault.open(grant);
    if (tokens === undefined) {
      throw new ClarityError('KEY_UNAVAILABLE', 'the key of this user did not encrypt it');
    }
    return {
      secret: tokens.accessToken,
      header: { name: 'authorization', bearer: true },
      version: grantVersion(grant),
      ...(grant.expiresAt === undefined ? {} : { expiresAt: grant.expiresAt }),
    };
  }

  #missing(service: Service): Promise<never> {
    return Promise.reject(loginRequired(service.namespace, 'it has no valid login'));
  }

  #isMachine(service: Service): boolean {
    return this.#dependencies.targets.target(service).settings.type === 'client_credentials';
  }

  #entry({ serviceId }: Service, kind: AuditEntry['kind'], message: string): AuditEntry {
    const level = kind === 'credential.refreshed' ? 'info' : 'warn';
    return { kind, level, message, serviceId, caller: systemCaller };
  }

  #now(): number {
    return this.#dependencies.clock.wall().getTime();
  }
}
