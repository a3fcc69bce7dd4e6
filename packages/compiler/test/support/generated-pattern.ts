import type { Definitions, GenField, GenType } from './generated-type.ts';
import type { Tape } from './tape.ts';

export interface GenPattern {
  readonly text: string;
  readonly variables: readonly GenField[];
}

export interface PatternParts {
  readonly tape: Tape;
  readonly definitions: Definitions;
  readonly fresh: () => string;
}

interface Case {
  readonly name: string;
  readonly fields: readonly GenField[];
}

/** Generated arms for a type. `whole` if they are exhaustive without a last arm. */
export function patterns(parts: PatternParts, type: GenType): { arms: readonly GenPattern[]; whole: boolean } {
  const { tape } = parts;
  const cases = casesOf(parts, type);
  if (cases !== undefined && tape.often(5)) {
    const arms = cases.map(({ name, fields }) =>
      constructed(
        name,
        fields.map((field) => named(parts, field.type)),
      ),
    );
    return { arms, whole: true };
  }
  return { arms: Array.from({ length: 1 + tape.below(3) }, () => pattern(parts, type, 3)), whole: false };
}

function casesOf({ definitions }: PatternParts, type: GenType): readonly Case[] | undefined {
  if (type.kind === 'Bool') return ['True', 'False'].map((name) => ({ name, fields: [] }));
  if (type.kind === 'Option')
    return [
      { name: 'Some', fields: [{ name: 'value', type: type.of }] },
      { name: 'None', fields: [] },
    ];
  if (type.kind === 'Result') {
    return [
      { name: 'Ok', fields: [{ name: 'value', type: type.of }] },
      { name: 'Err', fields: [{ name: 'error', type: type.error }] },
    ];
  }
  const definition = type.kind === 'Named' ? definitions.get(type.name) : undefined;
  return definition?.kind === 'union' ? definition.variants : undefined;
}

function named({ fresh, tape }: PatternParts, type: GenType): GenPattern {
  if (tape.often(2)) return { text: '_', variables: [] };
  const name = fresh();
  return { text: name, variables: [{ name, type }] };
}

function constructed(name: string, inside: readonly GenPattern[]): GenPattern {
  const text = inside.length === 0 ? name : `${name}(${inside.map((each) => each.text).join(', ')})`;
  return { text, variables: inside.flatMap(({ variables }) => variables) };
}

function pattern(parts: PatternParts, type: GenType, depth: number): GenPattern {
  const { tape } = parts;
  if (depth === 0 || tape.below(4) === 0) return named(parts, type);
  const cases = casesOf(parts, type);
  const chosen = cases?.[tape.below(cases.length)];
  if (chosen !== undefined)
    return constructed(
      chosen.name,
      chosen.fields.map((field) => pattern(parts, field.type, depth - 1)),
    );
  const literal = (...texts: readonly [string, ...string[]]): GenPattern => ({ text: tape.pick(texts), variables: [] });
  if (type.kind === 'Int64') return literal('0', '1', '-1', '2..9', '-5..-1', '0..0', '9223372036854775807');
  if (type.kind === 'String') return literal('""', '"a"', '"é🙂"');
  if (type.kind === 'Float64') return literal('0.0', '1.0', '0.5');
  return named(parts, type);
}
