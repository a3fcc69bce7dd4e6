import { sha256Hex } from '../json/digest.ts';
import type { OAuthClientMethod } from './oauth-settings.ts';

/** An encrypted text: id of the key, nonce and ciphertext with its tag, in base64url. */
export interface SealedText {
  readonly kid: string;
  readonly iv: string;
  readonly ct: string;
}

/** Tokens of one service at one authorization server, for all callers of a tenant. Times are in ISO 8601. */
export interface UpstreamGrant {
  readonly schema: 1;
  readonly type: 'grant';
  readonly id: string;
  readonly serviceId: string;
  readonly issuer: string;
  /** Resource indicator of the token requests; absent if none was sent. */
  readonly resource?: string;
  readonly clientId: string;
  /** Key of the registered client; absent for a client of the manifest and for a client id that is a URL. */
  readonly registration?: string;
  /** Counts the token sets of this grant: 1 after the login, 1 more after each refresh. */
  readonly generation: number;
  readonly requestedScopes: readonly string[];
  /** Scopes of the token response; the requested ones if it names none. */
  readonly scopes: readonly string[];
  readonly obtainedAt: string;
  /** Absent if the server did not name a lifetime. */
  readonly expiresAt?: string;
  /** A refresh token is stored. */
  readonly canRefresh: boolean;
  /** The server refused this generation for good, and why. A person has to log in again. */
  readonly rejected?: { readonly at: string; readonly reason: string };
  /** `<kind> <id>` of the caller that logged in. */
  readonly by: string;
  /** The token set, as `encodeTokens` returns it. */
  readonly sealed: SealedText;
}

/** A client that an authorization server registered on request (RFC 7591). */
export interface ClientRegistration {
  readonly schema: 1;
  readonly type: 'client';
  readonly id: string;
  readonly issuer: string;
  readonly redirectUri: string;
  readonly clientId: string;
  readonly method: OAuthClientMethod;
  /** Scopes that the registration named: a server may refuse others (RFC 7591 §2, `scope`). Absent in old records. */
  readonly scopes?: readonly string[];
  readonly registeredAt: string;
  /** End of the client secret in ISO 8601; absent without an end. */
  readonly secretExpiresAt?: string;
  /** The client secret; absent if the server issued none. */
  readonly sealed?: SealedText;
}

/** A stored record of a login. */
export type LoginRecord = UpstreamGrant | ClientRegistration;

/** Fields that identify a grant. A credential is never used for another issuer or another resource. */
export interface GrantKey {
  readonly tenant: string;
  readonly serviceId: string;
  readonly issuer: string;
  readonly resource?: string | undefined;
}

export const grantId = ({ tenant, serviceId, issuer, resource }: GrantKey): string =>
  sha256Hex(JSON.stringify(['grant', tenant, 'shared', serviceId, issuer, resource ?? null]));

/** A registered client belongs to one issuer, one redirect URI and its scopes: a changed one needs a new registration. */
export const registrationId = (
  tenant: string,
  { issuer, redirectUri, scopes }: Pick<ClientRegistration, 'issuer' | 'redirectUri'> & { scopes: readonly string[] },
): string => sha256Hex(JSON.stringify(['client', tenant, issuer, redirectUri, [...scopes].sort()]));

/** Returns the version of the credential of a grant: it changes with each generation. */
export const grantVersion = ({ id, generation }: UpstreamGrant): string => `${id.slice(0, 16)}.${String(generation)}`;

/** Returns the end of the access token in milliseconds since the epoch; undefined if it is not known. */
export const grantEnd = ({ expiresAt }: UpstreamGrant): number | undefined =>
  expiresAt === undefined ? undefined : Date.parse(expiresAt);
