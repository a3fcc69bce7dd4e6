/** Headers that belong to the transport or to MCP. */
const RESERVED =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|accept.*|expect|cookie|mcp-.*|proxy-.*)$/i;

/** No credential is sent in a header of this name. */
export const isReservedHeader = (name: string): boolean => RESERVED.test(name);

/** A reference to a credential: who holds it, and what it is called there. */
export interface AuthRef {
  /** `legacy_env` where the reference names no scheme that is known. */
  readonly scheme: string;
  readonly target: string;
}

export const AUTH_SCHEMES = ['legacy_env', 'env', 'file', 'header_env'] as const;
export type AuthScheme = (typeof AUTH_SCHEMES)[number];

/**
 * `<scheme>:<target>`, or the bare name of a legacy variable; an empty target is the provider's to refuse. `others` are the
 * schemes, in lower case, that a runtime has providers for besides its own.
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

/** Variables that configure the runtime, or that hold its own tokens; they are lent to nobody. */
const OWN_VARIABLE = /^CLARITY(?!_REMOTE_AUTH_)|^CLARITY.*TOKEN|^CLARITY_REMOTE_AUTH_(FILE_ROOT|ENV_ALLOWLIST)$/i;

export const isOwnVariable = (name: string): boolean => OWN_VARIABLE.test(name);
