import { sha256Hex } from './digest.ts';
import type { Manifest, Origin } from './manifest.ts';

/** Where the service's code or endpoint is, as the manifest writes it. */
const location = (origin: Origin): string => (origin.type === 'local_wasm' ? origin.wasmPath : origin.endpoint);

/**
 * The id follows from what a service is: `svc_` and the first 12 hex digits of the SHA-256 of
 * `<sourceFile>|<module>|<wasmPath or endpoint>`, taken from the manifest without any change.
 */
export function deriveServiceId({ metadata, spec }: Pick<Manifest, 'metadata' | 'spec'>): string {
  const seed = `${metadata.sourceFile}|${metadata.module}|${location(spec.origin)}`;
  return `svc_${sha256Hex(seed).slice(0, 12)}`;
}
