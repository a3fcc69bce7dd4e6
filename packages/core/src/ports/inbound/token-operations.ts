import type { Caller } from '../../domain/access/caller.ts';
import type { Grant } from '../../domain/access/grant.ts';
import type { TokenDoor, TokenRecord, TokenState } from '../../domain/access/token-record.ts';

/** A token for people: the record without the digests. */
export interface ShownToken extends Omit<TokenRecord, 'slots' | 'schema' | 'announcedEnd'> {
  readonly state: TokenState;
  /** End of the former secret of a rotated token, in ISO 8601. */
  readonly overlapUntil?: string;
  /** Last use in ISO 8601; after a restart it may be 10 minutes older. */
  readonly lastUsedAt?: string;
}

/** A new token. `token` is the only copy of its text. */
export interface CreatedToken {
  readonly token: string;
  readonly record: ShownToken;
}

/** Settings of a new token. */
export interface TokenRequest {
  /** `[a-z0-9._-]{1,64}` */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Default: `mcp`. */
  readonly doors?: readonly TokenDoor[] | undefined;
  /** Binds the token to a profile, whose view it has at `/mcp` too. Such a token is for the entry point `mcp` alone. */
  readonly profile?: string | undefined;
  /** Milliseconds; 90 days when absent, `null` for a token without an end. */
  readonly lifeMs?: number | null | undefined;
  readonly note?: string | undefined;
}

/** The identity of a token at an entry point. The same object for every request, until the token changes. */
export interface TokenIdentity extends Pick<Caller, 'tenant' | 'principal' | 'credential' | 'grants'> {
  readonly doors: readonly TokenDoor[];
  /** Name of the only profile that the token may use. */
  readonly profile?: string;
  /** Aborts when the token is revoked or has expired. */
  readonly ended: AbortSignal;
}

/**
 * Access tokens. Every operation on tokens needs the grant `admin`.
 * @throws ClarityError GRANT_REQUIRED, TOKEN_NAME_TAKEN, PROFILE_NOT_FOUND, TOKEN_NOT_FOUND, REQUEST_INVALID with the field, or
 * STORE_UNAVAILABLE.
 */
export interface TokenOperations {
  /** Returns all tokens by name, revoked ones included. */
  list(caller: Caller): Promise<readonly ShownToken[]>;
  create(caller: Caller, request: TokenRequest): Promise<CreatedToken>;
  /** Replaces the secret, and begins the life of the token again. The former one is valid for `overlapMs` milliseconds more, 24 hours when absent. */
  rotate(caller: Caller, name: string, overlapMs?: number): Promise<CreatedToken>;
  /** Ends a token for good: its next request is refused and its open streams end. */
  revoke(caller: Caller, name: string): Promise<ShownToken>;
  /** Returns the identity of a presented text; undefined if it is not a valid token. Does no I/O. */
  authenticate(text: string): TokenIdentity | undefined;
}
