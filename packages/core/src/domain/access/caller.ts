import { type Grant, grantOf, type Verb, VERBS } from './grant.ts';
import type { ProfileBinding } from './profile-view.ts';

/**
 * Kind of a principal: `token` for the holder of the operator token, `loopback` for a local request without a token,
 * `system` for actions of the runtime.
 */
export type PrincipalKind = 'operator' | 'user' | 'token' | 'loopback' | 'service' | 'system';

/** The identity that owns what a caller registers: `operator`, `loopback`, `system` or the name of an embedder. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly id: string;
}

/** Evidence of the identity: `none` for a request that presented no credential. */
export interface CallerCredential {
  readonly kind: 'token' | 'operator' | 'cli' | 'jwt' | 'opaque' | 'page' | 'none';
  /** Safe for the audit: for a token the first 8 hex digits of its SHA-256, never the token. */
  readonly id: string;
  readonly clientId?: string;
}

/** Entry point of a request. */
export type Door = 'http' | 'mcp' | 'stdio' | 'metrics' | 'embedded' | 'boot';

/** Identity of a request with its entry point and grants. An edge creates it; it is the first argument of every use case. */
export interface Caller {
  /** The runtime of another tenant refuses the caller. */
  readonly tenant: string;
  readonly principal: Principal;
  readonly credential: CallerCredential;
  readonly door: Door;
  /** Not changed after the first use: decisions are prepared once per list. */
  readonly grants: readonly Grant[];
  /** Verbs that a login with more scopes would add to the grants. A refusal for want of one of them names the scopes. */
  readonly offered?: readonly Verb[];
  /** Narrows the grants to the services and tools of a profile, and names them. */
  readonly profile?: ProfileBinding;
  /** Aborts when the credential is revoked or has expired: open streams of the caller end then. */
  readonly ended?: AbortSignal;
  /** Name and version as the client claims: for display, never for a decision. */
  readonly client?: { readonly name: string; readonly version: string };
}

/** A caller in the audit: kind of the principal, id of the credential, entry point, and name of its profile. */
export interface CallerRecord {
  readonly kind: string;
  readonly id: string;
  readonly door: string;
  readonly profile?: string;
}

const records = new WeakMap<Caller | CallerRecord, CallerRecord>();

/**
 * Returns only the members of a caller that the audit stores. Hot path: the same object for the same caller, because the audit
 * and the history of calls keep it for each call.
 */
export function callerRecord(caller: Caller | CallerRecord): CallerRecord {
  let record = records.get(caller);
  if (record === undefined) records.set(caller, (record = newRecord(caller)));
  return record;
}

function newRecord(caller: Caller | CallerRecord): CallerRecord {
  const isCaller = 'principal' in caller;
  const { kind, id } = isCaller ? { kind: caller.principal.kind, id: caller.credential.id } : caller;
  const profile = isCaller ? caller.profile?.name : caller.profile;
  return Object.freeze({ kind, id, door: caller.door, ...(profile === undefined ? {} : { profile }) });
}

const CLIENT_DOORS: ReadonlySet<Door> = new Set(['mcp', 'stdio']);

/** Returns whether a request came in where a model chooses the calls: at the MCP endpoint or over the stdio bridge. */
export const isModel = ({ door }: { readonly door: Door }): boolean => CLIENT_DOORS.has(door);

const all: readonly Grant[] = [grantOf(...VERBS)];

/** Caller of actions that the runtime starts itself. */
export const systemCaller: Caller = {
  tenant: 'default',
  principal: { kind: 'system', id: 'system' },
  credential: { kind: 'none', id: 'system' },
  door: 'boot',
  grants: all,
};

/** Caller of a program that embeds the runtime, which has all grants. */
export const embeddedCaller: Caller = {
  tenant: 'default',
  principal: { kind: 'operator', id: 'operator' },
  credential: { kind: 'none', id: 'embedder' },
  door: 'embedded',
  grants: all,
};
