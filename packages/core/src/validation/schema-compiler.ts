import { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * Returns a compiler of schemas of this repository. It finds all errors and does not check schemas against their
 * meta-schema, and it does not shorten the generated code: both took more than half of the time of a first compilation.
 * `isForeign` checks the schemas, as for origin types of an embedder.
 */
export function schemaCompiler(isForeign = false): Ajv2020 {
  return new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    verbose: true,
    meta: isForeign,
    validateSchema: isForeign,
    code: { optimize: false },
  });
}
