import { Ajv2020 } from 'ajv/dist/2020.js';
import { programFailure } from '../domain/errors/program-failure.ts';

/**
 * Returns a compiler of schemas of this repository. It finds all errors and does not check schemas against their
 * meta-schema, and it does not shorten the generated code: both took more than half of the time of a first compilation.
 * `isForeign` checks the schemas, as for origin types of an embedder.
 * @throws ClarityError RESOURCE_EXHAUSTED when the bundled programs cannot read the file of ajv, which they load here.
 */
export function schemaCompiler(isForeign = false): Ajv2020 {
  const options = { strict: true, strictRequired: false, allErrors: true, verbose: true };
  try {
    return new Ajv2020({ ...options, meta: isForeign, validateSchema: isForeign, code: { optimize: false } });
  } catch (error) {
    throw programFailure(error);
  }
}
