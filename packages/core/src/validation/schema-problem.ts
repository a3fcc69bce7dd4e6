import { toPrintableAscii } from '../domain/text/safe-text.ts';
import type { ErrorObject } from 'ajv';
import { ClarityError, type FieldProblem } from '../domain/errors/clarity-error.ts';
import { closestName } from '../domain/text/closest-name.ts';
import { expectedBy } from './patterns.ts';

/** Returns the path of a member or an entry: `spec.origin`, `spec.origin.env[0]`. The root is the empty path. */
export function childPath(path: string, child: string | number): string {
  if (typeof child === 'number') return `${path}[${String(child)}]`;
  return path === '' ? child : `${path}.${child}`;
}

/** Converts a JSON pointer (RFC 6901); numeric parts are entries of lists. */
export function pathOfPointer(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = childPath(path, /^\d+$/.test(name) ? Number(name) : name);
  }
  return path;
}

/** Returns a path that is safe in a message; the caller chooses the names of unknown fields. */
export const displayed = (path: string): string => toPrintableAscii(path);

type Schema = Readonly<Record<string, unknown>>;

const asSchema = (value: unknown): Schema => (typeof value === 'object' && value !== null ? (value as Schema) : {});

const MAX_PROBLEMS = 20;

/**
 * Returns one error for the findings of a schema. Its message is the first problem: a wrong apiVersion or kind, else an unknown
 * field, else the first finding.
 */
export function refusalOf(errors: readonly ErrorObject[]): ClarityError {
  // Ajv reports a finding of `propertyNames` twice: for the name and for its object.
  const found = errors.filter(({ keyword, propertyName }) => keyword !== 'if' && propertyName === undefined);
  const rank = (error: ErrorObject): number => {
    if (/^(apiVersion|kind)?$/.test(fieldOf(error))) return 0;
    return error.keyword === 'additionalProperties' ? 1 : 2;
  };
  const [first, ...others] = [...found].sort((a, b) => rank(a) - rank(b)).map(findingOf);
  if (first === undefined) return new ClarityError('MANIFEST_INVALID', 'it does not fit the schema');
  const { field, problem, hint } = first;
  if (field === '') return new ClarityError('MANIFEST_INVALID', 'expected object');
  const isUnknown = problem === UNKNOWN;
  return new ClarityError('MANIFEST_INVALID', isUnknown ? `unknown field '${field}'` : `${field} ${problem}`, {
    field,
    ...(hint === undefined ? {} : { hint }),
    ...(others.length === 0 ? {} : { problems: [first, ...others].slice(0, MAX_PROBLEMS) }),
  });
}

const UNKNOWN = 'is not known here';

function findingOf(error: ErrorObject): FieldProblem {
  const field = displayed(fieldOf(error));
  if (error.keyword === 'additionalProperties') return { field, problem: UNKNOWN, hint: unknownFieldHint(error) };
  return { field, problem: problemOf(error) };
}

/** Returns the path of a finding; of a missing or unknown member, the path of the member. */
function fieldOf({ instancePath, keyword, params }: ErrorObject): string {
  const path = pathOfPointer(instancePath);
  if (keyword === 'required') return childPath(path, String(params['missingProperty']));
  if (keyword === 'additionalProperties') return childPath(path, String(params['additionalProperty']));
  return path;
}

function problemOf({ keyword, params, parentSchema }: ErrorObject): string {
  const schema = asSchema(parentSchema);
  switch (keyword) {
    case 'required':
      return missing(asSchema(asSchema(schema['properties'])[String(params['missingProperty'])]));
    case 'maxLength':
      return `must be at most ${String(schema['maxLength'])} characters long`;
    case 'maxItems':
      return `must have at most ${String(schema['maxItems'])} entries`;
    case 'minItems':
      return 'must not be empty';
    case 'maxProperties':
      return `must have at most ${String(schema['maxProperties'])} members`;
    case 'propertyNames':
      return 'must have members with names of tools';
    case 'pattern':
      return `must ${expectedBy(String(schema['pattern']))}`;
    case 'not':
      return 'from' in asSchema(schema['properties'])
        ? 'must have only one of value, secretRef and from'
        : 'must have either value or secretRef, not both';
    default:
      return `must be ${expectation(schema)}`;
  }
}

const missing = (schema: Schema): string =>
  schema['type'] === 'object' ? 'is required' : `must be ${expectation(schema)}`;

function expectation(schema: Schema): string {
  if ('const' in schema) return `'${String(schema['const'])}'`;
  if (Array.isArray(schema['enum'])) return schema['enum'].join(' | ');
  switch (schema['type']) {
    case 'integer':
      return `an integer from ${String(schema['minimum'])} to ${String(schema['maximum'])}`;
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    case 'boolean':
      return 'a boolean';
    default:
      return 'minLength' in schema || 'pattern' in schema ? 'a non-empty string' : 'a string';
  }
}

function unknownFieldHint({ instancePath, params, parentSchema }: ErrorObject): string {
  const known = Object.keys(asSchema(asSchema(parentSchema)['properties']));
  const meant = closestName(String(params['additionalProperty']), known);
  if (meant !== undefined) return `did you mean '${childPath(pathOfPointer(instancePath), meant)}'?`;
  return `remove it; the fields here are ${known.join(', ')}`;
}
