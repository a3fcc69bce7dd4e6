import type { GrantedNetwork } from '../network/egress-client.ts';

/** A folder of this machine for a component. */
export interface GrantedFolder {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Path under which the component sees it, for example `/data`. */
  readonly guest: string;
  readonly access: 'ro' | 'rw';
}

/** The granted parts of WASI 0.2. Nothing is granted by default. */
export interface WasiGrants {
  readonly folders?: readonly GrantedFolder[];
  /** Variables with their values. */
  readonly env?: readonly (readonly [name: string, value: string])[];
  readonly time?: boolean;
  readonly random?: boolean;
  readonly network?: GrantedNetwork;
}

/** The grant that each interface needs; `undefined`: nothing grants it, `''`: it needs none. */
const NEEDS: readonly (readonly [prefix: string, grant: keyof typeof GRANT_FIELDS | '' | undefined])[] = [
  ['wasi:cli/environment', 'env'],
  ['wasi:cli/', ''],
  ['wasi:io/', ''],
  ['wasi:clocks/', 'time'],
  ['wasi:random/insecure-seed', ''],
  ['wasi:random/', 'random'],
  ['wasi:filesystem/', 'folders'],
  ['wasi:sockets/', undefined],
  ['wasi:http/', 'network'],
];

/** Fields of `spec.capabilities` by grant. */
export const GRANT_FIELDS = {
  folders: 'files',
  env: 'env',
  time: 'time',
  random: 'random',
  network: 'network',
} as const;

/** Returns the fields of `spec.capabilities` that the imports can use, and the imports that nothing grants. */
export function neededGrants(imports: readonly string[]): {
  readonly grants: readonly string[];
  readonly never: readonly string[];
} {
  const grants = new Set<string>();
  const never: string[] = [];
  for (const name of imports) {
    const row = NEEDS.find(([prefix]) => name.startsWith(prefix));
    if (row?.[1] === undefined) never.push(name);
    else if (row[1] !== '') grants.add(GRANT_FIELDS[row[1]]);
  }
  return { grants: [...grants].sort(), never };
}

/** Returns the imports outside of WASI 0.2, which the runtime cannot provide. */
export const foreignImports = (imports: readonly string[]): readonly string[] =>
  imports.filter((name) => !/^wasi:(?:cli|io|clocks|random|filesystem|sockets|http)\/[a-z-]+@0\.2\.\d+/.test(name));
