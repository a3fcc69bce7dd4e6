import { hasHidden } from './text/hidden-characters.ts';

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
