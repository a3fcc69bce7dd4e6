/** Headers that belong to the transport or to MCP. */
const RESERVED =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|accept.*|expect|cookie|mcp-.*|proxy-.*)$/i;

/** Returns whether a header cannot carry a credential. */
export const isReservedHeader = (name: string): boolean => RESERVED.test(name);

/** A reference to a credential: its provider and its name there. */
export interface AuthRef {
  /** `legacy_env` if the reference has no known scheme. */
  readonly scheme: string;
  readonly target: string;
}

/** Schemes of the built-in providers. */
export const AUTH_SCHEMES = ['legacy_env', 'env', 'file', 'header_env'] as const;
/** Scheme of a built-in provider. */
export type AuthScheme = (typeof AUTH_SCHEMES)[number];

/**
 * Parses `<scheme>:<target>` or the bare name of a legacy variable. The provider rejects an empty target. `others` are the
 * lower-case schemes of additional providers.
 */
export function parseAuthRef(reference: string, others: readonly string[] = []): AuthRef {
  const text = reference.trim();
  const colon = text.indexOf(':');
  const named = text.slice(0, Math.max(0, colon)).trim().toLowerCase();
  const scheme = [...AUTH_SCHEMES, ...others].find((known) => known === named);
  return scheme === undefined
    ? { scheme: 'legacy_env', target: text }
    : { scheme, target: text.slice(colon + 1).trim() };
}

/** Variables with settings or tokens of the runtime; a service never receives them. */
const OWN_VARIABLE = /^CLARITY(?!_REMOTE_AUTH_)|^CLARITY.*TOKEN|^CLARITY_REMOTE_AUTH_(FILE_ROOT|ENV_ALLOWLIST)$/i;

/** Returns whether a variable belongs to the runtime and is removed from the environment of services. */
export const isOwnVariable = (name: string): boolean => OWN_VARIABLE.test(name);
