const MASK = '***';

/** Returns a copy of a manifest with the values of variables, headers and queries masked. */
export function maskManifest(manifest: unknown): unknown {
  return mask(manifest, false);
}

/** Inside of `env`, `headers` and `query`, the member `value` and plain texts are values. */
const HOLDERS: ReadonlySet<string> = new Set(['env', 'headers', 'query']);

function mask(value: unknown, isHolder: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mask(item, isHolder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isValue = isHolder && typeof member === 'string' && !['name', 'secretRef', 'from', 'authRef'].includes(key);
      return [key, isValue ? MASK : mask(member, isHolder || HOLDERS.has(key))];
    }),
  );
}
