import { expiresSoon } from '@clarity-runtime/core/internal';
import type { Verb } from '@clarity-runtime/core';
import type { ClientConfig } from '@clarity-runtime/core/ports';
import type { TokenFile, TokenPlace } from './token-file.ts';

/** Rights of the token of a client. */
export interface ClientTokenRights {
  readonly verbs: readonly Verb[];
  /** The only profile that the token may use. */
  readonly profile?: string | undefined;
}

/** A token of the daemon, as its list shows it. */
export interface KnownToken {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly grants: readonly { readonly verbs: readonly string[]; readonly services: readonly string[] }[];
  readonly doors: readonly string[];
  readonly profile?: string | undefined;
  readonly expiresAt?: string | undefined;
}

/** Creates tokens at a daemon: through its API, or inside it. */
export interface TokenIssuer {
  list(): Promise<readonly KnownToken[]>;
  /** Returns the text of the new token. */
  create(name: string, rights: ClientTokenRights): Promise<string>;
  rotate(name: string): Promise<string>;
  revoke(name: string): Promise<void>;
}

/** Verbs of a client by default, and of one that only uses tools. */
export const CLIENT_VERBS: readonly Verb[] = ['read', 'call', 'inspect', 'operate'];
export const CALL_VERBS: readonly Verb[] = ['read', 'call'];

/** Returns the name of the token of a client. */
export const tokenNameOf = (client: string): string => `client-${client}`;

export interface ClientTokens {
  readonly issuer: TokenIssuer;
  readonly file: TokenFile;
  readonly place: TokenPlace;
}

/** A token that a client needs. */
export interface WantedToken {
  readonly rights: ClientTokenRights;
  /** A token of the name keeps the rights that it has. */
  readonly keeps?: boolean;
  readonly onCreate?: ((name: string) => Promise<void>) | undefined;
}

/**
 * Makes sure that the file of the user has a token with these rights. One that fits is kept; one whose text is lost, or that ends
 * soon, is rotated; one with other rights is revoked and created again. With `keeps` any active token of the name fits.
 * `onCreate` is called before the first token of the name is created.
 */
export async function ensureClientToken(
  { issuer, file, place }: ClientTokens,
  name: string,
  { rights, keeps = false, onCreate }: WantedToken,
): Promise<void> {
  const known = (await issuer.list()).find((token) => token.name === name && token.state === 'active');
  if (known === undefined) {
    await onCreate?.(name);
    await file.put(place, name, await issuer.create(name, rights));
    return;
  }
  if (!keeps && !hasRights(known, rights)) {
    await issuer.revoke(name);
    await file.put(place, name, await issuer.create(name, rights));
    return;
  }
  const text = await file.find(place, name);
  const isKept = text?.startsWith(`clr_${known.id}_`) === true;
  const endsSoon = expiresSoon(known.expiresAt === undefined ? {} : { expiresAt: known.expiresAt }, Date.now());
  if (!isKept || endsSoon) await file.put(place, name, await issuer.rotate(name));
}

/** Revokes the token of a client that has no entry any more, if the file of the user has it. */
export async function dropClientToken({ issuer, file, place }: ClientTokens, name: string): Promise<boolean> {
  const text = await file.find(place, name);
  if (text === undefined) return false;
  const known = (await issuer.list()).find((token) => token.name === name && token.state === 'active');
  if (known !== undefined && text.startsWith(`clr_${known.id}_`)) await issuer.revoke(name);
  await file.remove(place, name);
  return true;
}

/** Returns whether a configuration of a client has an entry of the gateway, in any scope. */
export async function isConfigured(clients: readonly ClientConfig[], name: string): Promise<boolean> {
  const found = clients.find(({ client }) => client === name);
  if (found === undefined) return false;
  const states = await Promise.all(found.scopes.map((scope) => found.state(scope)));
  return states.some(({ configured }) => configured);
}

function hasRights({ grants, doors, profile }: KnownToken, rights: ClientTokenRights): boolean {
  const [only, ...others] = grants;
  return (
    others.length === 0 &&
    only?.services.join() === '*' &&
    doors.join() === 'mcp' &&
    profile === rights.profile &&
    [...only.verbs].sort().join() === [...rights.verbs].sort().join()
  );
}
