import type { Ajv2020, ErrorObject } from 'ajv/dist/2020.js';
import type { SchemaProblem, SchemaValidator } from '../ports/index.ts';
import { closestName } from '../domain/text/closest-name.ts';
import { childPath, displayed, pathOfPointer } from './schema-problem.ts';
import { schemaCompiler } from './schema-compiler.ts';

type Schema = Readonly<Record<string, unknown>>;

let shared: Ajv2020 | undefined;

/** Checks values against schemas of this repository; compiles each on first use. Problems do not contain the value. */
export const schemaValidator: SchemaValidator = (schema) => {
  let check: ReturnType<Ajv2020['compile']> | undefined;
  return (value) => {
    shared ??= schemaCompiler();
    check ??= shared.compile(schema);
    if (check(value)) return undefined;
    const errors = check.errors ?? [];
    // An unknown name is usually a misspelled required one.
    const first = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
    return first === undefined ? { field: '', problem: 'does not fit' } : problemOf(first);
  };
};

function problemOf(error: ErrorObject): SchemaProblem {
  const { instancePath, keyword, params } = error;
  const path = pathOfPointer(instancePath);
  const parent = asSchema(error.parentSchema);
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const known = Object.keys(asSchema(parent['properties']));
    const meant = closestName(name, known);
    const hint =
      meant === undefined ? `remove it; it takes ${known.join(', ') || 'no arguments'}` : `did you mean '${meant}'?`;
    return { field: displayed(childPath(path, name)), problem: 'is not known here', hint };
  }
  if (keyword === 'required') {
    return { field: displayed(childPath(path, String(params['missingProperty']))), problem: 'is required' };
  }
  return { field: displayed(path), problem: `must be ${expectation(parent)}` };
}

const asSchema = (value: unknown): Schema => (typeof value === 'object' && value !== null ? (value as Schema) : {});

const shown = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string' ? String(value) : '0';

function expectation(schema: Schema): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].join(' | ');
  const { minimum, maximum, minItems, maxItems, minLength, maxLength, pattern } = schema;
  switch (schema['type']) {
    case 'integer':
      return `an integer from ${shown(minimum)} to ${shown(maximum)}`;
    case 'array':
      return `a list of ${shown(minItems)} to ${shown(maxItems)} entries`;
    case 'object':
      return 'an object';
    case 'boolean':
      return 'a boolean';
    default:
      return `a text of ${shown(minLength)} to ${shown(maxLength)} characters${pattern === undefined ? '' : ` that matches ${shown(pattern)}`}`;
  }
}
