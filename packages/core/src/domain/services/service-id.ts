import { sha256Hex } from '../json/digest.ts';
import type { Manifest, Origin } from './manifest.ts';

/** What makes the service another one when it changes, as the manifest writes it. */
function seedOf({ metadata: { sourceFile, module }, spec: { origin } }: Pick<Manifest, 'metadata' | 'spec'>): string {
  if (origin.type === 'local_process') {
    return `${JSON.stringify([origin.command, ...(origin.args ?? [])])}|${module}|${origin.cwd ?? ''}`;
  }
  return `${sourceFile}|${module}|${place(origin)}`;
}

const place = (origin: Exclude<Origin, { type: 'local_process' }>): string =>
  origin.type === 'local_wasm' ? origin.wasmPath : origin.endpoint;

/**
 * The id follows from what a service is: `svc_` and the first 12 hex digits of a SHA-256, taken from the manifest without
 * any change. Hashed is `<sourceFile>|<module>|<wasmPath or endpoint>`, for a process
 * `<JSON of [command, ...args]>|<module>|<cwd>`.
 */
export const deriveServiceId = (manifest: Pick<Manifest, 'metadata' | 'spec'>): string =>
  `svc_${sha256Hex(seedOf(manifest)).slice(0, 12)}`;
