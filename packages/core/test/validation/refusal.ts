import { isClarityError, type Failure } from '@clarity-runtime/core';
import { parseManifest } from '../../src/validation/index.ts';

/** Returns the failure of `parseManifest`; rethrows every other error. */
export function refusal(input: unknown): Failure {
  try {
    parseManifest(input);
  } catch (error) {
    if (isClarityError(error) && error.code === 'MANIFEST_INVALID') return error.failure;
    throw error;
  }
  throw new Error('the manifest was accepted');
}

/** Returns a JSON copy with the member at the dotted path replaced; `undefined` deletes it. */
export function changed(base: object, path: string, value: unknown): object {
  const copy = JSON.parse(JSON.stringify(base)) as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let place = copy;
  for (const step of steps) place = place[step] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(place, last);
  else place[last] = value;
  return copy;
}
