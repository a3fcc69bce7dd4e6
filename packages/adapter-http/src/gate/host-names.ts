import { isIP } from 'node:net';
import { ClarityError, printable } from '@clarity-runtime/core';
import { isLoopbackAddress } from './loopback.ts';

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9._-]*[a-z0-9_])?)\.?)(?::\d{1,5})?$/i;
const WILDCARDS = new Set(['0.0.0.0', '::', '']);

/** The names by which this server may be called. A page on any other name is a rebound one. */
export class HostNames {
  readonly #configured: ReadonlySet<string>;

  /** Throws for a name that no `Host` header could carry. */
  constructor(bound: string | undefined, configured: readonly string[] = []) {
    const names = configured.map((name) => {
      const host = hostOf(isIP(name) === 6 ? `[${name}]` : name);
      if (host !== undefined && !WILDCARDS.has(host)) return host;
      throw new ClarityError('REQUEST_INVALID', `'${printable(name)}' is not a host name`, { field: 'allowedHosts' });
    });
    this.#configured = new Set(bound === undefined || WILDCARDS.has(bound) ? names : [...names, bound.toLowerCase()]);
  }

  /** `authority` is a host with or without a port, as in `Host`. The port is not compared, so that a forwarded one works. */
  serves(authority: string): boolean {
    const host = hostOf(authority);
    return host !== undefined && (host === 'localhost' || isLoopbackAddress(host) || this.#configured.has(host));
  }
}

function hostOf(authority: string): string | undefined {
  const match = AUTHORITY.exec(authority);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}
