import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Folder of the built status page, for a listener to serve; undefined where its package was not built or installed. */
export function statusPageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@clarity-runtime/status-page/index.html'));
  } catch {
    return undefined;
  }
}
