import { Secret } from '../access/secret.ts';

/** Tokens of one token response (RFC 6749 §5.1). */
export interface TokenSet {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  /** Milliseconds since the epoch; absent if the response names no lifetime. */
  readonly expiresAt?: number;
  /** Absent if the response names no scope. */
  readonly scopes?: readonly string[];
}

/** Returns the secret part of a token set as JSON, to seal it. */
export const encodeTokens = ({ accessToken, refreshToken }: TokenSet): string =>
  JSON.stringify({ access: accessToken.reveal(), refresh: refreshToken?.reveal() });

/** Returns the tokens of an unsealed text; undefined for another text. */
export function decodeTokens(text: string): Pick<TokenSet, 'accessToken' | 'refreshToken'> | undefined {
  const { access, refresh } = parsed(text);
  if (typeof access !== 'string') return undefined;
  return {
    accessToken: new Secret(access),
    ...(typeof refresh === 'string' ? { refreshToken: new Secret(refresh) } : {}),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

const EARLY_MS = 300_000;
const EARLY_SHARE = 0.2;

/**
 * Returns whether a token should be renewed before its next use: 5 minutes before its end, or for a short life when 80 percent
 * of it have passed. A token without a known end is renewed only after the server refuses it.
 */
export function isDue(obtainedAt: number, expiresAt: number | undefined, now: number): boolean {
  if (expiresAt === undefined) return false;
  return now >= expiresAt - Math.min(EARLY_MS, Math.max(0, expiresAt - obtainedAt) * EARLY_SHARE);
}
