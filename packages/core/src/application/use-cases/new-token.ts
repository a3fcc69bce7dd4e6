import { callerRecord, type Caller } from '../../domain/access/caller.ts';
import { assertGrants } from '../../domain/access/grant-rules.ts';
import { TOKEN_DOORS, type TokenRecord } from '../../domain/access/token-record.ts';
import { formatToken, tokenDigest } from '../../domain/access/token-text.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { TokenRequest } from '../../ports/inbound/token-operations.ts';

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_LIFE_MS = 90 * DAY_MS;
const MAX_LIFE_MS = 365 * DAY_MS;
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

interface NewTokenContext {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** `TOKEN_BYTES` random bytes. */
  readonly random: Uint8Array;
  readonly isProfile: (name: string) => boolean;
}

/**
 * Returns the record of a new token, and its text.
 * @throws ClarityError REQUEST_INVALID with the field, or PROFILE_NOT_FOUND.
 */
export function newToken(
  { name, grants, doors = ['mcp'], lifeMs, note, profile }: TokenRequest,
  { caller, now, random, isProfile }: NewTokenContext,
): { readonly record: TokenRecord; readonly text: string } {
  assertName(name);
  assertGrants(grants);
  if (doors.length === 0 || doors.some((door) => !TOKEN_DOORS.includes(door)))
    throw outOfRange('doors', `use some of: ${TOKEN_DOORS.join(', ')}`);
  if (profile !== undefined && !isProfile(profile))
    throw new ClarityError('PROFILE_NOT_FOUND', `'${toPrintableAscii(profile)}'`, { field: 'profile' });
  if (profile !== undefined && doors.some((door) => door !== 'mcp'))
    throw outOfRange('doors', 'use mcp alone for a token with a profile');
  const life = lifeMs === undefined ? DEFAULT_LIFE_MS : lifeMs;
  if (life !== null && !(life > 0 && life <= MAX_LIFE_MS)) throw outOfRange('lifeMs', 'use at most 365 days');
  const { id, text } = formatToken(random);
  const by = callerRecord(caller);
  const record: TokenRecord = {
    schema: profile === undefined ? 1 : 2,
    id,
    name,
    grants,
    doors,
    ...(profile === undefined ? {} : { profile }),
    slots: [{ sha256: tokenDigest(text) }],
    createdAt: isoOf(now),
    createdBy: `${by.kind} ${by.id}`,
    ...(life === null ? {} : { expiresAt: isoOf(now + life) }),
    ...(note === undefined ? {} : { note: toPrintableAscii(note, 200) }),
  };
  return { record, text };
}

/** Returns the error of a field of a request about tokens. */
export const outOfRange = (field: string, hint: string): ClarityError =>
  new ClarityError('REQUEST_INVALID', `${field} is out of range`, { field, hint });

const isoOf = (ms: number): string => new Date(ms).toISOString();

function assertName(name: string): void {
  if (NAME.test(name)) return;
  throw new ClarityError('REQUEST_INVALID', `'${toPrintableAscii(name)}' is not a name of a token`, {
    field: 'name',
    hint: 'use 1 to 64 of a-z, 0-9, dot, underscore and hyphen, first a letter or a digit',
  });
}
