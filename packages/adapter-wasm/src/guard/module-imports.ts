import { ASSERTING_IMPORTS, IMPLEMENTED_IMPORTS, IMPORT_SIGNATURES } from '../imports/import-table.ts';
import type { ByteReader } from './byte-reader.ts';
import { invalid, ModuleRefusal, nameSome } from './module-refusal.ts';
import { readSizeRange } from './size-range.ts';
import { readReferenceType, readValueType, showSignature, type Signature } from './value-type.ts';

export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  /** Undefined when the import is not a function. */
  readonly signature: Signature | undefined;
}

const KINDS = ['function', 'table', 'memory', 'global'] as const;

export function readImport(reader: ByteReader, types: readonly Signature[]): ModuleImport {
  const module = reader.name();
  const name = reader.name();
  const kind = KINDS[reader.byte()];
  if (kind === 'function') return { module, name, signature: typeAt(types, reader.u32()) };
  if (kind === 'table') readReferenceType(reader);
  if (kind === 'global') {
    readValueType(reader);
    reader.byte();
  } else if (kind === undefined) throw invalid('it imports something of an unknown kind');
  else readSizeRange(reader);
  return { module, name, signature: undefined };
}

export function typeAt(types: readonly Signature[], index: number): Signature {
  const type = types[index];
  if (type === undefined) throw invalid('it names a type that it does not have');
  return type;
}

/**
 * Returns the names of the functions that the module imports from the host. One refusal names every import that is not
 * allowed. Assertions are allowed in tests only.
 */
export function grantImports(imports: readonly ModuleImport[], tests: boolean): readonly string[] {
  const unknown = imports.filter(({ module, name, signature }) => {
    return module !== 'env' || signature === undefined || !IMPORT_SIGNATURES.has(name);
  });
  const known = imports.filter((entry) => !unknown.includes(entry));
  const denied = known.filter(({ name }) => !IMPLEMENTED_IMPORTS.has(name) && !(tests && ASSERTING_IMPORTS.has(name)));
  if (unknown.length > 0) {
    const named = nameSome([...unknown, ...denied].map(({ module, name }) => `${module}.${name}`));
    throw invalid(`it imports what this runtime does not have: ${named}`);
  }
  if (denied.length > 0) {
    const reason = `${nameSome(denied.map(nameWithEffect))}; ${grantFor(denied)}`;
    throw new ModuleRefusal('WASM_CAPABILITY', reason);
  }
  for (const { name, signature } of known) if (signature !== undefined) checkSignature(name, signature);
  return [...new Set(known.map(({ name }) => name))];
}

/** Returns how the denied imports can be allowed. */
function grantFor(denied: readonly ModuleImport[]): string {
  const asserts = denied.every(({ name }) => ASSERTING_IMPORTS.has(name));
  return asserts
    ? 'clarityc test runs what asserts'
    : 'a service is granted Log, Time and Random, and nothing grants more';
}

function nameWithEffect({ name }: ModuleImport): string {
  const effect = IMPORT_SIGNATURES.get(name)?.effect ?? 'pure';
  return effect === 'pure' ? `env.${name}` : `env.${name} (${effect})`;
}

function checkSignature(name: string, actual: Signature): void {
  const row = IMPORT_SIGNATURES.get(name);
  if (row === undefined) return;
  const expected = { params: row.params, results: row.result === undefined ? [] : [row.result] };
  if (showSignature(expected) === showSignature(actual)) return;
  throw invalid(`it imports env.${name} as ${showSignature(actual)}, which is ${showSignature(expected)}`);
}
