import { normalizeNamespace } from './namespace.ts';
import type { ServiceRecord } from './service.ts';

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
