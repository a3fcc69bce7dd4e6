import { canonicalJson } from '../json/digest.ts';
import { JsonIds } from '../json/json-ids.ts';
import type { Find } from './interface-change.ts';
import { asksForSecret, pathPart } from './suspicious-text.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Maximum depth of compared subschemas; deeper differences are not classified. */
const MAX_DEPTH = 32;
/** Types that accept free content of the caller. */
const OPEN_TYPES: ReadonlySet<string> = new Set(['string', 'object', 'array']);
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const FORMS = ['pattern', 'format', 'multipleOf', 'contentEncoding'] as const;
const CHOICES = ['anyOf', 'oneOf', 'allOf'] as const;

const schemaOf = (value: unknown): Schema => (typeof value === 'object' && value !== null ? (value as Schema) : {});
const at = (where: string, name: string): string => (where === '' ? name : `${where}.${name}`);

/**
 * Compares the schema of the arguments (`input`) or of the result (`output`) of a tool.
 * Narrower arguments and every change of the result, except an added member, are breaking. An argument that accepts new free
 * content is suspicious.
 */
export class SchemaComparison {
  readonly #side: 'input' | 'output';
  readonly #find: Find;
  readonly #ids = new JsonIds();

  constructor(side: 'input' | 'output', find: Find) {
    this.#side = side;
    this.#find = find;
  }

  compare(before: unknown, after: unknown, where: string, depth = 0): void {
    if (depth > MAX_DEPTH || this.#ids.isSame(before, after)) return;
    if (typeof before === 'boolean' || typeof after === 'boolean') {
      if (before === false || after === true) this.#opened(where);
      else this.#shut(where);
      return;
    }
    const [old, now] = [schemaOf(before), schemaOf(after)];
    this.#types(old, now, where);
    this.#values(old, now, where);
    this.#bounds(old, now, where);
    this.#members(old, now, { where, depth });
    if (!this.#ids.isSame(old['$ref'], now['$ref'])) this.#shut(at(where, '$ref'));
    this.compare(old['items'], now['items'], at(where, 'items'), depth + 1);
    for (const name of ['$defs', 'definitions', 'patternProperties']) {
      const [olds, nows] = [schemaOf(old[name]), schemaOf(now[name])];
      for (const key of Object.keys(olds)) {
        if (!Object.hasOwn(nows, key)) continue;
        this.compare(olds[key], nows[key], at(where, `${name}.${pathPart(key)}`), depth + 1);
      }
    }
    for (const name of CHOICES) this.#choices(old[name], now[name], { where: at(where, name), depth });
  }

  #types(old: Schema, now: Schema, where: string): void {
    const [had, has] = [typesOf(old), typesOf(now)];
    if (had === undefined && has === undefined) return;
    if (has === undefined) this.#opened(at(where, 'type'));
    else if (had === undefined) this.#shut(at(where, 'type'));
    else {
      if ([...had].some((type) => !covers(has, type))) this.#shut(at(where, 'type'));
      const more = [...has].filter((type) => !covers(had, type));
      if (more.some((type) => OPEN_TYPES.has(type))) this.#opened(at(where, 'type'));
      else if (more.length > 0) this.#relaxed(at(where, 'type'));
    }
  }

  #values(old: Schema, now: Schema, where: string): void {
    const [had, has] = [choicesOf(old), choicesOf(now)];
    if (had === undefined && has === undefined) return;
    const place = at(where, 'enum');
    if (has === undefined) this.#opened(place);
    else if (had === undefined) this.#shut(place);
    else {
      if ([...had].some((value) => !has.has(value))) this.#shut(place);
      if ([...has].some((value) => !had.has(value))) this.#relaxed(place);
    }
  }

  #bounds(old: Schema, now: Schema, where: string): void {
    const compareBound = (name: string, isLower: boolean): void => {
      const [had, has] = [old[name], now[name]];
      if (this.#ids.isSame(had, has)) return;
      const tighter = typeof has === 'number' && (typeof had !== 'number' || (isLower ? has > had : has < had));
      if (tighter) this.#shut(at(where, name));
      else this.#relaxed(at(where, name));
    };
    for (const name of LOWER_BOUNDS) compareBound(name, true);
    for (const name of UPPER_BOUNDS) compareBound(name, false);
    for (const name of FORMS) {
      if (this.#ids.isSame(old[name], now[name])) continue;
      if (now[name] === undefined) this.#opened(at(where, name));
      else this.#shut(at(where, name));
    }
  }

  #members(old: Schema, now: Schema, { where, depth }: Place): void {
    const [olds, nows] = [schemaOf(old['properties']), schemaOf(now['properties'])];
    const [needed, needs] = [requiredOf(old), requiredOf(now)];
    for (const name of new Set([...Object.keys(olds), ...Object.keys(nows)])) {
      const place = at(where, `properties.${pathPart(name)}`);
      if (!Object.hasOwn(nows, name))
        this.#find(this.#side === 'input' ? 'ARGUMENT_REMOVED' : 'RESULT_CHANGED', 'breaking', place);
      else if (!Object.hasOwn(olds, name)) this.#added(name, needs.has(name), place);
      else {
        if (needs.has(name) !== needed.has(name)) this.#need(needs.has(name), place);
        this.compare(olds[name], nows[name], place, depth + 1);
      }
    }
    const place = at(where, 'additionalProperties');
    const [had, has] = [old['additionalProperties'] ?? true, now['additionalProperties'] ?? true];
    this.compare(had, has, place, depth + 1);
  }

  #added(name: string, isRequired: boolean, place: string): void {
    if (this.#side === 'output') {
      this.#find('RESULT_EXTENDED', 'compatible', place);
      return;
    }
    if (asksForSecret(name)) this.#find('SECRET_ARGUMENT', 'suspicious', place);
    if (isRequired) this.#find('ARGUMENT_REQUIRED', 'breaking', place);
    else this.#find('ARGUMENT_ADDED', 'compatible', place);
  }

  #need(isNow: boolean, place: string): void {
    if (this.#side === 'input') {
      if (isNow) this.#find('ARGUMENT_REQUIRED', 'breaking', place);
      else this.#find('SCHEMA_RELAXED', 'compatible', place);
    } else if (isNow) this.#find('RESULT_EXTENDED', 'compatible', place);
    else this.#find('RESULT_CHANGED', 'breaking', place);
  }

  #choices(before: unknown, after: unknown, { where, depth }: Place): void {
    if (this.#ids.isSame(before, after)) return;
    if (!Array.isArray(before) || !Array.isArray(after)) {
      if (after === undefined) this.#opened(where);
      else this.#shut(where);
      return;
    }
    for (const [i, old] of before.entries()) {
      if (i < after.length) this.compare(old, after[i], `${where}[${String(i)}]`, depth + 1);
    }
    if (after.length < before.length) this.#shut(where);
    else if (after.length > before.length) this.#relaxed(where);
  }

  /** The schema accepts fewer values than before. */
  #shut(where: string): void {
    if (this.#side === 'input') this.#find('SCHEMA_NARROWED', 'breaking', where);
    else this.#find('RESULT_CHANGED', 'breaking', where);
  }

  /** The schema accepts more values, none of them free content. */
  #relaxed(where: string): void {
    if (this.#side === 'input') this.#find('SCHEMA_RELAXED', 'compatible', where);
    else this.#find('RESULT_CHANGED', 'breaking', where);
  }

  /** The schema accepts free content that it rejected before. */
  #opened(where: string): void {
    if (this.#side === 'input') this.#find('SCHEMA_WIDENED', 'suspicious', where);
    else this.#find('RESULT_CHANGED', 'breaking', where);
  }
}

interface Place {
  readonly where: string;
  readonly depth: number;
}

function typesOf({ type }: Schema): ReadonlySet<string> | undefined {
  if (typeof type === 'string') return new Set([type]);
  return Array.isArray(type) ? new Set(type.map(String)) : undefined;
}

const covers = (types: ReadonlySet<string>, type: string): boolean =>
  types.has(type) || (type === 'integer' && types.has('number'));

function choicesOf(schema: Schema): ReadonlySet<string> | undefined {
  if ('const' in schema) return new Set([canonicalJson(schema['const'])]);
  const { enum: values } = schema;
  return Array.isArray(values) ? new Set(values.map((value) => canonicalJson(value))) : undefined;
}

const requiredOf = ({ required }: Schema): ReadonlySet<string> =>
  new Set(Array.isArray(required) ? required.map(String) : []);
