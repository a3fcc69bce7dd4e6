import { jsonTokens } from './json-tokens.ts';
import type { SchemaField } from './schema-fields.ts';

/** The value of a control: a text, or the values of its parts in their order. */
export type FieldValue = string | readonly FieldValue[];

/** JSON text, absent, or the first problem with the place of its field. */
export type ArgumentsText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'problem'; readonly at: string; readonly message: string };

const ABSENT = { kind: 'absent' } as const;
const asText = (text: string): ArgumentsText => ({ kind: 'text', text });

/** Returns the value of a control that was not touched. */
export function emptyValue({ kind, fields, isRequired, fallback }: SchemaField): FieldValue {
  if (kind === 'object') return fields.map(emptyValue);
  if (kind === 'objects') return isRequired ? [fields.map(emptyValue)] : [];
  return kind === 'boolean' ? (fallback ?? 'false') : '';
}

/**
 * Assembles the arguments as JSON text, never through `JSON.stringify` of a number: an integer keeps all its digits.
 * `place` names a field as `lines.0.cents`.
 */
export function toArgumentsText(fields: readonly SchemaField[], values: readonly FieldValue[]): ArgumentsText {
  return toObject(fields, values, '', true);
}

function toObject(
  fields: readonly SchemaField[],
  values: readonly FieldValue[],
  place: string,
  isNeeded: boolean,
): ArgumentsText {
  const members: string[] = [];
  for (const [index, field] of fields.entries()) {
    const value = values[index] ?? emptyValue(field);
    const text = toText(field, value, place === '' ? field.name : `${place}.${field.name}`);
    if (text.kind === 'problem') return text;
    if (text.kind === 'text') members.push(`${JSON.stringify(field.name)}:${text.text}`);
  }
  return members.length > 0 || isNeeded ? asText(`{${members.join(',')}}`) : ABSENT;
}

function toText(field: SchemaField, value: FieldValue, at: string): ArgumentsText {
  const { kind, fields, isRequired } = field;
  if (kind === 'object') return toObject(fields, asList(value), at, isRequired);
  if (kind === 'objects') return toList(field, asList(value), at);
  const text = typeof value === 'string' ? value : '';
  if (kind === 'boolean') return !isRequired && text === (field.fallback ?? 'false') ? ABSENT : asText(text);
  if (text === '') return isRequired && kind !== 'text' ? problem(at, `${field.name} is required.`) : emptyText(field);
  return toScalar(field, text, at);
}

const asList = (value: FieldValue): readonly FieldValue[] => (typeof value === 'string' ? [] : value);

const problem = (at: string, message: string): ArgumentsText => ({ kind: 'problem', at, message });

/** An empty text is a value of its own if the parameter is required. */
const emptyText = ({ isRequired }: SchemaField): ArgumentsText => (isRequired ? asText('""') : ABSENT);

const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function toScalar({ kind, name }: SchemaField, text: string, at: string): ArgumentsText {
  switch (kind) {
    case 'integer':
    case 'number': {
      const trimmed = text.trim();
      if ((kind === 'integer' ? INTEGER : NUMBER).test(trimmed)) return asText(trimmed.replace(/^(-?)0+(?=\d)/, '$1'));
      return problem(at, `${name} is not ${kind === 'integer' ? 'a whole number' : 'a number'}.`);
    }
    case 'enum':
      return asText(text);
    case 'list':
      return asText(JSON.stringify(text.split('\n').filter((line) => line !== '')));
    case 'json':
      return isJson(text) ? asText(text) : problem(at, `${name} is not JSON.`);
    default:
      return asText(JSON.stringify(text));
  }
}

function toList({ name, fields, isRequired }: SchemaField, rows: readonly FieldValue[], at: string): ArgumentsText {
  if (rows.length === 0) return isRequired ? problem(at, `${name} needs at least one entry.`) : ABSENT;
  const texts: string[] = [];
  for (const [index, row] of rows.entries()) {
    const text = toObject(fields, asList(row), `${at}.${String(index)}`, true);
    if (text.kind === 'problem') return text;
    if (text.kind === 'text') texts.push(text.text);
  }
  return asText(`[${texts.join(',')}]`);
}

/** Returns whether a text is one JSON value. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Indents JSON text by two spaces without parsing its numbers: digits stay as they are. Linear in its length. */
export function indentJson(text: string): string {
  let out = '';
  let depth = 0;
  let last = '';
  for (const { token } of jsonTokens(text)) {
    const line = `\n${'  '.repeat(Math.min(depth, 40))}`;
    if (token === '}' || token === ']') {
      depth -= 1;
      out += last === '{' || last === '[' ? token : `\n${'  '.repeat(Math.min(Math.max(0, depth), 40))}${token}`;
    } else {
      const isFirst = last === '{' || last === '[';
      out += isFirst || last === ',' ? line : '';
      out += token === ':' ? ': ' : token;
      if (token === '{' || token === '[') depth += 1;
    }
    last = token;
  }
  return out;
}
