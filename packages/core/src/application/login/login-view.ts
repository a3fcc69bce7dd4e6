import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { AuthorizationServer, Clock } from '../../ports/index.ts';
import type { LoginInvitation, ShownLogin } from '../../ports/inbound/login-operations.ts';
import type { Invitation } from './login-invitations.ts';
import type { LoginTargets } from './login-targets.ts';
import type { LoginVault } from './login-vault.ts';

const OFFLINE_SCOPE = 'offline_access';

interface Known {
  readonly vault: LoginVault;
  readonly targets: LoginTargets;
}

/**
 * Returns the scopes of an authorization request: those of the manifest, or of the challenge, or of the metadata; and those
 * that requests have needed, with what was granted before (SEP-2350). A server with `offline_access` is asked for it (SEP-2207).
 */
export function requestedScopes(
  { vault, targets }: Known,
  service: Service,
  server: AuthorizationServer,
  extra: readonly string[] = [],
): readonly string[] {
  const { settings, challenge } = targets.target(service);
  const base = settings.scopes ?? challenge?.scopes ?? server.scopes ?? [];
  const needed = targets.needed(service.serviceId);
  const before = needed.length + extra.length > 0 ? (vault.grantOf(service.serviceId)?.scopes ?? []) : [];
  const offered = server.metadata['scopes_supported'];
  const isOffline = settings.scopes === undefined && Array.isArray(offered) && offered.includes(OFFLINE_SCOPE);
  return [...new Set([...base, ...before, ...needed, ...extra, ...(isOffline ? [OFFLINE_SCOPE] : [])])];
}

/** Returns the login of a service without its tokens. */
export function shownLogin(
  { vault, targets, clock }: Known & { readonly clock: Clock },
  { serviceId, namespace }: Service,
  { lifecycle, lastError }: ServiceStatus,
): ShownLogin {
  const grant = vault.grantOf(serviceId);
  const needed = targets.needed(serviceId);
  const shared = { serviceId, service: namespace, ...(needed.length === 0 ? {} : { needed }) };
  if (grant === undefined) {
    if (lifecycle !== 'NEEDS_LOGIN') return { ...shared, state: 'none' };
    return { ...shared, state: 'needed', ...(lastError === undefined ? {} : { reason: lastError }) };
  }
  const { issuer, resource, clientId, scopes, obtainedAt, expiresAt, canRefresh, by, rejected } = grant;
  const redirectUri = grant.registration === undefined ? undefined : vault.client(grant.registration)?.redirectUri;
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= clock.wall().getTime();
  const isSealed = vault.open(grant) === undefined;
  const reason = rejected?.reason ?? (isSealed ? 'the key of this user did not encrypt it' : undefined);
  return {
    ...shared,
    state: reason !== undefined ? 'needed' : isOver ? 'expired' : 'active',
    issuer,
    clientId,
    scopes,
    obtainedAt,
    canRefresh,
    by,
    ...(resource === undefined ? {} : { resource }),
    ...(redirectUri === undefined ? {} : { redirectUri }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(reason === undefined ? {} : { reason }),
  };
}

interface OpenedInvitation extends Pick<Invitation, 'handle' | 'expiresAt'> {
  readonly url: string | undefined;
  readonly tenant: string;
}

/** Returns a link for the client that asked for it. */
export const shownInvitation = (
  { serviceId, namespace }: Service,
  { handle, url, expiresAt, tenant }: OpenedInvitation,
): LoginInvitation => ({
  serviceId,
  service: namespace,
  handle,
  ...(url === undefined ? {} : { url }),
  command: `clarityctl auth login ${namespace}${tenant === DEFAULT_TENANT ? '' : ` --tenant ${tenant}`}`,
  expiresAt: new Date(expiresAt).toISOString(),
});
