import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';
import type { Manifest } from '../domain/services/manifest.ts';
import { checkRules } from './manifest-rules.ts';
import { manifestSchema } from './manifest-schema.ts';
import { plainCopy } from './plain-copy.ts';
import { refusalOf } from './schema-problem.ts';

let compiledManifestSchema: ValidateFunction<Manifest> | undefined;

/** Made on first use: compiling the schema takes some tens of milliseconds. */
const manifestValidator = (): ValidateFunction<Manifest> =>
  (compiledManifestSchema ??= new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    verbose: true,
  }).compile<Manifest>(manifestSchema));

/** The manifest in the caller's own words, frozen; otherwise MANIFEST_INVALID with the field and the mend. */
export function parseManifest(input: unknown): Manifest {
  const manifest = readPlain(input);
  const validate = manifestValidator();
  if (!validate(manifest)) throw refusalOf(validate.errors ?? []);
  checkRules(manifest);
  return manifest;
}

/** An object that throws when it is read belongs to the caller, and so does the fault. */
function readPlain(input: unknown): unknown {
  try {
    return plainCopy(input);
  } catch (error) {
    if (isClarityError(error)) throw error;
    throw new ClarityError('MANIFEST_INVALID', 'it cannot be read', { cause: error });
  }
}
