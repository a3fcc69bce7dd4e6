import { placeholdersOf } from '../text/placeholders.ts';
import { hostOf } from '../access/secret-scope.ts';
import type { Manifest } from './manifest.ts';
import { originKind, originMember, type OriginKinds } from './origin-kinds.ts';

/** Part of a request or a program that receives a credential. */
export type ReferencePurpose = 'header' | 'query' | 'endpoint' | 'argument' | 'env' | 'client';

/** A credential reference in a manifest. */
export interface ManifestReference {
  /** Dotted path in the manifest. */
  readonly field: string;
  readonly reference: string;
  readonly purpose: ReferencePurpose;
}

const MAX_DEPTH = 16;
const PURPOSES: Readonly<Record<string, ReferencePurpose>> = {
  headers: 'header',
  query: 'query',
  args: 'argument',
  env: 'env',
  auth: 'client',
};

/**
 * Returns every credential reference of the origin, also of a kind of an embedder: members `authRef` and `secretRef`, the
 * credential of the kind, and `${secret:…}` and `${env:…}` in texts.
 */
export function manifestReferences({ spec: { origin } }: Manifest, kinds?: OriginKinds): readonly ManifestReference[] {
  const kind = originKind(origin.type, kinds);
  const found: ManifestReference[] = [];
  const visit = (value: unknown, field: string, name: string, purpose: ReferencePurpose, depth: number): void => {
    if (typeof value === 'string') {
      const isClientKey = name === 'keyRef' && purpose === 'client';
      if (name === 'authRef' || name === 'secretRef' || isClientKey || (depth === 1 && name === kind.credential)) {
        found.push({ field, reference: value, purpose: name === 'secretRef' || isClientKey ? purpose : 'header' });
        return;
      }
      for (const { scheme, target } of placeholdersOf(value)) {
        if (scheme === undefined) continue;
        found.push({ field, reference: scheme === 'env' ? `env:${target}` : target, purpose });
      }
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      for (const [key, member] of Object.entries(value)) {
        const inner = depth === 0 ? purposeOf(key, kind) : purpose;
        visit(member, Array.isArray(value) ? `${field}[${key}]` : `${field}.${key}`, key, inner, depth + 1);
      }
    }
  };
  visit(origin, 'spec.origin', '', 'env', 0);
  return found;
}

function purposeOf(name: string, { url, environment }: { readonly url?: string; readonly environment?: string }) {
  if (name === url) return 'endpoint';
  return name === environment ? 'env' : (PURPOSES[name] ?? 'env');
}

/** Returns the `host:port` of the endpoint of an origin; undefined for a program. */
export function destinationHost({ spec: { origin } }: Manifest, kinds?: OriginKinds): string | undefined {
  const url = originMember(origin, originKind(origin.type, kinds).url);
  return typeof url === 'string' && URL.canParse(url) ? hostOf(new URL(url)) : undefined;
}
