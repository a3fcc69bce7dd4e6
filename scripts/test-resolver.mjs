import { join, sep } from 'node:path';
import { BUNDLES, entries } from './test-bundle.mjs';

/** A suite loads the sources of its own package and the bundles of the others, see `test-bundle.mjs`. */
export const sync = (path, options) => {
  const entry = entries.get(path);
  const isOther = entry !== undefined && !options.basedir.startsWith(entry.folder + sep);
  return isOther ? join(BUNDLES, `${path}.mjs`) : options.defaultResolver(path, options);
};
