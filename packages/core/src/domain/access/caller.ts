import { ClarityError } from '../errors/clarity-error.ts';

/** A permission of a caller. Without MCP provisioning the MCP door does not grant `provision` and `secrets`. */
export type Grant = 'read' | 'call' | 'operate' | 'provision' | 'secrets';

/** Kind of the identity: `loopback` for a local request without a token, `system` for actions of the runtime. */
export type CallerKind = 'operator' | 'token' | 'loopback' | 'service' | 'system';

/** Entry point of a request. */
export type Door = 'http' | 'mcp' | 'stdio' | 'embedded' | 'boot';

/** Identity of a request with its entry point and grants. An edge creates it; it is the first argument of every use case. */
export interface Caller {
  readonly tenant: 'default';
  readonly kind: CallerKind;
  /** Safe for the audit: for a token the first 8 hex digits of its SHA-256, never the token. */
  readonly id: string;
  readonly door: Door;
  readonly grants: ReadonlySet<Grant>;
  /** Name and version as the client claims: for display, never for a decision. */
  readonly client?: { readonly name: string; readonly version: string };
}

const MODEL_DOORS: ReadonlySet<Door> = new Set(['mcp', 'stdio']);

/** Returns whether the request came in where a model chooses the calls: at the MCP endpoint or over the stdio bridge. */
export const isModel = ({ door }: Pick<Caller, 'door'>): boolean => MODEL_DOORS.has(door);

const all: ReadonlySet<Grant> = new Set(['read', 'call', 'operate', 'provision', 'secrets']);

/** Caller of actions that the runtime starts itself. */
export const systemCaller: Caller = { tenant: 'default', kind: 'system', id: 'system', door: 'boot', grants: all };

/** Caller of a program that embeds the runtime, which has all grants. */
export const embeddedCaller: Caller = {
  tenant: 'default',
  kind: 'operator',
  id: 'embedder',
  door: 'embedded',
  grants: all,
};

const hints: Readonly<Record<Grant, string>> = {
  read: 'use a caller that may read',
  call: 'use a caller that may call tools',
  operate: 'use a caller that may operate services, for example clarityctl',
  provision: 'register it with clarityctl, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
  secrets: 'use clarityctl auth, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
};

/**
 * Checks that a caller has a grant.
 * @throws ClarityError GRANT_REQUIRED when it does not.
 */
export function requireGrant(caller: Caller, grant: Grant): void {
  if (!caller.grants.has(grant)) {
    throw new ClarityError('GRANT_REQUIRED', `it needs '${grant}'`, { hint: hints[grant] });
  }
}
