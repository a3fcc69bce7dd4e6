import type { AuditLink } from '@clarity-runtime/core/audit-chain';

const HASH = /^[0-9a-f]{64}$/;

/** `{"link":[from,to,"sha-256"]}`: what closes the events of one flush. */
export const encodeLink = (link: AuditLink): string => `{"link":${linkText(link)}}`;

export const linkText = ({ from, to, hash }: AuditLink): string => `[${String(from)},${String(to)},"${hash}"]`;

/** `undefined` for JSON that is no link. */
export function decodeLink(json: string): AuditLink | undefined {
  if (!json.startsWith('{"link":')) return undefined;
  try {
    return linkOf((JSON.parse(json) as { readonly link: unknown }).link);
  } catch {
    return undefined;
  }
}

export function linkOf(value: unknown): AuditLink | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [from, to, hash] = value as readonly unknown[];
  if (!isSeq(from) || !isSeq(to) || to < from) return undefined;
  return typeof hash === 'string' && HASH.test(hash) ? { from, to, hash } : undefined;
}

const isSeq = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
