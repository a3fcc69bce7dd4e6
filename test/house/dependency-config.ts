import { createRequire } from 'node:module';

interface CruiserConfig {
  readonly forbidden: readonly { readonly name: string }[];
}

const require = createRequire(import.meta.url);

/** Rows of rooms by folder, from the bottom to the top. A row is a text with spaces between its rooms. */
export const { LAYERS } = require('../../scripts/layers.cjs') as {
  readonly LAYERS: Readonly<Record<string, readonly string[]>>;
};

/** Names of all rules of `.dependency-cruiser.cjs`, without the rules that it generates for each package or room. */
export const writtenRules: readonly string[] = namesOf((name) => !/-imports-what-it-declares$|-sees-below$/.test(name));

/** Names of the rules that `.dependency-cruiser.cjs` generates from `LAYERS`. */
export const rowRules: readonly string[] = namesOf((name) => name.endsWith('-sees-below'));

function namesOf(isWanted: (name: string) => boolean): readonly string[] {
  const { forbidden } = require('../../.dependency-cruiser.cjs') as CruiserConfig;
  return forbidden.map(({ name }) => name).filter(isWanted);
}
