import { hash } from 'node:crypto';

/** SHA-256 in lower-case hex. The one file of core that may import from Node. */
export const sha256Hex = (data: Uint8Array | string): string => hash('sha256', data, 'hex');

/** JSON with its members in order: the same content has the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** SHA-256 of a value's canonical text. */
export const contentDigest = (value: unknown): string => sha256Hex(canonicalJson(value));
