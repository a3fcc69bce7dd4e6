import { usageError } from '../support/cli-error.ts';
import { nearestName } from './nearest-name.ts';

/** A JSON schema, as a service wrote it: a member may have any type. */
type SchemaObject = Readonly<Record<string, unknown>>;

/** One argument of a tool, for help and conversion. */
export interface ToolArgument {
  readonly name: string;
  /** Types of the schema; empty when it names none. */
  readonly types: readonly string[];
  readonly required: boolean;
  readonly description: string;
  readonly choices: readonly unknown[];
  readonly fallback?: unknown;
}

const recordOf = (value: unknown): SchemaObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SchemaObject) : {};

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');

/** Returns the arguments of an input schema, required ones first. */
export function argumentsOf(schema: unknown): readonly ToolArgument[] {
  const { properties, required } = recordOf(schema);
  const needed = new Set(textsOf(required));
  const all = Object.entries(recordOf(properties)).map(([name, value]): ToolArgument => {
    const own = recordOf(value);
    const choices = Array.isArray(own['enum']) ? (own['enum'] as readonly unknown[]) : [];
    return {
      name,
      types: typesOf(own),
      required: needed.has(name),
      description: typeof own['description'] === 'string' ? own['description'] : '',
      choices: 'const' in own ? [own['const']] : choices,
      ...('default' in own ? { fallback: own['default'] } : {}),
    };
  });
  return [...all.filter((one) => one.required), ...all.filter((one) => !one.required)];
}

function typesOf(schema: SchemaObject): readonly string[] {
  const own = textsOf(schema['type']);
  if (own.length > 0) return own;
  const parts = [schema['anyOf'], schema['oneOf']].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [...new Set(parts.flatMap((part) => textsOf(recordOf(part)['type'])))];
}

/** Where a value comes from: the text itself, JSON, or a file. */
type Kind = 'text' | 'json' | 'file';

/** Sources of values besides the command line. */
export interface ValueSources {
  readFile(path: string): Promise<string>;
}

/**
 * Converts `key=value`, `key:=json` and `key=@file` by the schema of a tool. `key==value` is a text that may begin with `@`.
 * @throws CliError with exit code 2 for an unknown or missing key, and for a value of another type.
 */
export async function readToolArguments(
  words: readonly string[],
  schema: unknown,
  sources: ValueSources,
): Promise<Readonly<Record<string, unknown>>> {
  const known = argumentsOf(schema);
  const values = new Map<string, unknown>();
  for (const word of words) {
    const { key, kind, text } = splitWord(word);
    const argument = known.find(({ name }) => name === key);
    if (argument === undefined && isClosed(schema, known)) throw unknownKey(key, known);
    values.set(key, await valueOf({ key, kind, text }, argument, sources));
  }
  const missing = known.filter(({ name, required }) => required && !values.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw missingKeys(missing);
  return Object.fromEntries(values);
}

/** An argument that the schema does not name is accepted only if the schema says so. */
const isClosed = (schema: unknown, known: readonly ToolArgument[]): boolean => {
  const { additionalProperties } = recordOf(schema);
  const isOpen =
    additionalProperties === true || (typeof additionalProperties === 'object' && additionalProperties !== null);
  return !isOpen && (known.length > 0 || additionalProperties === false);
};

interface Word {
  readonly key: string;
  readonly kind: Kind;
  readonly text: string;
}

function splitWord(word: string): Word {
  const [, key, operator, text] = /^([^=:@\s][^=:]*?)(:=|==|=@|=)([\s\S]*)$/.exec(word) ?? [];
  if (key === undefined || text === undefined) {
    throw usageError(
      `'${word}' is not key=value`,
      'write key=value, key:=<json>, key=@<file>, --args <json>, or - for standard input',
    );
  }
  return { key, kind: operator === ':=' ? 'json' : operator === '=@' ? 'file' : 'text', text };
}

async function valueOf(
  { key, kind, text }: Word,
  argument: ToolArgument | undefined,
  sources: ValueSources,
): Promise<unknown> {
  if (kind === 'json') return parsed(key, text);
  const raw = kind === 'file' ? await sources.readFile(text) : text;
  return argument === undefined ? raw : convert(argument, raw);
}

/** Tries the types of the schema in the order of their strictness; text is the last one. */
function convert({ name, types, choices }: ToolArgument, text: string): unknown {
  const chosen = choices.find((choice) => choice === text || JSON.stringify(choice) === text);
  if (choices.length > 0 && chosen === undefined) {
    const shown = choices.slice(0, 10).map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)));
    throw usageError(`'${name}' must be one of ${shown.join(', ')}, not '${shortened(text)}'`);
  }
  if (choices.length > 0) return chosen;
  if (types.includes('null') && text === 'null') return null;
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.includes('integer') && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (types.includes('number') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (types.includes('array') || types.includes('object')) {
    const value = attempt(text);
    if (types.includes('array') && Array.isArray(value)) return value;
    if (types.includes('object') && typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  }
  if (types.length === 0 || types.includes('string')) return text;
  throw usageError(`'${name}' must be ${types.join(' or ')}, not '${shortened(text)}'`);
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function attempt(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parsed(key: string, text: string): unknown {
  const value = attempt(text);
  if (value === undefined)
    throw usageError(
      `the value of '${key}' is not JSON: ${shortened(text)}`,
      "quote it for the shell, for example 'n:=[1,2]'",
    );
  return value;
}

function unknownKey(key: string, known: readonly ToolArgument[]): Error {
  const names = known.map(({ name }) => name);
  const near = nearestName(key, names);
  return usageError(
    `unknown argument '${shortened(key)}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
    `arguments: ${names.slice(0, 20).join(', ')}`,
  );
}

const missingKeys = (names: readonly string[]): Error =>
  usageError(
    `${names.length === 1 ? 'a required argument is' : 'required arguments are'} missing: ${names.join(', ')}`,
    `write ${names.map((name) => `${name}=<value>`).join(' ')}`,
  );
