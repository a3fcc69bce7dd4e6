/** Namespaces that no service may have: the runtime's own tools live there, or JavaScript objects would mistake them. */
export const RESERVED_NAMESPACES: ReadonlySet<string> = new Set([
  'runtime',
  'clarity',
  'system',
  '__proto__',
  'constructor',
  'prototype',
]);

/**
 * Lower case; every run of characters outside `[a-z0-9_]` becomes one `_`; leading and trailing `_` go; what is empty
 * becomes `service`.
 */
export function normalizeNamespace(value: string, fallback = 'service'): string {
  const normal = value
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_');
  let start = 0;
  let end = normal.length;
  while (start < end && normal[start] === '_') start += 1;
  while (end > start && normal[end - 1] === '_') end -= 1;
  return start === end ? fallback : normal.slice(start, end);
}
