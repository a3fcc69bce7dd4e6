import { isJsonObject, type JsonValue } from './json-value.ts';

/** JSON text without spaces; every digit of a bigint. A number that JSON has no word for is `null`. */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (!isJsonObject(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Array.from(value, ([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`);
  return `{${members.join(',')}}`;
}
