import type { LoginChallenge } from '../../domain/login/login-challenge.ts';
import type { OAuthClientMethod, OAuthSettings } from '../../domain/login/oauth-settings.ts';
import type { TokenSet } from '../../domain/login/token-set.ts';
import type { Secret } from '../../domain/access/secret.ts';
import type { Service } from '../../domain/services/service.ts';

/** A service whose authorization server is wanted. */
export interface LoginTarget {
  readonly service: Service;
  readonly settings: OAuthSettings;
  /** The newest challenge of the service. */
  readonly challenge?: LoginChallenge;
  /** The issuer to use if the service names several. */
  readonly issuer?: string;
}

/** An authorization server as its metadata describes it. */
export interface AuthorizationServer {
  /** Compared byte for byte. */
  readonly issuer: string;
  /** Members of the metadata document (RFC 8414 §2), checked. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Resource indicator of all requests; absent if none is sent. */
  readonly resource?: string;
  /** Scopes to request; absent if neither the manifest nor the service names any. */
  readonly scopes?: readonly string[];
  /** The server registers clients on request (RFC 7591). */
  readonly registersClients: boolean;
  /** A client id may be the URL of a metadata document. */
  readonly acceptsClientDocuments: boolean;
}

/** A client at an authorization server. */
export interface OAuthClient {
  readonly id: string;
  readonly method: OAuthClientMethod;
  readonly secret?: Secret;
  /** Private key in PEM form (PKCS #8). */
  readonly key?: Secret;
}

/** A client that the server registered (RFC 7591). */
export interface RegisteredClient extends OAuthClient {
  /** Milliseconds since the epoch; absent without an end. */
  readonly secretExpiresAt?: number;
}

/** One authorization request, from its URL to its response. Lives in memory only. */
export interface AuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: Secret;
  readonly verifier: Secret;
}

/**
 * The exchange with authorization servers of services: OAuth 2.1 with PKCE, RFC 8414, RFC 9728, RFC 8707, RFC 7591, RFC 9207
 * (MCP 2026-07-28, Authorization). Methods reject with a `LoginFailure` or another `ClarityError`, without a code or a token.
 */
export interface AuthorizationClient {
  /**
   * Finds the authorization server of a service. Undefined if the service has none.
   * @throws ClarityError LOGIN_DISCOVERY_FAILED, LOGIN_ISSUER_MISMATCH, LOGIN_PKCE_UNSUPPORTED, ENDPOINT_FORBIDDEN.
   */
  discover(target: LoginTarget, signal: AbortSignal): Promise<AuthorizationServer | undefined>;
  register(
    server: AuthorizationServer,
    request: { readonly target: LoginTarget; readonly redirectUri: string; readonly scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<RegisteredClient>;
  /** Returns a new authorization request and the URL that a person opens. */
  authorize(
    server: AuthorizationServer,
    client: OAuthClient,
    request: { readonly target: LoginTarget; readonly redirectUri: string; readonly scopes: readonly string[] },
  ): Promise<{ readonly url: string; readonly request: AuthorizationRequest }>;
  /** Checks `state` and `iss` of a redirect and exchanges its code. `response` is the query of the redirect. */
  exchange(
    server: AuthorizationServer,
    client: OAuthClient,
    exchange: {
      readonly target: LoginTarget;
      readonly request: AuthorizationRequest;
      readonly response: Secret;
    },
    signal: AbortSignal,
  ): Promise<TokenSet>;
  /** The result has the former refresh token if the response has none. */
  refresh(
    server: AuthorizationServer,
    client: OAuthClient,
    refresh: { readonly target: LoginTarget; readonly refreshToken: Secret; readonly scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<TokenSet>;
  clientCredentials(
    server: AuthorizationServer,
    client: OAuthClient,
    request: { readonly target: LoginTarget; readonly scopes: readonly string[] },
    signal: AbortSignal,
  ): Promise<TokenSet>;
  /** Revokes the refresh token, then the access token (RFC 7009). Best effort: never rejects. */
  revoke(
    server: AuthorizationServer,
    client: OAuthClient,
    revoke: { readonly target: LoginTarget; readonly tokens: Pick<TokenSet, 'accessToken' | 'refreshToken'> },
    signal: AbortSignal,
  ): Promise<void>;
}
