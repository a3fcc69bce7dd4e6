import type { Caller } from '../../domain/access/caller.ts';
import type { Secret } from '../../domain/access/secret.ts';

/** How a person logs in. */
export interface LoginRequest {
  /** Address that the browser returns to: a listener of the command line, or the callback of the daemon. */
  readonly redirectUri: string;
  /** Scopes besides those that the service asks for. */
  readonly scopes?: readonly string[] | undefined;
  /** The issuer to use if the service names several. */
  readonly issuer?: string | undefined;
  /** Links the login to one browser. */
  readonly binding?: Secret | undefined;
}

/** A login that waits for a person. */
export interface StartedLogin {
  readonly flow: string;
  readonly serviceId: string;
  readonly service: string;
  /** URL to open in a browser. */
  readonly url: string;
  readonly redirectUri: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** A way to a login for a client that cannot open a browser itself. */
export interface LoginInvitation {
  readonly serviceId: string;
  readonly service: string;
  /** Name of the link: it begins one login and is not an authorization URL. */
  readonly handle: string;
  /** Address to open in a browser of the person that the caller acts for; absent if this runtime has no page. */
  readonly url?: string;
  /** The same as a command. */
  readonly command: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/**
 * `active`: the service has a token. `expired`: it ended and is renewed with the next request. `needed`: a person has to log in.
 * `none`: the service has not asked for a login.
 */
export type LoginState = 'active' | 'expired' | 'needed' | 'none';

/** The login of one service, without its tokens. Times are in ISO 8601. */
export interface ShownLogin {
  readonly serviceId: string;
  readonly service: string;
  readonly state: LoginState;
  readonly issuer?: string;
  readonly resource?: string;
  readonly clientId?: string;
  /** The redirect URI that its client is registered with. */
  readonly redirectUri?: string;
  readonly scopes?: readonly string[];
  /** Scopes that requests have needed; the next login asks for them. */
  readonly needed?: readonly string[];
  readonly obtainedAt?: string;
  readonly expiresAt?: string;
  readonly canRefresh?: boolean;
  /** `<kind> <id>` of the caller that logged in. */
  readonly by?: string;
  /** Why a person has to log in. */
  readonly reason?: string;
}

/** Logins of all services, and whether they survive the end of this process. */
export interface LoginReport {
  readonly items: readonly ShownLogin[];
  /** Reason why logins are lost when the runtime ends; absent if they are stored. */
  readonly unkept?: string;
}

/**
 * Logins to remote services with OAuth (MCP 2026-07-28, Authorization). They are for all callers of a service, so that every
 * change needs the grant `operate` on it.
 * @throws ClarityError GRANT_REQUIRED, SERVICE_NOT_FOUND, LOGIN_* and the errors of the connection.
 */
export interface LoginOperations {
  /** Returns the login of each service that the caller may inspect and that OAuth applies to. */
  report(caller: Caller): Promise<LoginReport>;
  begin(caller: Caller, serviceId: string, request: LoginRequest): Promise<StartedLogin>;
  /** Returns a link that begins a login in a browser. A repeated invitation of the caller to a service is the same one. */
  invite(caller: Caller, serviceId: string): Promise<LoginInvitation>;
  /** Returns the caller that a link belongs to; undefined for a link that has ended. */
  invited(handle: string): Caller | undefined;
  /** Begins the login of a link, which ends with it. @throws ClarityError LOGIN_EXPIRED, and as `begin` */
  accept(handle: string, request: LoginRequest): Promise<StartedLogin>;
  /** Resolves to true after the next login to a service, and to false after 10 minutes or when the signal aborts. */
  whenLoggedIn(serviceId: string, signal: AbortSignal): Promise<boolean>;
  /** Returns a login of the caller that waits. @throws ClarityError LOGIN_EXPIRED */
  started(caller: Caller, flow: string): StartedLogin;
  /**
   * Ends a login with the address that the browser was sent to, or its query. Stores the tokens and starts the service.
   * @throws ClarityError LOGIN_EXPIRED, LOGIN_DENIED, LOGIN_FAILED
   */
  complete(caller: Caller, flow: string, response: Secret): Promise<ShownLogin>;
  /** Returns whether a login of this browser waits for a redirect. */
  awaits(response: Secret, binding: Secret): boolean;
  /** Ends the login with the `state` of a redirect, for the browser that began it. @throws ClarityError as `complete` */
  completeByState(response: Secret, binding: Secret): Promise<ShownLogin>;
  cancel(caller: Caller, flow: string): boolean;
  /** Revokes and forgets the tokens of a service. Returns false if it had none. */
  logout(caller: Caller, serviceId: string): Promise<boolean>;
}
