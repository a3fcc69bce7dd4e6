import type { Tape } from './tape.ts';

/** A type of generated programs. Named types are the records and unions of `DECLARATIONS`. */
export type GenType =
  | { readonly kind: 'Int64' | 'Float64' | 'Bool' | 'String' }
  | { readonly kind: 'List' | 'Option'; readonly of: GenType }
  | { readonly kind: 'Result'; readonly of: GenType; readonly error: GenType }
  | { readonly kind: 'Map'; readonly key: GenType; readonly of: GenType }
  | { readonly kind: 'Named'; readonly name: string }
  | { readonly kind: 'Function'; readonly parameters: readonly GenType[]; readonly result: GenType };

export const INT: GenType = { kind: 'Int64' };
export const BOOL: GenType = { kind: 'Bool' };
export const STRING: GenType = { kind: 'String' };
export const FLOAT: GenType = { kind: 'Float64' };

export interface GenField {
  readonly name: string;
  readonly type: GenType;
}

export type Definition =
  | { readonly kind: 'record'; readonly fields: readonly GenField[] }
  | {
      readonly kind: 'union';
      readonly variants: readonly { readonly name: string; readonly fields: readonly GenField[] }[];
    };

export type Definitions = ReadonlyMap<string, Definition>;

export function shown(type: GenType): string {
  switch (type.kind) {
    case 'List':
    case 'Option':
      return `${type.kind}<${shown(type.of)}>`;
    case 'Result':
      return `Result<${shown(type.of)}, ${shown(type.error)}>`;
    case 'Map':
      return `Map<${shown(type.key)}, ${shown(type.of)}>`;
    case 'Named':
      return type.name;
    case 'Function':
      return `(${type.parameters.map(shown).join(', ')}) -> ${shown(type.result)}`;
    default:
      return type.kind;
  }
}

const SCALARS: readonly [GenType, ...GenType[]] = [INT, BOOL, STRING, FLOAT];

/** Generates a type for parameters and results. `names` are declared types. */
export function valueType(tape: Tape, names: readonly string[], depth = 2): GenType {
  const choice = depth === 0 ? tape.below(4) : tape.below(11);
  if (choice < 4) return SCALARS[choice] ?? INT;
  const inner = (): GenType => valueType(tape, names, depth - 1);
  if (choice < 6) return { kind: 'List', of: inner() };
  if (choice === 6) return { kind: 'Option', of: inner() };
  if (choice === 7) return { kind: 'Result', of: inner(), error: inner() };
  if (choice === 8) return { kind: 'Map', key: tape.pick([STRING, INT]), of: inner() };
  const name = names[tape.below(Math.max(1, names.length))];
  return name === undefined ? INT : { kind: 'Named', name };
}

export const anyType = (tape: Tape, names: readonly string[]): GenType =>
  tape.often(1)
    ? { kind: 'Function', parameters: [valueType(tape, names, 1)], result: valueType(tape, names, 1) }
    : valueType(tape, names);

/** Two records, two unions and a tree. Field names are unique, so that they determine the record. */
export function definitions(tape: Tape): Definitions {
  const known = new Map<string, Definition>([
    [
      'Tree',
      {
        kind: 'union',
        variants: [
          { name: 'Leaf', fields: [] },
          {
            name: 'Node',
            fields: [
              { name: 'left', type: { kind: 'Named', name: 'Tree' } },
              { name: 'item', type: INT },
              { name: 'right', type: { kind: 'Named', name: 'Tree' } },
            ],
          },
        ],
      },
    ],
  ]);
  const fields = (prefix: string, least: number): readonly GenField[] =>
    Array.from({ length: least + tape.below(3) }, (_, at) => ({
      name: `${prefix}${String(at)}`,
      type: valueType(tape, [...known.keys()]),
    }));
  for (const at of [0, 1]) {
    known.set(`Rec${String(at)}`, { kind: 'record', fields: fields(`r${String(at)}_`, 1) });
    const variants = Array.from({ length: 1 + tape.below(4) }, (_, index) => ({
      name: `V${String(at)}${String(index)}`,
      fields: fields(`v${String(at)}${String(index)}_`, 0),
    }));
    known.set(`Uni${String(at)}`, { kind: 'union', variants });
  }
  return known;
}

export function declared([name, definition]: readonly [string, Definition]): string {
  const list = (fields: readonly GenField[]): string =>
    fields.map((field) => `${field.name}: ${shown(field.type)}`).join(', ');
  if (definition.kind === 'record') return `type ${name} = { ${list(definition.fields)} }`;
  const variants = definition.variants.map(
    (each) => `| ${each.name}${each.fields.length === 0 ? '' : `(${list(each.fields)})`}`,
  );
  return `type ${name} = ${variants.join(' ')}`;
}
