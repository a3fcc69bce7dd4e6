import { defined } from '../domain/json/defined.ts';
import { serviceManifest, type ManifestOptions } from '../domain/services/manifest-defaults.ts';
import type { Manifest, Origin, OriginType } from '../domain/services/manifest.ts';
import { originKinds } from '../domain/services/origin-kinds.ts';
import type { ServiceConnector } from '../ports/index.ts';
import { parseManifest } from './parse-documents.ts';

/** An origin of an embedder's connector. */
export interface CustomOrigin {
  readonly type: Exclude<OriginType, Origin['type']>;
  readonly [member: string]: unknown;
}

/** A manifest without the members that have a default. */
export interface ServiceDefinition extends ManifestOptions {
  readonly origin: Origin | CustomOrigin;
  /** Name of the service; its namespace unless `toolNamespace` is set. */
  readonly module: string;
  /** `module` if absent. */
  readonly sourceFile?: string | undefined;
}

/**
 * Returns the checked manifest of a service, with the default values of every member that is not given. `connectors`
 * has the connector of an origin that is not built in.
 * @throws ClarityError MANIFEST_INVALID, with all problems in `failure.problems`.
 */
export function defineService(
  definition: ServiceDefinition,
  connectors: Iterable<Pick<ServiceConnector, 'origin' | 'kind'>> = [],
): Manifest {
  const { origin, module, sourceFile = module, ...options } = definition;
  const manifest = serviceManifest(defined({ ...origin }), { sourceFile, module }, options);
  return parseManifest(manifest, originKinds(connectors));
}
