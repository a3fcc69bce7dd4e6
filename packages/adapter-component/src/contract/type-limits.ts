import type { ValueDefinition } from '../decoder/definition.ts';

const MAX_DEPTH = 32;
/** Maximum nodes of all types of one function as trees: named types are shared, and a few of them expand without limit. */
const MAX_NODES = 2_000;
const WORD = /^[A-Za-z0-9]+$/;

/** Kebab case of letters and digits, as the Component Model has it. */
const isLabel = (name: string): boolean => /^[A-Za-z]/.test(name) && name.split('-').every((word) => WORD.test(word));

/** Returns why types cannot be parameters and results of a tool, or undefined. */
export function refusalOfTypes(types: readonly ValueDefinition[]): string | undefined {
  let nodes = 0;
  const all = (parts: readonly (ValueDefinition | undefined)[], depth: number): string | undefined => {
    for (const part of parts) {
      const reason = part === undefined ? undefined : visit(part, depth + 1);
      if (reason !== undefined) return reason;
    }
    return undefined;
  };
  const named = (names: readonly string[]): string | undefined => {
    nodes += names.length;
    if (new Set(names).size < names.length) return 'one of its types has two parts of one name';
    return names.every((name) => isLabel(name)) ? undefined : 'one of its types has a name that is not allowed';
  };
  const visit = (type: ValueDefinition, depth: number): string | undefined => {
    nodes += 1;
    if (depth > MAX_DEPTH) return 'its types are nested too deeply';
    if (nodes > MAX_NODES) return 'its types are too large';
    switch (type.kind) {
      case 'record':
        return named(type.fields.map(({ name }) => name)) ?? all(parts(type.fields), depth);
      case 'variant':
        return named(type.cases.map(({ name }) => name)) ?? all(parts(type.cases), depth);
      case 'list':
        return all([type.element], depth);
      case 'tuple':
        return all(type.items, depth);
      case 'flags':
      case 'enum':
        return named(type.names);
      case 'option':
        return all([type.value], depth);
      case 'result':
        return all([type.ok, type.err], depth);
      case 'unsupported':
        return `it has a parameter or result of type ${type.what}`;
      default:
        return undefined;
    }
  };
  return all(types, 0);
}

const parts = (
  entries: readonly { readonly type?: ValueDefinition | undefined }[],
): readonly (ValueDefinition | undefined)[] => entries.map(({ type }) => type);
