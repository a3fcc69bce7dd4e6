import { hash } from 'node:crypto';

/** Returns the SHA-256 digest in lower-case hex. Only this file of core and `system-entropy.ts` import from Node. */
export const sha256Hex = (data: Uint8Array | string): string => hash('sha256', data, 'hex');

/** Returns JSON with sorted members, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Returns the SHA-256 digest of a value's canonical JSON, in lower-case hex. */
export const contentDigest = (value: unknown): string => sha256Hex(canonicalJson(value));
