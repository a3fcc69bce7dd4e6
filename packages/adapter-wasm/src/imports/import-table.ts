import { IMPLEMENTATIONS } from './implementations.ts';
import { IMPORT_ROWS } from './import-rows.ts';
import { TEST_IMPORTS } from './test-imports.ts';
import type { CoreType } from '../marshalling/layout.ts';

export interface ImportSignature {
  readonly params: readonly CoreType[];
  readonly result: CoreType | undefined;
  /** `pure`, or the effect that a Clarity function declares to call it. */
  readonly effect: string;
}

/** Every function of the module `env` that the ABI knows, by name. */
export const IMPORT_SIGNATURES: ReadonlyMap<string, ImportSignature> = new Map(
  IMPORT_ROWS.flatMap(([effect, types, names]) =>
    names.split(' ').map((name): [string, ImportSignature] => [name, { ...readTypes(types), effect }]),
  ),
);

/** Those that this host runs; a call of any other is a `CapabilityDenied`. */
export const IMPLEMENTED_IMPORTS: ReadonlySet<string> = new Set(IMPLEMENTATIONS.keys());

/** What tests import besides; no service may. */
export const ASSERTING_IMPORTS: ReadonlySet<string> = new Set(Object.keys(TEST_IMPORTS));

function readTypes(types: string): Pick<ImportSignature, 'params' | 'result'> {
  const [params = '', result = ''] = types.split('->').map((side) => side.split(',').filter((type) => type !== ''));
  return { params: params as CoreType[], result: (result as CoreType[])[0] };
}
