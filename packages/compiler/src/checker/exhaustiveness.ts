import type { TypedPattern } from '../typed/typed-tree.ts';
import { actual, variantsOf, type Field, type Type, type Variant } from '../types/type.ts';

/** Patterns of one arm for the parts of the matched value that are not checked yet. */
export type Row = readonly TypedPattern[];

const MAX_DEPTH = 600;
const MAX_COLUMN_COUNT = 300;
const BOOLS: readonly Variant[] = [
  { name: 'False', fields: [] },
  { name: 'True', fields: [] },
];
const ANY: TypedPattern = { kind: 'any', local: undefined };

/** Finds values that a list of patterns does not match. Limited in steps, because the problem is NP-complete. */
export class Coverage {
  #steps: number;

  constructor(maxSteps: number) {
    this.#steps = maxSteps;
  }

  /** True after the step limit was reached; results are then not valid. */
  get exhausted(): boolean {
    return this.#steps < 0;
  }

  /** Returns a value that `pattern` matches and no row does, in the notation of a pattern; undefined if none exists. */
  uncovered(rows: readonly TypedPattern[], pattern: TypedPattern, type: Type): string | undefined {
    return this.#witness(
      rows.map((row) => [row]),
      [pattern],
      [type],
      0,
    )?.[0];
  }

  #witness(rows: readonly Row[], query: Row, types: readonly Type[], depth: number): readonly string[] | undefined {
    this.#steps -= 1 + rows.length;
    if (depth > MAX_DEPTH || types.length > MAX_COLUMN_COUNT) this.#steps = -1;
    if (this.exhausted) return undefined;
    const [type, ...otherTypes] = types;
    const [head = ANY, ...rest] = query;
    if (type === undefined) return rows.length === 0 ? [] : undefined;
    if (rows.some((row) => row.every(({ kind }) => kind === 'any'))) return undefined;
    const variants = casesOf(type);
    const tag = tagOf(head);
    if (variants !== undefined && tag !== undefined)
      return this.#inVariant(variants, tag, { rows, query, types, depth });
    if (variants !== undefined) {
      const used = new Set(rows.map(([first = ANY]) => tagOf(first)));
      const free = variants.findIndex((_, index) => !used.has(index));
      if (free < 0) return this.#inAnyVariant(variants, { rows, query, types, depth });
      const found = this.#witness(
        withoutHead(rows, () => false),
        rest,
        otherTypes,
        depth + 1,
      );
      const untouched = used.size === 0 || (used.size === 1 && used.has(undefined));
      return found && [untouched ? '_' : shown(variants[free], []), ...found];
    }
    const found = this.#witness(
      withoutHead(rows, (other) => includesAll(other, head)),
      rest,
      otherTypes,
      depth + 1,
    );
    return found && ['_', ...found];
  }

  #inAnyVariant(variants: readonly Variant[], question: Question): readonly string[] | undefined {
    for (const tag of variants.keys()) {
      const found = this.#inVariant(variants, tag, question);
      if (found !== undefined || this.exhausted) return found;
    }
    return undefined;
  }

  /** Continues for values of one variant, with its fields in place of the value. */
  #inVariant(
    variants: readonly Variant[],
    tag: number,
    { rows, query, types, depth }: Question,
  ): readonly string[] | undefined {
    const fields: readonly Field[] = variants[tag]?.fields ?? [];
    const inside = rows.flatMap((row) => openVariant(row, tag, fields.length));
    const [question = []] = openVariant(query, tag, fields.length);
    const found = this.#witness(inside, question, [...fields.map((field) => field.type), ...types.slice(1)], depth + 1);
    if (found === undefined) return undefined;
    return [shown(variants[tag], found.slice(0, fields.length)), ...found.slice(fields.length)];
  }
}

interface Question {
  readonly rows: readonly Row[];
  readonly query: Row;
  readonly types: readonly Type[];
  readonly depth: number;
}

function casesOf(type: Type): readonly Variant[] | undefined {
  const known = actual(type);
  return known.kind === 'Bool' ? BOOLS : variantsOf(known);
}

function tagOf(pattern: TypedPattern): number | undefined {
  if (pattern.kind === 'variant') return pattern.tag;
  return pattern.kind === 'literal' && typeof pattern.value === 'boolean' ? Number(pattern.value) : undefined;
}

/** Returns the row for values of one variant; empty if the row matches none of them. */
function openVariant([head = ANY, ...rest]: Row, tag: number, fields: number): readonly Row[] {
  if (head.kind === 'any') return [[...Array.from({ length: fields }, () => ANY), ...rest]];
  if (tagOf(head) !== tag) return [];
  return [[...(head.kind === 'variant' ? head.fields : []), ...rest]];
}

/** Returns the rows whose first pattern matches any value or is accepted by `among`, without that pattern. */
const withoutHead = (rows: readonly Row[], among: (pattern: TypedPattern) => boolean): readonly Row[] =>
  rows.filter(([head = ANY]) => head.kind === 'any' || among(head)).map(([, ...rest]) => rest);

/** Returns true if a literal or range matches all values of another. */
function includesAll(taker: TypedPattern, other: TypedPattern): boolean {
  if (other.kind === 'literal') {
    if (taker.kind === 'literal') return taker.value === other.value;
    const { value } = other;
    return taker.kind === 'range' && typeof value === 'bigint' && taker.from <= value && value <= taker.to;
  }
  return other.kind === 'range' && taker.kind === 'range' && taker.from <= other.from && other.to <= taker.to;
}

function shown(variant: Variant | undefined, fields: readonly string[]): string {
  const name = variant?.name ?? '_';
  const inside = variant?.fields.map((_, index) => fields[index] ?? '_') ?? [];
  return inside.length === 0 ? name : `${name}(${inside.join(', ')})`;
}
