import type { Grant } from './grant.ts';
import { isSameDigest } from './token-text.ts';

/** Entry points that a token may use. */
export const TOKEN_DOORS = ['mcp', 'http', 'metrics'] as const;
/** An entry point that an access token can be for. */
export type TokenDoor = (typeof TOKEN_DOORS)[number];

/** The digest of a secret of a token. `until` ends the former secret of a rotated token, in ISO 8601. */
export interface TokenSlot {
  readonly sha256: string;
  readonly until?: string;
}

/** A named access token as it is stored: never its text. Times are in ISO 8601. */
export interface TokenRecord {
  /** 2 for a token with a profile, which earlier versions of the runtime would ignore. */
  readonly schema: 1 | 2;
  /** The public part of the token, 8 characters. */
  readonly id: string;
  /** Unique in its tenant: the key of the record. */
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly doors: readonly TokenDoor[];
  /** The only profile that the token may use. */
  readonly profile?: string;
  /** The present secret, and the former one of a rotated token. */
  readonly slots: readonly TokenSlot[];
  readonly createdAt: string;
  /** `<kind> <id>` of the caller. */
  readonly createdBy: string;
  /** A token without an end does not expire. */
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
  readonly note?: string;
  /** Time of the last rotation: the life of the token begins again with it. */
  readonly rotatedAt?: string;
  /** Last use; behind the one in memory by at most 10 minutes. */
  readonly lastUsedAt?: string;
  /** The end that the event `token.expiring` has announced. */
  readonly announcedEnd?: string;
}

/** Milliseconds before the end of a token from which people are warned. */
export const EXPIRY_NOTICE_MS = 14 * 24 * 60 * 60_000;

/** Returns whether an active token ends within `EXPIRY_NOTICE_MS`. */
export const expiresSoon = ({ expiresAt }: Pick<TokenRecord, 'expiresAt'>, now: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) > now && Date.parse(expiresAt) - now <= EXPIRY_NOTICE_MS;

/** State of a token at a time. */
export type TokenState = 'active' | 'expired' | 'revoked';

export function tokenState({ revokedAt, expiresAt }: TokenRecord, now: number): TokenState {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && Date.parse(expiresAt) <= now ? 'expired' : 'active';
}

/** Returns whether a digest is one of the secrets of the token that is valid now. */
export const hasSecret = ({ slots }: TokenRecord, sha256: string, now: number): boolean =>
  slots.some((slot) => isSameDigest(slot.sha256, sha256) && (slot.until === undefined || Date.parse(slot.until) > now));
