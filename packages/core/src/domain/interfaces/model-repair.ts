import { membersOf, objectOf } from '../json/json-members.ts';
import { RawJson } from '../json/raw-json.ts';
import {
  MAX_MODEL_DEPTH,
  MAX_MODEL_DESCRIPTION,
  MODEL_FORMATS,
  PROPERTY_NAME,
  SCHEMA_TYPES,
  targetOf,
  typesOf,
} from './model-rules.ts';
import { isSchema, rootOf, type SchemaMembers } from './schema-walk.ts';

/** Keywords that every API accepts and that need no change. `x-mcp-header` is MCP 2026-07-28, parameter headers. */
const PLAIN_KEYWORDS = ['title', 'default', 'pattern', 'x-mcp-header'] as const;
const NUMBER_KEYWORDS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;

/** Maximum count of schemas in a repaired definition; further ones accept any value. */
const MAX_REPAIRED = 2_000;

interface Repair {
  readonly root: SchemaMembers;
  left: number;
}

/**
 * Returns the definition of a tool with a description and an input schema that all model APIs accept. A repaired schema accepts
 * every value that the original accepts; the service still checks the original. All other members stay.
 */
export function repairForModels(definition: RawJson): RawJson {
  const members = new Map(membersOf(definition));
  const given = rootOf(members.get('inputSchema')?.value);
  const [schema, notes] = repairRoot(given);
  members.set('inputSchema', RawJson.of(schema));
  const description = members.get('description')?.value;
  const text = [typeof description === 'string' ? description : '', ...notes].filter((part) => part !== '').join('\n');
  if (text !== '' && text !== description) members.set('description', RawJson.of(text));
  if (text.length > MAX_MODEL_DESCRIPTION) members.set('description', RawJson.of(cut(text)));
  return objectOf(members);
}

/** Returns the schema of an object without combinations at its top level, and notes for the description. */
function repairRoot(given: SchemaMembers): readonly [schema: SchemaMembers, notes: readonly string[]] {
  const repair: Repair = { root: given, left: MAX_REPAIRED };
  const { anyOf, ...own } = repaired(given, repair, { depth: 0, above: [] });
  const branches = listOf(anyOf).map(rootOf);
  const all = [own, ...branches].map(({ properties }) => rootOf(properties));
  const properties = new Map(all.toReversed().flatMap((each) => Object.entries(each)));
  const odd = [...properties.keys()].filter((name) => !PROPERTY_NAME.test(name));
  const kept = [...properties].filter(([name]) => PROPERTY_NAME.test(name));
  const needed = listOf(own['required']).filter((name) => typeof name === 'string' && PROPERTY_NAME.test(name));
  const notes = odd.length === 0 ? [] : [`Further arguments: ${odd.map((name) => JSON.stringify(name)).join(', ')}`];
  const isOpen = odd.length > 0 || branches.length > 0;
  const schema: Record<string, unknown> = {
    ...own,
    type: 'object',
    properties: Object.fromEntries(kept),
    required: needed,
  };
  for (const keyword of ['enum', 'nullable', 'items']) Reflect.deleteProperty(schema, keyword);
  if (isOpen) delete schema['additionalProperties'];
  return [schema, notes];
}

interface RepairPlace {
  readonly depth: number;
  /** Schemas whose references led here. */
  readonly above: readonly unknown[];
}

function repaired(given: unknown, repair: Repair, { depth, above }: RepairPlace): Record<string, unknown> {
  repair.left -= 1;
  if (!isSchema(given) || repair.left < 0 || depth > MAX_MODEL_DEPTH) return {};
  const { $ref, allOf, ...own } = given;
  const further = [...($ref === undefined ? [] : [targetOf(repair.root, $ref)]), ...listOf(allOf)];
  if (further.length > 0) {
    const parts = further.filter((part) => isSchema(part) && !above.includes(part) && part !== given);
    // The target of a recursive reference accepts any value.
    const place = { depth, above: [...above, given, ...parts] };
    const base = Object.keys(own).length === 0 ? {} : repaired(own, repair, { depth, above: place.above });
    return parts.map((part) => repaired(part, repair, place)).reduce(merged, base);
  }
  const schema: Record<string, unknown> = {};
  for (const keyword of PLAIN_KEYWORDS) if (Object.hasOwn(own, keyword)) schema[keyword] = own[keyword];
  for (const keyword of NUMBER_KEYWORDS) if (typeof own[keyword] === 'number') schema[keyword] = own[keyword];
  if (typeof own['pattern'] !== 'string') delete schema['pattern'];
  if (typeof own['title'] !== 'string') delete schema['title'];
  if (MODEL_FORMATS.has(own['format'])) schema['format'] = own['format'];
  addBounds(schema, own);
  const values = own['const'] === undefined ? own['enum'] : [own['const']];
  const isTexts = Array.isArray(values) && values.every((value) => typeof value === 'string');
  const description = typeof own['description'] === 'string' ? own['description'] : '';
  const hint = Array.isArray(values) && !isTexts ? `One of: ${JSON.stringify(values).slice(1, -1)}` : '';
  const text = [description, hint].filter((part) => part !== '').join('\n');
  if (text !== '') schema['description'] = cut(text);
  const inner = { depth: depth + 1, above };
  const choices = [...listOf(own['anyOf']), ...listOf(own['oneOf'])].map((each) =>
    repaired(each, repair, { depth, above }),
  );
  addTypes(schema, own, choices);
  if (isTexts && (schema['type'] === undefined || schema['type'] === 'string')) schema['enum'] = values;
  const properties = Object.entries(rootOf(own['properties']));
  if (properties.length > 0)
    schema['properties'] = Object.fromEntries(properties.map(([name, each]) => [name, repaired(each, repair, inner)]));
  if (Array.isArray(own['required'])) schema['required'] = own['required'].filter((name) => typeof name === 'string');
  if (typeof own['additionalProperties'] === 'boolean' && own['patternProperties'] === undefined)
    schema['additionalProperties'] = own['additionalProperties'];
  if (isSchema(own['items'])) schema['items'] = repaired(own['items'], repair, inner);
  if (isArray(schema) && schema['items'] === undefined) schema['items'] = {};
  return schema;
}

/** Sets the type, and `anyOf` for several of them. */
function addTypes(
  schema: Record<string, unknown>,
  own: SchemaMembers,
  choices: readonly Record<string, unknown>[],
): void {
  const types = typesOf(own).filter((type) => SCHEMA_TYPES.has(type));
  const values = types.filter((type) => type !== 'null' || types.length === 1);
  if (values.length < types.length) schema['nullable'] = true;
  const [only, ...others] = values;
  if (others.length === 0 && only !== undefined) schema['type'] = only;
  if (choices.length > 0) schema['anyOf'] = choices;
  else if (others.length > 0)
    schema['anyOf'] = values.map((type) => (type === 'array' ? { type, items: {} } : { type }));
}

/** Replaces exclusive bounds, which some APIs do not know, by inclusive ones. */
function addBounds(schema: Record<string, unknown>, { exclusiveMinimum, exclusiveMaximum }: SchemaMembers): void {
  if (typeof exclusiveMinimum === 'number') schema['minimum'] ??= exclusiveMinimum;
  if (typeof exclusiveMaximum === 'number') schema['maximum'] ??= exclusiveMaximum;
}

/** Combines the parts of an `allOf`: properties and requirements of both, other keywords of the first. */
function merged(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const properties = { ...rootOf(b['properties']), ...rootOf(a['properties']) };
  const required = [...new Set([...listOf(a['required']), ...listOf(b['required'])])];
  const all: Record<string, unknown> = { ...b, ...a };
  delete all['additionalProperties'];
  if (Object.keys(properties).length > 0) all['properties'] = properties;
  if (required.length > 0) all['required'] = required;
  if (isArray(all) && all['items'] === undefined) all['items'] = {};
  if (all['enum'] !== undefined && all['type'] !== undefined && all['type'] !== 'string') delete all['enum'];
  return all;
}

const isArray = ({ type }: SchemaMembers): boolean => type === 'array';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Cuts a description, not inside of a surrogate pair. */
const cut = (text: string): string =>
  text.length <= MAX_MODEL_DESCRIPTION
    ? text
    : `${text.slice(0, MAX_MODEL_DESCRIPTION - 1).replace(/[\ud800-\udbff]$/, '')}\u2026`;
