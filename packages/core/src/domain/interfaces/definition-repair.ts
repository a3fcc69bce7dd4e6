import { membersOf, objectOf } from '../json/json-members.ts';
import { RawJson } from '../json/raw-json.ts';
import type { ListName } from './interface-snapshot.ts';

/** A definition in a form that every official client reads, with the differences to the one that the service sent. */
export interface RepairedDefinition {
  readonly raw: RawJson;
  readonly repairs: readonly string[];
}

/** The reason why a definition is left out: clients would refuse the whole list. */
export interface RefusedDefinition {
  readonly problem: string;
}

/** Verdict about the value of one member: undefined if clients read it. */
type Verdict = undefined | 'drop' | { readonly value: RawJson; readonly words: string } | { readonly problem: string };

type Rule = (value: unknown, raw: RawJson) => Verdict;

type Members = Map<string, RawJson>;

const EMPTY = RawJson.fromText('{}');
const OBJECT_TYPE = RawJson.fromText('"object"');
const OBJECT_SCHEMA = RawJson.fromText('{"type":"object"}');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmptyArray = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

/** Accepts a value of a type, and drops any other: an optional member that cannot be read counts as absent. */
const optional =
  (isRight: (value: unknown) => boolean): Rule =>
  (value) =>
    isRight(value) ? undefined : 'drop';

const text = optional((value) => typeof value === 'string');
const object = optional(isObject);
const flag = optional((value) => typeof value === 'boolean');
const number = optional((value) => typeof value === 'number');
const listOf =
  (isItem: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(isItem);

/** Applies rules to the members of an object; drops any other value. */
const members =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, raw) => {
    if (!isObject(value)) return 'drop';
    const found = apply(membersOf(raw), rules);
    if ('problem' in found) return 'drop';
    return found.repairs.length === 0 ? undefined : { value: found.raw, words: found.repairs.join(', ') };
  };

const icons = optional(
  listOf(
    (icon) =>
      isObject(icon) &&
      typeof icon['src'] === 'string' &&
      ['string', 'undefined'].includes(typeof icon['mimeType']) &&
      (icon['sizes'] === undefined || listOf((size) => typeof size === 'string')(icon['sizes'])) &&
      [undefined, 'light', 'dark'].includes(icon['theme'] as string | undefined),
  ),
);
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const contentAnnotations = members({
  audience: optional(listOf((role) => role === 'user' || role === 'assistant')),
  priority: optional((value) => typeof value === 'number' && value >= 0 && value <= 1),
  lastModified: optional((value) => typeof value === 'string' && DATE_TIME.test(value)),
});
const COMMON = { title: text, description: text, icons, _meta: object };
const TASK_SUPPORT: ReadonlySet<unknown> = new Set(['required', 'optional', 'forbidden']);
const FLAGS = { readOnlyHint: flag, destructiveHint: flag, idempotentHint: flag, openWorldHint: flag };

/** The value of one property: an object. `true` and an empty array allow everything, `false` allows nothing. */
const property: Rule = (value) => {
  if (isObject(value)) return undefined;
  if (value === true || value === null || isEmptyArray(value)) return { value: EMPTY, words: 'allows everything' };
  if (value === false) return { value: RawJson.fromText('{"not":{}}'), words: 'allows nothing' };
  return { problem: 'is not a schema' };
};

const properties: Rule = (value, raw) => {
  if (value === null) return 'drop';
  if (isEmptyArray(value)) return { value: EMPTY, words: 'is an empty object' };
  if (!isObject(value)) return { problem: 'is not an object' };
  const found = apply(membersOf(raw), Object.fromEntries(Object.keys(value).map((name) => [name, property])));
  if ('problem' in found) return found;
  return found.repairs.length === 0 ? undefined : { value: found.raw, words: found.repairs.join(', ') };
};

const required: Rule = (value) => {
  if (listOf((name) => typeof name === 'string')(value)) return undefined;
  return value === null || isEmptyObject(value) ? 'drop' : { problem: 'is not a list of names' };
};

const objectType: Rule = (value) => {
  if (value === 'object') return undefined;
  const isNamed = Array.isArray(value) && value.includes('object');
  if (value === null || isNamed) return { value: OBJECT_TYPE, words: "is 'object'" };
  return { problem: "is not 'object'" };
};

const SCHEMA = { type: objectType, properties, required };

/** Arguments are always an object, so that a schema without a type has one reading. */
const inputSchema: Rule = (value, raw) => {
  if (value === null || isEmptyArray(value) || value === true)
    return { value: OBJECT_SCHEMA, words: 'allows every object' };
  if (!isObject(value)) return { problem: 'is not a schema' };
  const written = new Map(membersOf(raw));
  const hasType = written.has('type');
  const found = apply(hasType ? written : new Map([['type', OBJECT_TYPE], ...written]), SCHEMA);
  if ('problem' in found) return found;
  const repairs = hasType ? found.repairs : ["type is 'object'", ...found.repairs];
  return repairs.length === 0 ? undefined : { value: found.raw, words: repairs.join(', ') };
};

/** A schema that is not one of an object is valid since 2026-07-28; `isLegacyOutputSchema` withholds it from older clients. */
const outputSchema: Rule = (value, raw) => {
  if (!isObject(value)) return 'drop';
  if (value['type'] !== 'object') return undefined;
  const found = apply(membersOf(raw), SCHEMA);
  if ('problem' in found) return 'drop';
  return found.repairs.length === 0 ? undefined : { value: found.raw, words: found.repairs.join(', ') };
};

const promptArguments: Rule = (value, raw) => {
  if (!Array.isArray(value)) return value === null || isEmptyObject(value) ? 'drop' : { problem: 'is not a list' };
  const items = value.map((item: unknown) => {
    if (!isObject(item) || typeof item['name'] !== 'string') return undefined;
    return apply(membersOf(RawJson.of(item)), { description: text, title: text, required: flag });
  });
  if (items.some((item) => item === undefined || 'problem' in item)) return { problem: 'has an entry without a name' };
  const read = items as readonly RepairedDefinition[];
  const repairs = read.flatMap((item) => item.repairs);
  if (repairs.length === 0) return undefined;
  return { value: RawJson.of(read.map((item) => item.raw.value)), words: repairs.join(', ') || raw.text };
};

/** Rules by list. They accept what the official clients accept (TypeScript SDK 1.32 and 2.4, `types`). */
const RULES: Readonly<Record<ListName, Readonly<Record<string, Rule>>>> = {
  tools: {
    ...COMMON,
    inputSchema,
    outputSchema,
    annotations: members({ title: text, ...FLAGS }),
    execution: members({
      taskSupport: optional((each) => TASK_SUPPORT.has(each)),
    }),
  },
  resources: { ...COMMON, name: text, mimeType: text, size: number, annotations: contentAnnotations },
  resourceTemplates: { ...COMMON, name: text, mimeType: text, annotations: contentAnnotations },
  prompts: { ...COMMON, arguments: promptArguments },
};

/** Members without which clients refuse an entry, with the value that has one reading. */
const DEFAULTS: Readonly<Record<ListName, readonly (readonly [member: string, from: (all: Members) => RawJson])[]>> = {
  tools: [['inputSchema', () => OBJECT_SCHEMA]],
  resources: [['name', (all) => all.get('uri') ?? RawJson.of('')]],
  resourceTemplates: [['name', (all) => all.get('uriTemplate') ?? RawJson.of('')]],
  prompts: [],
};

/**
 * Returns a definition that the official clients read. A member with one reading is repaired; any other makes the definition
 * refused. The bytes of all other members are unchanged.
 */
export function repairDefinition(raw: RawJson, list: ListName): RepairedDefinition | RefusedDefinition {
  const found = apply(membersOf(raw), RULES[list]);
  if ('problem' in found) return found;
  const all = new Map(membersOf(found.raw));
  const absent = DEFAULTS[list].filter(([member]) => !all.has(member));
  if (absent.length === 0) return found.repairs.length === 0 ? { raw, repairs: [] } : found;
  for (const [member, from] of absent) all.set(member, from(all));
  return { raw: objectOf(all), repairs: [...found.repairs, ...absent.map(([member]) => `${member} was missing`)] };
}

function apply(
  written: ReadonlyMap<string, RawJson>,
  rules: Readonly<Record<string, Rule>>,
): RepairedDefinition | RefusedDefinition {
  const kept = new Map(written);
  const repairs: string[] = [];
  for (const [name, raw] of written) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const verdict = rule?.(raw.value, raw);
    if (verdict === undefined) continue;
    if (verdict === 'drop') {
      kept.delete(name);
      repairs.push(`${name} was dropped`);
    } else if ('problem' in verdict) {
      const inner = verdict.problem.includes(' is ') || verdict.problem.includes(' has ') ? '.' : ' ';
      return { problem: `${name}${inner}${verdict.problem}` };
    } else {
      kept.set(name, verdict.value);
      repairs.push(`${name}: ${verdict.words}`);
    }
  }
  return { raw: objectOf(kept), repairs };
}

/** Tells whether clients of the legacy era read an output schema: its root is an object schema (SEP-2106 lifted this). */
export const isLegacyOutputSchema = (schema: RawJson): boolean =>
  isObject(schema.value) && schema.value['type'] === 'object';
