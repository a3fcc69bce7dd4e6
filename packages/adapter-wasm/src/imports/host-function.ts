import { CapabilityDenied } from '../guest/guest-error.ts';
import type { HostFunction } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';
import { IMPLEMENTATIONS } from './implementations.ts';
import { IMPORT_SIGNATURES } from './import-table.ts';
import { TEST_IMPORTS } from './test-imports.ts';

/**
 * Returns the import `env.<name>` for one instance. A function that is not granted throws `CapabilityDenied` when it is
 * called.
 */
export function hostFunction(name: string, state: GuestContext): HostFunction {
  const asserts = state.options.assertion !== undefined && Object.hasOwn(TEST_IMPORTS, name);
  const bind = asserts ? TEST_IMPORTS[name] : IMPLEMENTATIONS.get(name);
  if (bind !== undefined) return bind(state);
  return () => {
    throw new CapabilityDenied(denial(name));
  };
}

function denial(name: string): string {
  const effect = IMPORT_SIGNATURES.get(name)?.effect;
  if (effect === undefined) return `the module called '${name}', which is not a function of the Clarity ABI`;
  if (effect === 'pure') return `the module called '${name}', which this runtime does not have`;
  return `the module called '${name}', which needs the effect ${effect}; this runtime grants Log, Time and Random`;
}
