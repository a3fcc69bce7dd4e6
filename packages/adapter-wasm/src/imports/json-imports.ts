import { isJsonObject, type JsonObject, type JsonValue, JsonError, readJson, writeJson } from '../json/json-value.ts';
import { writeErr, writeNone, writeOption, writeSome, writeTextList, writeTextOption } from './guest-results.ts';
import type { ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';

/** Approximate bytes that a parsed value takes in the host for each code unit of its text. */
const BYTES_PER_UNIT = 8;

/** Texts that `json_stringify` writes without quotes. */
const BARE = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

function parse({ texts, budget }: GuestContext, pointer: number): JsonValue | JsonError {
  const text = texts.read(pointer);
  budget.charge(text.length * BYTES_PER_UNIT);
  try {
    return readJson(text, (bytes) => {
      budget.need(bytes);
    });
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}

/** Returns a string without quotes and any other value as JSON. */
const asText = (value: JsonValue): string => (typeof value === 'string' ? value : writeJson(value));

/** Returns None for a missing member and for null. */
const found = (value: JsonValue | undefined): string | undefined =>
  value === undefined || value === null ? undefined : asText(value);

function objectAt(host: GuestContext, pointer: number): JsonObject | undefined {
  const value = parse(host, pointer);
  return value instanceof JsonError || !isJsonObject(value) ? undefined : value;
}

function arrayAt(host: GuestContext, pointer: number): readonly JsonValue[] | undefined {
  const value = parse(host, pointer);
  return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
}

/** Follows names that are separated by dots. `step` resolves one name. */
function follow(value: JsonValue | JsonError, path: string, step: Step): string | undefined {
  if (value instanceof JsonError) return undefined;
  let at: JsonValue | undefined = value;
  for (const name of path.split('.', 1_000)) {
    if (at === undefined) return undefined;
    at = step(at, name);
  }
  return found(at);
}

type Step = (value: JsonValue, name: string) => JsonValue | undefined;

const member: Step = (value, name) => (isJsonObject(value) ? value.get(name) : undefined);

const memberOrItem: Step = (value, name) =>
  Array.isArray(value) && /^\d+$/.test(name) ? (value as readonly JsonValue[])[Number(name)] : member(value, name);

function textMap({ maps, texts }: GuestContext, object: JsonObject): number {
  return maps.create(Array.from(object, ([name, value]) => [name, texts.write(asText(value))]));
}

function stringify({ maps, texts, budget }: GuestContext, map: number, write: (text: string) => string): number {
  const members: string[] = [];
  for (const [key, value] of maps.entries(map)) {
    const item = `${JSON.stringify(String(key))}:${write(texts.read(Number(value)))}`;
    budget.charge(item.length);
    members.push(item);
  }
  return texts.write(`{${members.join(',')}}`);
}

const quoted = (text: string): string => JSON.stringify(text);

export const JSON_IMPORTS: ImportGroup = {
  /** Accepts only an object without objects and lists in it. */
  json_parse: (host) => (json: number) => {
    const object = objectAt(host, json);
    const isFlat = Array.from(object?.values() ?? []).every((value) => value === null || typeof value !== 'object');
    return object !== undefined && isFlat ? writeSome(host, textMap(host, object)) : writeNone(host);
  },
  json_parse_object: (host) => (json: number) => {
    const value = parse(host, json);
    if (value instanceof JsonError) return writeErr(host, `not valid JSON: ${value.message}`);
    return isJsonObject(value) ? writeSome(host, textMap(host, value)) : writeErr(host, 'the JSON is not an object');
  },
  json_stringify: (host) => (map: number) => stringify(host, map, (text) => (BARE.test(text) ? text : quoted(text))),
  json_stringify_object: (host) => (map: number) => stringify(host, map, quoted),
  json_get: (host) => (json: number, key: number) =>
    writeTextOption(host, found(objectAt(host, json)?.get(host.texts.read(key)))),
  /** Follows a path through objects. */
  json_get_path: (host) => (json: number, path: number) =>
    writeTextOption(host, follow(parse(host, json), host.texts.read(path), member)),
  /** Follows a path through objects by name and through lists by index. */
  json_get_nested: (host) => (json: number, path: number) =>
    writeTextOption(host, follow(parse(host, json), host.texts.read(path), memberOrItem)),
  json_array_length: (host) => (json: number) => {
    const array = arrayAt(host, json);
    return writeOption(host, array === undefined ? undefined : BigInt(array.length));
  },
  json_array_get: (host) => (json: number, index: bigint) => {
    const array = arrayAt(host, json);
    return writeTextOption(host, found(index < 0n ? undefined : array?.[Number(index)]));
  },
  json_keys: (host) => (json: number) => {
    const object = objectAt(host, json);
    return object === undefined ? writeNone(host) : writeSome(host, writeTextList(host, Array.from(object.keys())));
  },
  /** Returns the text as the inside of a JSON string. */
  json_escape_string:
    ({ texts }) =>
    (text: number) =>
      texts.write(JSON.stringify(texts.read(text)).slice(1, -1)),
};
