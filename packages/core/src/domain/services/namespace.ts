import type { ServiceRecord } from './service.ts';

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

/** A name that no two services may have, and where the manifest says it. */
export interface NamespaceClaim {
  readonly name: string;
  readonly field: string;
  /** The mend, where it is not the usual one. */
  readonly hint?: string;
}

type Claimant = Pick<ServiceRecord, 'namespace' | 'manifest'>;

/** What stands before the names of the service's tools on the shared endpoint. */
export function toolPrefix({ namespace, manifest }: Claimant): string {
  const prefix = manifest.spec.surface?.prefix;
  return prefix === undefined ? namespace : normalizeNamespace(prefix);
}

/** The namespace, and the prefix of the tools where it is another. */
export function namespaceClaims(service: Claimant): readonly NamespaceClaim[] {
  const { namespace, manifest } = service;
  const field = manifest.spec.toolNamespace === undefined ? 'metadata.module' : 'spec.toolNamespace';
  const own = { name: namespace, field };
  const prefix = toolPrefix(service);
  if (prefix === namespace) return [own];
  const hint = 'set spec.surface.prefix to a name of its own, or leave it out';
  return [own, { name: prefix, field: 'spec.surface.prefix', hint }];
}
