import { hasHidden, withoutHidden } from './interface-text.ts';

const MAX_DEPTH = 64;
const MAX_STRINGS = 10_000;

/** Every text in plain data with its path, names of members included; bounded, the rest is left out. */
export function stringsOf(value: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (item: unknown, path: string, depth: number): void => {
    if (depth > MAX_DEPTH || found.size >= MAX_STRINGS) return;
    if (typeof item === 'string') found.set(path, item);
    else if (Array.isArray(item))
      for (const [i, entry] of item.entries()) walk(entry, `${path}[${String(i)}]`, depth + 1);
    else if (typeof item === 'object' && item !== null) {
      for (const [name, member] of Object.entries(item)) {
        const below = path === '' ? name : `${path}.${name}`;
        if (hasHidden(name)) found.set(`${below}#`, name);
        walk(member, below, depth + 1);
      }
    }
  };
  walk(value, '', 0);
  return found;
}

/** The same data without characters that nobody sees; the very same value when there were none. */
export function cleaned(value: unknown): unknown {
  for (const text of stringsOf(value).values()) if (hasHidden(text)) return strip(value, 0);
  return value;
}

function strip(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) return null;
  if (typeof value === 'string') return withoutHidden(value);
  if (Array.isArray(value)) return value.map((item) => strip(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [withoutHidden(name), strip(member, depth + 1)]),
  );
}
