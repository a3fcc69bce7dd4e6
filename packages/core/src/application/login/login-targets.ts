import type { LoginChallenge } from '../../domain/login/login-challenge.ts';
import type { OAuthSettings } from '../../domain/login/oauth-settings.ts';
import type { RemoteMcpOrigin } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { LoginTarget } from '../../ports/index.ts';

/** Scopes that requests of one service may add. */
const MAX_SCOPES = 64;

/** Returns the origin of a service that OAuth can apply to; undefined for a service with another credential. */
export function loginOrigin({ manifest: { spec } }: Service): RemoteMcpOrigin | undefined {
  const { origin } = spec;
  if (origin.type !== 'remote_mcp' || origin.authRef !== undefined || origin.auth?.type === 'none') return undefined;
  // A header of the manifest is the credential of the service, unless the manifest asks for OAuth.
  const hasOwnHeader = origin.headers?.some(({ name }) => name.toLowerCase() === 'authorization') === true;
  return hasOwnHeader && origin.auth === undefined ? undefined : origin;
}

/** Returns the settings of a service; a login of a person without any. */
export const loginSettings = (service: Service): OAuthSettings => {
  const origin = service.manifest.spec.origin;
  return (origin.type === 'remote_mcp' ? origin.auth : undefined) ?? { type: 'oauth' };
};

/** The newest challenge of each service in this process, and the scopes that its requests have needed. */
export class LoginTargets {
  readonly #challenges = new Map<string, LoginChallenge>();
  readonly #needed = new Map<string, ReadonlySet<string>>();
  readonly #services = new Map<string, Service>();

  target(service: Service, issuer?: string): LoginTarget {
    const challenge = this.#challenges.get(service.serviceId);
    return {
      service,
      settings: loginSettings(service),
      ...(challenge === undefined ? {} : { challenge }),
      ...(issuer === undefined ? {} : { issuer }),
    };
  }

  /** Keeps the record of a service, to revoke its tokens after its removal. */
  see(service: Service): void {
    this.#services.set(service.serviceId, service);
  }

  seen(serviceId: string): Service | undefined {
    return this.#services.get(serviceId);
  }

  remember(serviceId: string, challenge: LoginChallenge | undefined): void {
    if (challenge !== undefined) this.#challenges.set(serviceId, challenge);
  }

  /** Adds scopes for the next login (MCP 2026-07-28, Authorization, "Step-Up Authorization Flow"). Returns all of them. */
  need(serviceId: string, scopes: readonly string[]): readonly string[] {
    const all = [...new Set([...(this.#needed.get(serviceId) ?? []), ...scopes])].slice(0, MAX_SCOPES);
    this.#needed.set(serviceId, new Set(all));
    return all;
  }

  needed(serviceId: string): readonly string[] {
    return [...(this.#needed.get(serviceId) ?? [])];
  }

  forget(serviceId: string): void {
    this.#challenges.delete(serviceId);
    this.#needed.delete(serviceId);
    this.#services.delete(serviceId);
  }
}
