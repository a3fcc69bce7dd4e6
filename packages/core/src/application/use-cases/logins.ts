import { callerRecord, type Caller } from '../../domain/access/caller.ts';
import { decide } from '../../domain/access/decide.ts';
import type { Secret } from '../../domain/access/secret.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { ClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import { grantId, type UpstreamGrant } from '../../domain/login/login-record.ts';
import { loginOutcome } from '../../domain/login/login-failure.ts';
import type { Service } from '../../domain/services/service.ts';
import { toLogLine } from '../../domain/text/safe-text.ts';
import type { AuthorizationClient, Clock, LoginSealer } from '../../ports/index.ts';
import type {
  LoginInvitation,
  LoginOperations,
  LoginReport,
  LoginRequest,
  ShownLogin,
  StartedLogin,
} from '../../ports/inbound/login-operations.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { queryOf, startedLogin, type LoginFlow, type LoginFlows } from '../login/login-flows.ts';
import type { LoginInvitations } from '../login/login-invitations.ts';
import { requestedScopes, shownInvitation, shownLogin } from '../login/login-view.ts';
import { loginOrigin, type LoginTargets } from '../login/login-targets.ts';
import type { LoginVault } from '../login/login-vault.ts';
import type { OAuthClients } from '../login/oauth-clients.ts';
import type { ServiceCatalog } from '../services/service-catalog.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import { withDeadline } from '../support/async.ts';
import type { Guard } from './guard.ts';

export interface LoginsDependencies {
  readonly catalog: ServiceCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly guard: Guard;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly vault: LoginVault;
  readonly sealer: LoginSealer;
  readonly flows: LoginFlows;
  readonly invitations: LoginInvitations;
  /** Returns the address of a link; undefined if this runtime has no page. */
  readonly linkOf: (handle: string) => string | undefined;
  readonly clients: OAuthClients;
  readonly targets: LoginTargets;
  /** Undefined if this runtime has no adapter for OAuth. */
  readonly exchange: AuthorizationClient | undefined;
}

/** Milliseconds of all requests of one step of a login, and of a revocation. */
const STEP_MS = 30_000;
const REVOKE_MS = 5_000;

/** Logins to remote services for callers. */
export class Logins implements LoginOperations {
  readonly #dependencies: LoginsDependencies;

  constructor(dependencies: LoginsDependencies) {
    this.#dependencies = dependencies;
  }

  async report(caller: Caller): Promise<LoginReport> {
    const { catalog, guard, sealer } = this.#dependencies;
    await guard.require(caller, 'inspect', { action: 'read the logins of services', target: 'something' });
    const seen = catalog.all().filter((service) => decide(caller, { verb: 'inspect', target: service }).isAllowed);
    const items = seen.filter((service) => loginOrigin(service) !== undefined).map((service) => this.#shown(service));
    return { items, ...(sealer.ephemeral === undefined ? {} : { unkept: sealer.ephemeral }) };
  }

  async begin(caller: Caller, serviceId: string, request: LoginRequest): Promise<StartedLogin> {
    const service = await this.#service(caller, serviceId, 'log in to a service');
    const { flows, targets, clients, audit } = this.#dependencies;
    const exchange = this.#exchange();
    const target = targets.target(service, request.issuer);
    if (target.settings.type === 'client_credentials') {
      throw new ClarityError('REQUEST_INVALID', 'a service with client credentials logs in by itself', {
        field: 'spec.origin.auth.type',
        hint: 'start the service; correct spec.origin.auth.client if it is refused',
      });
    }
    return this.#within(async (signal) => {
      const server = await exchange.discover(target, signal);
      if (server === undefined) {
        throw new ClarityError('LOGIN_DISCOVERY_FAILED', `${service.namespace} names no authorization server`, {
          hint: 'set spec.origin.auth.issuer, or give the service a credential with spec.origin.authRef',
        });
      }
      const scopes = requestedScopes(this.#dependencies, service, server, request.scopes);
      const { redirectUri } = request;
      const found = await clients.find(server, { target, redirectUri, scopes }, signal);
      const started = await exchange.authorize(server, found.client, { target, redirectUri, scopes });
      const binding = request.binding === undefined ? {} : { binding: request.binding };
      const flow = flows.add(caller, { target, server, found, ...started, ...binding });
      await audit.settle(this.#entry('login.started', service, caller, `Login to ${service.namespace} started`));
      return startedLogin(flow);
    });
  }

  async invite(caller: Caller, serviceId: string): Promise<LoginInvitation> {
    const service = await this.#service(caller, serviceId, 'log in to a service');
    const { invitations, linkOf } = this.#dependencies;
    const { handle, expiresAt } = invitations.invite(caller, service.serviceId);
    const url = this.#dependencies.exchange === undefined ? undefined : linkOf(handle);
    return shownInvitation(service, { handle, expiresAt, url, tenant: caller.tenant });
  }

  invited(handle: string): Caller | undefined {
    return this.#dependencies.invitations.find(handle)?.caller;
  }

  async accept(handle: string, request: LoginRequest): Promise<StartedLogin> {
    const invitation = this.#dependencies.invitations.take(handle);
    if (invitation === undefined) throw new ClarityError('LOGIN_EXPIRED', 'the link has been used, or is too old');
    return this.begin(invitation.caller, invitation.serviceId, request);
  }

  whenLoggedIn(serviceId: string, signal: AbortSignal): Promise<boolean> {
    return this.#dependencies.invitations.whenLoggedIn(serviceId, signal);
  }

  started(caller: Caller, flow: string): StartedLogin {
    return startedLogin(this.#dependencies.flows.get(caller, flow));
  }

  async complete(caller: Caller, id: string, response: Secret): Promise<ShownLogin> {
    return this.#complete(caller, this.#dependencies.flows.get(caller, id), queryOf(response));
  }

  awaits(response: Secret, binding: Secret): boolean {
    return this.#dependencies.flows.ofBrowser(queryOf(response), binding) !== undefined;
  }

  async completeByState(response: Secret, binding: Secret): Promise<ShownLogin> {
    const query = queryOf(response);
    const flow = this.#dependencies.flows.ofBrowser(query, binding);
    if (flow === undefined) throw new ClarityError('LOGIN_EXPIRED', 'this browser did not start it');
    return this.#complete(flow.caller, flow, query);
  }

  cancel(caller: Caller, id: string): boolean {
    return this.#dependencies.flows.end(this.#dependencies.flows.get(caller, id).id);
  }

  async logout(caller: Caller, serviceId: string): Promise<boolean> {
    const service = await this.#service(caller, serviceId, 'log out of a service');
    const isRemoved = await this.forget(caller, service);
    if (isRemoved) await this.#dependencies.supervisor.requireLogin(serviceId, 'logged out');
    return isRemoved;
  }

  /** Revokes and removes the grants of a service. */
  async forget(caller: Caller, service: Service): Promise<boolean> {
    const { vault, targets } = this.#dependencies;
    const grants = vault.grants().filter((grant) => grant.serviceId === service.serviceId);
    for (const grant of grants) {
      await this.#revoke(service, grant).catch(() => undefined);
      const message = `Login to ${service.namespace} removed`;
      await vault.remove(caller, grant.id, this.#entry('credential.revoked', service, caller, message));
    }
    targets.forget(service.serviceId);
    return grants.length > 0;
  }

  async #complete(caller: Caller, flow: LoginFlow, response: Secret): Promise<ShownLogin> {
    const { flows, vault, clients, supervisor } = this.#dependencies;
    const exchange = this.#exchange();
    const { target, server, found, request } = flow;
    const { service } = target;
    if (!flows.end(flow.id)) throw new ClarityError('LOGIN_EXPIRED', '');
    try {
      const tokens = await this.#within((signal) =>
        exchange.exchange(server, found.client, { target, request, response }, signal),
      );
      const now = this.#dependencies.clock.wall().toISOString();
      const { issuer, resource } = server;
      const by = callerRecord(caller);
      const grant: Omit<UpstreamGrant, 'sealed'> = {
        schema: 1,
        type: 'grant',
        id: grantId({ tenant: DEFAULT_TENANT, serviceId: service.serviceId, issuer, resource }),
        serviceId: service.serviceId,
        issuer,
        ...(resource === undefined ? {} : { resource }),
        clientId: found.client.id,
        ...(found.registration === undefined ? {} : { registration: found.registration }),
        generation: (vault.grantOf(service.serviceId)?.generation ?? 0) + 1,
        requestedScopes: request.scopes,
        scopes: tokens.scopes ?? request.scopes,
        obtainedAt: now,
        ...(tokens.expiresAt === undefined ? {} : { expiresAt: new Date(tokens.expiresAt).toISOString() }),
        canRefresh: tokens.refreshToken !== undefined,
        by: `${by.kind} ${by.id}`,
      };
      const message = `Logged in to ${service.namespace}`;
      await vault.login(caller, grant, tokens, this.#entry('login.completed', service, caller, message));
    } catch (error) {
      if (loginOutcome(error) === 'client' && found.registration !== undefined)
        await clients.discard(found.registration).catch(() => undefined);
      const message = `Login to ${service.namespace} failed: ${toLogLine(reasonOf(error))}`;
      await this.#dependencies.audit.settle(this.#entry('login.failed', service, caller, message));
      throw error;
    }
    await supervisor.loggedIn(caller, service.serviceId);
    this.#dependencies.invitations.loggedIn(service.serviceId);
    return this.#shown(service);
  }

  async #revoke(service: Service, grant: UpstreamGrant): Promise<void> {
    const { exchange, targets, clients, vault } = this.#dependencies;
    const tokens = vault.open(grant);
    if (exchange === undefined || tokens === undefined || grant.rejected !== undefined) return;
    const target = targets.target(service, grant.issuer);
    await this.#within(async (signal) => {
      const server = await exchange.discover(target, signal);
      if (server === undefined || server.issuer !== grant.issuer) return;
      const client = await clients.ofGrant(server, target, grant);
      if (client !== undefined) await exchange.revoke(server, client, { target, tokens }, signal);
    }, REVOKE_MS);
  }

  #shown(service: Service): ShownLogin {
    return shownLogin(this.#dependencies, service, this.#dependencies.supervisor.status(service.serviceId));
  }

  async #service(caller: Caller, serviceId: string, action: string): Promise<Service> {
    const { catalog, guard } = this.#dependencies;
    const service = await guard.requireOn(caller, 'operate', { action, serviceId }, catalog.find(serviceId));
    if (loginOrigin(service) !== undefined) return service;
    throw new ClarityError('REQUEST_INVALID', `${service.namespace} has another credential`, {
      field: 'spec.origin.authRef',
      hint: 'remove spec.origin.authRef, or set spec.origin.auth.type to oauth',
    });
  }

  #exchange(): AuthorizationClient {
    const { exchange } = this.#dependencies;
    if (exchange === undefined) throw new ClarityError('LOGIN_FAILED', 'this runtime has no adapter for OAuth');
    return exchange;
  }

  #within<T>(work: (signal: AbortSignal) => Promise<T>, ms = STEP_MS): Promise<T> {
    const late = (): Error => new ClarityError('LOGIN_FAILED', `no response within ${String(ms)} ms`);
    return withDeadline({ clock: this.#dependencies.clock, ms, late }, work);
  }

  #entry(kind: AuditEntry['kind'], { serviceId }: Service, caller: Caller, message: string): AuditEntry {
    return { kind, level: kind === 'login.failed' ? 'error' : 'info', message, serviceId, caller };
  }
}
