import { LoginFlows } from '../application/login/login-flows.ts';
import { LoginInvitations } from '../application/login/login-invitations.ts';
import { LoginTargets, loginOrigin } from '../application/login/login-targets.ts';
import { LoginVault } from '../application/login/login-vault.ts';
import { OAuthClients } from '../application/login/oauth-clients.ts';
import { ServiceAuthorization, type Authorizations } from '../application/login/service-authorization.ts';
import { TokenKeeper } from '../application/login/token-keeper.ts';
import { credentialResolver } from '../application/use-cases/credentials.ts';
import { Logins } from '../application/use-cases/logins.ts';
import { systemCaller } from '../domain/access/caller.ts';
import type { AuthorizationClient } from '../ports/index.ts';
import { bind, find, type Container } from './container.ts';
import { providersOf } from './tenant-ports.ts';
import { PART, PORT } from './tokens.ts';

/** Binds the logins to remote services. Without an `AuthorizationClient` connections have no login. */
export function bindLogins(container: Container): void {
  bind(container, PART.loginTargets, () => new LoginTargets());
  bind(
    container,
    PART.loginVault,
    (c) =>
      new LoginVault({
        store: c.resolve(PORT.loginStore),
        sealer: c.resolve(PORT.loginSealer),
        audit: c.resolve(PART.audit),
        clock: c.resolve(PORT.clock),
        entropy: c.resolve(PORT.entropy),
      }),
  );
  bind(container, PART.authorizations, createAuthorizations);
  bind(container, PART.logins, createLogins);
}

/** Milliseconds between the end of a login and the end of the connection of its service. */
const LOST_GRACE_MS = 250;

function createAuthorizations(c: Container): Authorizations {
  const exchange = find(c, PORT.authorizationClient);
  if (exchange === undefined) return () => undefined;
  const [vault, targets, clock] = [c.resolve(PART.loginVault), c.resolve(PART.loginTargets), c.resolve(PORT.clock)];
  const keeper = new TokenKeeper({
    vault,
    clients: clientsOf(c, exchange),
    targets,
    exchange,
    leases: c.resolve(PORT.leases),
    audit: c.resolve(PART.audit),
    clock,
    // Requests in flight get their own answer before the connection closes.
    onLost: (serviceId, reason) =>
      void clock.after(LOST_GRACE_MS).then(() => c.resolve(PART.supervisor).requireLogin(serviceId, reason)),
  });
  return (service) => {
    if (loginOrigin(service) === undefined) return undefined;
    targets.see(service);
    return new ServiceAuthorization({ keeper, vault, targets, exchange, clock }, service);
  };
}

function createLogins(c: Container): Logins {
  const exchange = find(c, PORT.authorizationClient);
  const targets = c.resolve(PART.loginTargets);
  const logins = new Logins({
    catalog: c.resolve(PART.catalog),
    supervisor: c.resolve(PART.supervisor),
    guard: c.resolve(PART.guard),
    audit: c.resolve(PART.audit),
    clock: c.resolve(PORT.clock),
    vault: c.resolve(PART.loginVault),
    sealer: c.resolve(PORT.loginSealer),
    flows: new LoginFlows(c.resolve(PORT.clock), c.resolve(PORT.entropy)),
    invitations: new LoginInvitations(c.resolve(PORT.clock), c.resolve(PORT.entropy)),
    linkOf: (handle) => c.resolve(PART.options).loginLink?.(handle),
    clients: clientsOf(c, exchange),
    targets,
    exchange,
  });
  c.resolve(PART.changes).on('removed', (serviceId) => {
    const service = targets.seen(serviceId);
    if (service !== undefined) logins.forget(systemCaller, service).catch(() => undefined);
  });
  return logins;
}

const clientsOf = (c: Container, exchange: AuthorizationClient | undefined): OAuthClients =>
  new OAuthClients({
    vault: c.resolve(PART.loginVault),
    exchange,
    clock: c.resolve(PORT.clock),
    credentials: credentialResolver(providersOf(c)),
    clientDocument: c.resolve(PART.options).oauthClientDocument,
  });
