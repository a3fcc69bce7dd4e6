import { strictMembers } from '../json/json-members.ts';
import { skipSpace } from '../json/json-scanner.ts';
import type { RawJson } from '../json/raw-json.ts';

/**
 * Codec of the headers that repeat parts of a modern request
 * (SEP-2243; MCP 2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters").
 */

/** The parameter that `Mcp-Name` repeats, by the method of the request. */
export const NAME_PARAM_OF_METHOD: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** Prefix of parameter headers, in lower case. */
export const PARAM_HEADER_PREFIX = 'mcp-param-';

/** One argument of a tool that clients repeat in the header `Mcp-Param-<name>`. */
export interface ParamHeader {
  /** In lower case, without the prefix. */
  readonly name: string;
  /** Names of the members that lead from the arguments to the value. */
  readonly path: readonly string[];
}

/** Result of a scan: the headers of the tool, or the problem of its definition. */
export type ParamHeaderScan = { readonly headers: readonly ParamHeader[] } | { readonly problem: string };

const ANNOTATION = 'x-mcp-header';
/** RFC 9110 §5.6.2, `token`. Not specified: a name has at most 64 characters. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
/** Not specified: Node.js accepts about 16 KiB of headers in one request. */
const MAX_PARAM_HEADERS = 64;
/** The specification excludes `number`. Existing servers annotate it, so it is accepted and sent as written. */
const SCALAR_TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean', 'number']);

/** Keywords of JSON Schema 2020-12 and draft 7 whose value is a schema or a list of schemas. */
const SCHEMA_KEYWORDS = new Set(
  [
    ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains', 'contentSchema'],
    ['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
    ['oneOf', 'anyOf', 'allOf', 'not', 'if', 'then', 'else'],
  ].flat(),
);
/** Keywords whose value is an object of schemas. */
const SCHEMA_MAP_KEYWORDS = new Set(['patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions']);

/** The chain of `properties` keys from a schema up to the root; `outside` if another keyword is on the way. */
type Place = { readonly key: string; readonly parent: Place } | 'root' | 'outside';

interface Visit {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly place: Place;
}

/**
 * Finds the annotations `x-mcp-header` of an `inputSchema`. The time is linear in the size of the schema.
 * Returns a problem if one annotation is invalid: no header of that definition may be sent or expected then.
 */
export function scanParamHeaders(inputSchema: unknown): ParamHeaderScan {
  const found = new Map<string, ParamHeader>();
  const pending: Visit[] = [];
  addVisit(pending, inputSchema, 'root');
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    if (Object.hasOwn(visit.schema, ANNOTATION)) {
      const problem = readAnnotation(visit, found);
      if (problem !== undefined) return { problem };
    }
    addSubschemas(pending, visit);
  }
  return { headers: [...found.values()] };
}

const NO_HEADERS: readonly ParamHeader[] = [];

/** Not specified for a gateway: a tool with an invalid annotation is forwarded, and its headers are not checked. */
export function paramHeadersOf(definition: unknown): readonly ParamHeader[] {
  const scan = scanParamHeaders((Object(definition) as { readonly inputSchema?: unknown }).inputSchema);
  return 'headers' in scan ? scan.headers : NO_HEADERS;
}

function readAnnotation({ schema, place }: Visit, found: Map<string, ParamHeader>): string | undefined {
  const name = schema[ANNOTATION];
  if (typeof name !== 'string' || !TOKEN.test(name)) return `${ANNOTATION} must be a token of at most 64 characters`;
  if (place === 'root' || place === 'outside')
    return `${ANNOTATION} '${name}' is not reachable through properties alone`;
  if (!SCALAR_TYPES.has(schema['type'])) return `${ANNOTATION} '${name}' is not on a string, an integer or a boolean`;
  const key = name.toLowerCase();
  if (found.has(key)) return `${ANNOTATION} '${name}' is used twice`;
  if (found.size === MAX_PARAM_HEADERS) return `a definition has at most ${String(MAX_PARAM_HEADERS)} ${ANNOTATION}`;
  found.set(key, { name: key, path: pathOf(place) });
  return undefined;
}

function pathOf(place: Place): readonly string[] {
  const path: string[] = [];
  for (let at = place; typeof at !== 'string'; at = at.parent) path.push(at.key);
  return path.reverse();
}

function addSubschemas(pending: Visit[], { schema, place }: Visit): void {
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties') {
      for (const [key, child] of Object.entries(Object(value) as Visit['schema'])) {
        addVisit(pending, child, place === 'outside' ? place : { key, parent: place });
      }
    } else if (SCHEMA_KEYWORDS.has(keyword)) {
      if (Array.isArray(value)) for (const child of value as readonly unknown[]) addVisit(pending, child, 'outside');
      else addVisit(pending, value, 'outside');
    } else if (SCHEMA_MAP_KEYWORDS.has(keyword)) {
      for (const child of Object.values(Object(value) as Visit['schema'])) addVisit(pending, child, 'outside');
    }
  }
}

function addVisit(pending: Visit[], schema: unknown, place: Place): void {
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) {
    pending.push({ schema: schema as Visit['schema'], place });
  }
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/**
 * Returns the values that the arguments have for the headers, by the name of the header. Every object is read once.
 * Returns undefined if an object on the way has a duplicate member: two readers would disagree about its value.
 */
export function readHeaderArguments(
  headers: readonly ParamHeader[],
  args: RawJson | undefined,
): ReadonlyMap<string, RawJson> | undefined {
  const found = new Map<string, RawJson>();
  return args === undefined || collectArguments(headers, args, 0, found) ? found : undefined;
}

function collectArguments(
  headers: readonly ParamHeader[],
  { bytes }: RawJson,
  depth: number,
  found: Map<string, RawJson>,
): boolean {
  if (bytes[skipSpace(bytes, 0)] !== OPEN_BRACE) return true;
  const members = strictMembers(bytes);
  if (members === undefined) return false;
  const nested = new Map<string, ParamHeader[]>();
  for (const header of headers) {
    const key = header.path[depth] ?? '';
    const value = members.get(key);
    if (value === undefined) continue;
    if (header.path.length === depth + 1) found.set(header.name, value);
    else nested.set(key, [...(nested.get(key) ?? []), header]);
  }
  for (const [key, group] of nested) {
    const value = members.get(key);
    if (value !== undefined && !collectArguments(group, value, depth + 1, found)) return false;
  }
  return true;
}

/**
 * Returns the text of an argument before its encoding: a string as is, an integer in decimal notation, `true` or `false`.
 * Returns undefined for null and for values that have no header: objects and arrays.
 */
export function headerTextOf(argument: RawJson | undefined): string | undefined {
  if (argument === undefined) return undefined;
  const first = argument.bytes[skipSpace(argument.bytes, 0)];
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return undefined;
  const { value } = argument;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return undefined;
  return Number.isSafeInteger(value) ? String(value) : argument.text.trim();
}

const SENTINEL_START = '=?base64?';
const SENTINEL_END = '?=';
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A multiple of three, so that the base64 of chunks can be joined. */
const CHUNK_BYTES = 12_288;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns the header value of a text: printable ASCII as is, every other text as `=?base64?…?=`.
 * Empty texts, texts with blanks at an end and texts that begin like the sentinel are encoded too.
 */
export function encodeHeaderValue(text: string): string {
  if (PLAIN.test(text) && !text.startsWith('=?')) return text;
  const bytes = encoder.encode(text);
  let encoded = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    encoded += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES)));
  }
  return `${SENTINEL_START}${encoded}${SENTINEL_END}`;
}

/** Returns the text of a header value; undefined if it has invalid characters, invalid base64 or invalid UTF-8. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!FIELD_VALUE.test(value)) return undefined;
  if (!value.startsWith(SENTINEL_START) || !value.endsWith(SENTINEL_END)) return value;
  const encoded = value.slice(SENTINEL_START.length, -SENTINEL_END.length);
  if (value.length < SENTINEL_START.length + SENTINEL_END.length || !BASE64.test(encoded)) return undefined;
  try {
    return decoder.decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** Compares an argument with the header that repeats it. Numbers compare as numbers: `42.0` equals `42`. */
export function matchesHeaderValue(argument: RawJson, header: string): boolean {
  const text = headerTextOf(argument);
  const decoded = decodeHeaderValue(header);
  if (text === undefined || decoded === undefined) return false;
  if (text === decoded) return true;
  if (typeof argument.value === 'number') return isSameNumber(text, decoded);
  // A lone surrogate has no UTF-8: encoders send U+FFFD in its place.
  return typeof argument.value === 'string' && decoder.decode(encoder.encode(text)) === decoded;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;
/** Two decimal numbers of at most 15 digits are equal exactly if their doubles are. */
const MAX_EXACT_DIGITS = 15;

function isSameNumber(text: string, decoded: string): boolean {
  const [a, b] = [withoutZeroFraction(text), withoutZeroFraction(decoded)];
  if (a === b) return true;
  return isExactNumber(a) && isExactNumber(b) && Number(a) === Number(b);
}

const withoutZeroFraction = (text: string): string =>
  /^-?\d{1,32}\.0{1,32}$/.test(text) ? text.replace(/\.0+$/, '') : text;

const isExactNumber = (text: string): boolean =>
  text.length <= 2 * MAX_EXACT_DIGITS &&
  NUMBER.test(text) &&
  (text.split(/[eE]/, 1)[0] ?? '').replace(/\D/g, '').length <= MAX_EXACT_DIGITS;
