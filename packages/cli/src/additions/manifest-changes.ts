import type { Manifest } from '@clarity-runtime/core';

/** One changed member of a manifest, with the values as readers see them. */
export interface ManifestChange {
  /** Dotted path, with the name of an entry in brackets. */
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

const MAX_DEPTH = 16;
const MAX_LENGTH = 160;
/** Members that the daemon writes. */
const UNCHANGED = new Set(['metadata.serviceId', 'metadata.createdAt', 'metadata.updatedAt']);

/** Returns the changed members from one manifest to another. Both must have hidden values already. */
export function manifestChanges(before: Manifest, after: Manifest): readonly ManifestChange[] {
  const [old, fresh] = [membersOf(before), membersOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((field): readonly ManifestChange[] => {
    const [from, to] = [old.get(field), fresh.get(field)];
    if (from === to || UNCHANGED.has(field)) return [];
    return [{ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

/** Returns the change as one line. */
export function changeLine({ field, from, to }: ManifestChange): string {
  if (from === undefined) return `${field}: ${shortened(to ?? '')} (new)`;
  return to === undefined
    ? `${field}: ${shortened(from)} (removed)`
    : `${field}: ${shortened(from)} -> ${shortened(to)}`;
}

const shortened = (text: string): string => (text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text);

function membersOf(manifest: Manifest): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  const visit = (value: unknown, field: string, depth: number): void => {
    if (Array.isArray(value)) {
      const named = value.filter((item): item is { readonly name: string } => hasName(item));
      if (value.length === 0 || named.length < value.length) members.set(field, JSON.stringify(value));
      else for (const { name, ...rest } of named) members.set(`${field}[${name}]`, entryText(rest));
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const [name, member] of Object.entries(value)) {
        if (member !== undefined) visit(member, field === '' ? name : `${field}.${name}`, depth + 1);
      }
    } else members.set(field, typeof value === 'string' ? value : JSON.stringify(value));
  };
  visit(manifest, '', 0);
  return members;
}

const hasName = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && typeof (item as { readonly name?: unknown }).name === 'string';

/** `secret file:github`, `env HOME` or the value. */
function entryText(entry: Readonly<Record<string, unknown>>): string {
  const { value, secretRef, from, ...rest } = entry;
  if (Object.keys(rest).length > 0) return JSON.stringify(entry);
  if (typeof secretRef === 'string') return `secret ${secretRef}`;
  if (typeof from === 'string') return `variable ${from}`;
  return typeof value === 'string' ? value : '';
}
