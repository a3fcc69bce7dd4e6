import { ClarityError } from '../errors/clarity-error.ts';

/** What a caller may do. The provisioning gate is the absence of `provision` and `secrets` at the MCP door. */
export type Grant = 'read' | 'call' | 'operate' | 'provision' | 'secrets';

export type CallerKind = 'operator' | 'token' | 'loopback' | 'service' | 'system';

/** Where a request came in. */
export type Door = 'http' | 'mcp' | 'stdio' | 'embedded' | 'boot';

/** Who asks, through which door, with which grants. An edge makes it once per request; every use case takes it first. */
export interface Caller {
  readonly tenant: 'default';
  readonly kind: CallerKind;
  /** Safe to write down: for a token the first 8 hex digits of its SHA-256, never the token. */
  readonly id: string;
  readonly door: Door;
  readonly grants: ReadonlySet<Grant>;
  /** What the client says of itself: for display, never for a decision. */
  readonly client?: { readonly name: string; readonly version: string };
}

const MODEL_DOORS: ReadonlySet<Door> = new Set(['mcp', 'stdio']);

/** Returns whether the request came in where a model chooses the calls: at the MCP endpoint or over the stdio bridge. */
export const isModel = ({ door }: Pick<Caller, 'door'>): boolean => MODEL_DOORS.has(door);

const all: ReadonlySet<Grant> = new Set(['read', 'call', 'operate', 'provision', 'secrets']);

/** The runtime acting on its own behalf, at boot and at shutdown. */
export const systemCaller: Caller = { tenant: 'default', kind: 'system', id: 'system', door: 'boot', grants: all };

/** A program that embeds the runtime is its operator. */
export const embeddedCaller: Caller = {
  tenant: 'default',
  kind: 'operator',
  id: 'embedder',
  door: 'embedded',
  grants: all,
};

const mends: Readonly<Record<Grant, string>> = {
  read: 'use a caller that may read',
  call: 'use a caller that may call tools',
  operate: 'use a caller that may operate services, clarityctl for one',
  provision: 'register it with clarityctl, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
  secrets: 'use clarityctl auth, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
};

/** The one place where a grant is asked for. */
export function requireGrant(caller: Caller, grant: Grant): void {
  if (!caller.grants.has(grant)) {
    throw new ClarityError('GRANT_REQUIRED', `it needs '${grant}'`, { hint: mends[grant] });
  }
}
