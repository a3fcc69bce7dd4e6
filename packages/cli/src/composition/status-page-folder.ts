import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Returns the folder of the built status page, or undefined when its package is not built or installed. */
export function statusPageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('@clarity-runtime/status-page/index.html'));
  } catch {
    return undefined;
  }
}
