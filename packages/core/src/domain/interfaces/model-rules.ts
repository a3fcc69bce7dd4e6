import { rootOf, walkSchema, type SchemaMembers, type SchemaNode } from './schema-walk.ts';

/** Providers of models whose API checks the tools of a request, and refuses all of them for one that it does not accept. */
export type ModelApi = 'Claude' | 'OpenAI' | 'Gemini';

/** A tool as clients see it. */
export interface ShownTool {
  readonly name: string;
  /** The parsed definition. */
  readonly definition: unknown;
}

/** One reason why a model API refuses a tool. */
export interface ModelProblem {
  readonly rule: string;
  readonly receivers: readonly ModelApi[];
  /** Printable: contains no text of the service except paths of its schema. */
  readonly problem: string;
}

/** Limits of the APIs; a repaired definition fits all of them. */
export const MAX_MODEL_NAME = 64;
export const MAX_MODEL_DESCRIPTION = 1_024;
export const MAX_MODEL_DEPTH = 10;
export const PROPERTY_NAME = /^[A-Za-z0-9_.-]{1,64}$/;
export const ROOT_COMPOSITION: readonly string[] = ['anyOf', 'oneOf', 'allOf'];
export const MODEL_FORMATS: ReadonlySet<unknown> = new Set(['date-time', 'enum', 'float', 'double', 'int32', 'int64']);
export const SCHEMA_TYPES: ReadonlySet<unknown> = new Set('object array string number integer boolean null'.split(' '));

const CLAUDE_OPENAI: readonly ModelApi[] = ['Claude', 'OpenAI'];
const ALL: readonly ModelApi[] = ['Claude', 'OpenAI', 'Gemini'];
const GEMINI: readonly ModelApi[] = ['Gemini'];

/** Keywords that the schema subset of Gemini (OpenAPI 3.0) does not have. Clients remove `$schema` and `additionalProperties`. */
const NOT_GEMINI = new Set(
  (
    '$ref $defs definitions allOf oneOf not if then else const contains prefixItems patternProperties propertyNames ' +
    'exclusiveMinimum exclusiveMaximum multipleOf uniqueItems dependentRequired dependentSchemas dependencies ' +
    'unevaluatedProperties unevaluatedItems minContains maxContains'
  ).split(' '),
);

interface ModelRule {
  readonly rule: string;
  readonly receivers: readonly ModelApi[];
  /** Returns the problem of the whole tool. */
  readonly ofTool?: (tool: ShownTool, root: SchemaMembers) => string | undefined;
  /** Returns the problem of one schema in the tree of the input schema. */
  readonly ofNode?: (node: SchemaNode, root: SchemaMembers) => string | undefined;
}

const when = (isBroken: boolean, problem: string): string | undefined => (isBroken ? problem : undefined);

/**
 * The limits that the APIs enforce, as their errors and documents state them in 2026. One tool that breaks a rule makes the API
 * refuse the request with all tools.
 */
export const MODEL_RULES: readonly ModelRule[] = [
  {
    rule: 'NAME_LENGTH',
    receivers: ALL,
    ofTool: ({ name }) => when(name.length > MAX_MODEL_NAME || name === '', 'the name is not 1 to 64 characters long'),
  },
  {
    rule: 'NAME_CHARACTERS',
    receivers: CLAUDE_OPENAI,
    ofTool: ({ name }) => when(/[^A-Za-z0-9_-]/.test(name), 'the name has characters outside of A-Z a-z 0-9 _ -'),
  },
  {
    rule: 'NAME_CHARACTERS',
    receivers: GEMINI,
    ofTool: ({ name }) => when(/[^A-Za-z0-9_.:-]/.test(name), 'the name has characters outside of A-Z a-z 0-9 _ . : -'),
  },
  {
    rule: 'NAME_START',
    receivers: GEMINI,
    ofTool: ({ name }) => when(!/^[A-Za-z_]/.test(name), 'the name does not begin with a letter or _'),
  },
  {
    rule: 'DESCRIPTION_LENGTH',
    receivers: ['OpenAI'],
    ofTool: ({ definition }) => {
      const { description } = Object(definition) as SchemaMembers;
      const isLong = typeof description === 'string' && description.length > MAX_MODEL_DESCRIPTION;
      return when(isLong, 'the description has more than 1,024 characters');
    },
  },
  {
    rule: 'ROOT_TYPE',
    receivers: ALL,
    ofTool: (_tool, root) => when(root['type'] !== 'object', 'inputSchema has no "type": "object"'),
  },
  {
    rule: 'ROOT_COMPOSITION',
    receivers: CLAUDE_OPENAI,
    ofTool: (_tool, root) => {
      const found = ROOT_COMPOSITION.find((keyword) => Object.hasOwn(root, keyword));
      return when(found !== undefined, `inputSchema has ${found ?? ''} at its top level`);
    },
  },
  {
    rule: 'ROOT_COMPOSITION',
    receivers: ['OpenAI'],
    ofTool: (_tool, root) => {
      const found = ['enum', 'not'].find((keyword) => Object.hasOwn(root, keyword));
      return when(found !== undefined, `inputSchema has ${found ?? ''} at its top level`);
    },
  },
  {
    rule: 'PROPERTY_NAME',
    receivers: ['Claude'],
    ofTool: (_tool, root) => {
      const names = Object.keys(Object(root['properties']) as SchemaMembers);
      return when(
        names.some((name) => !PROPERTY_NAME.test(name)),
        'a property name is not 1 to 64 characters of A-Z a-z 0-9 _ . -',
      );
    },
  },
  {
    rule: 'DRAFT',
    receivers: ['Claude'],
    ofNode: ({ schema }) => when(!isDraft2020(schema), 'is not JSON Schema draft 2020-12'),
  },
  {
    rule: 'ARRAY_ITEMS',
    receivers: ['OpenAI', 'Gemini'],
    ofNode: ({ schema }) => when(typesOf(schema).includes('array') && !Object.hasOwn(schema, 'items'), 'has no items'),
  },
  {
    rule: 'REFERENCE',
    receivers: ALL,
    ofNode: ({ schema: { $ref } }, root) =>
      when($ref !== undefined && targetOf(root, $ref) === undefined, 'has a $ref without a target in the schema'),
  },
  {
    rule: 'DEPTH',
    receivers: ['OpenAI'],
    ofNode: ({ depth }) => when(depth > MAX_MODEL_DEPTH, 'is nested deeper than 10 levels'),
  },
  {
    rule: 'KEYWORD',
    receivers: GEMINI,
    ofNode: ({ schema }) => {
      const found = Object.keys(schema).find((keyword) => NOT_GEMINI.has(keyword));
      return when(found !== undefined, `has the keyword ${found ?? ''}`);
    },
  },
  {
    rule: 'TYPE_LIST',
    receivers: GEMINI,
    ofNode: ({ schema }) => when(Array.isArray(schema['type']), 'has a list of types'),
  },
  {
    rule: 'ENUM_TYPE',
    receivers: GEMINI,
    ofNode: ({ schema: { enum: values } }) =>
      when(
        Array.isArray(values) && values.some((value) => typeof value !== 'string'),
        'has enum values other than texts',
      ),
  },
  {
    rule: 'FORMAT',
    receivers: GEMINI,
    ofNode: ({ schema: { format } }) =>
      when(format !== undefined && !MODEL_FORMATS.has(format), 'has another format than date-time'),
  },
];

/** Returns true for a problem of an API whose clients pass definitions on unchanged. Clients of Gemini translate schemas first. */
export const isSevere = ({ receivers }: { readonly receivers: readonly string[] }): boolean =>
  receivers.some((receiver) => receiver !== 'Gemini');

/** Returns the reasons why model APIs refuse a tool, at most one for each row of the table. */
export function modelProblems(tool: ShownTool): readonly ModelProblem[] {
  const root = rootOf((Object(tool.definition) as SchemaMembers)['inputSchema']);
  const found = new Map<ModelRule, string>();
  for (const row of MODEL_RULES) {
    const problem = row.ofTool?.(tool, root);
    if (problem !== undefined) found.set(row, problem);
  }
  walkSchema(root, (node) => {
    for (const row of MODEL_RULES) {
      const problem = found.has(row) ? undefined : row.ofNode?.(node, root);
      if (problem !== undefined) found.set(row, `${node.path} ${problem}`);
    }
  });
  return MODEL_RULES.flatMap((row) => {
    const problem = found.get(row);
    return problem === undefined ? [] : [{ rule: row.rule, receivers: row.receivers, problem }];
  });
}

/** Returns the schema that a local reference names: `#` or a JSON pointer after `#` (RFC 6901); undefined for any other. */
export function targetOf(root: SchemaMembers, reference: unknown): unknown {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined;
  let found: unknown = root;
  for (const part of reference.split('/').slice(1)) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as SchemaMembers)[name];
  }
  return typeof found === 'object' && found !== null ? found : undefined;
}

export const typesOf = ({ type }: SchemaMembers): readonly unknown[] =>
  Array.isArray(type) ? (type as unknown[]) : [type];

/** Returns false for forms of older drafts, which draft 2020-12 does not have. */
function isDraft2020(schema: SchemaMembers): boolean {
  const { type, required, items, exclusiveMinimum, exclusiveMaximum, enum: values } = schema;
  const isNumeric = (value: unknown): boolean => value === undefined || typeof value === 'number';
  const hasTypes = type === undefined || typesOf(schema).every((name) => SCHEMA_TYPES.has(name));
  const isList = (value: unknown): boolean => value === undefined || Array.isArray(value);
  return (
    hasTypes &&
    isList(required) &&
    isList(values) &&
    !Array.isArray(items) &&
    isNumeric(exclusiveMinimum) &&
    isNumeric(exclusiveMaximum)
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
