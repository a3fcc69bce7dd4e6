import { VISIBLE_TEXT_PATTERN } from '../text/hidden-characters.ts';

/** A JSON Schema 2020-12 document or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Regular expressions of manifests and policies. `validation/patterns` has the words for a text that does not match. */
export const PATTERN = {
  text: VISIBLE_TEXT_PATTERN,
  argument: '^[^\\0\\p{Cs}]*$',
  serviceId: '^svc_[a-f0-9]{12}$',
  sha256: '^[a-f0-9]{64}$',
  time: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$',
  endpoint: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\p{Cc}\\p{Cs}]+$',
  absolutePath: '^(/|[A-Za-z]:[\\\\/])[^\\p{Cc}\\p{Cs}]*$',
  proxy: '^(inherit|none|[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\p{Cc}\\p{Cs}/?#@]+/?)$',
  headerName: '^[A-Za-z0-9._-]{1,64}$',
  guestHost: '^(?:\\*\\.)?[a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63}){0,31}(?::[1-9]\\d{0,4})?$',
  variable: '^[A-Za-z_][A-Za-z0-9_]*$',
  policyName: '^[a-z0-9][a-z0-9._-]{0,63}$',
  toolName: '^[A-Za-z0-9_-]{1,64}$',
} as const;

/** Methods of the HTTP requests that a component may be granted. */
export const GUEST_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Returns the schema of a text of 1 to `maxLength` characters without control characters. */
export const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: PATTERN.text });

/** Returns the schema of a text that matches a pattern. */
export const form = (pattern: string) => ({ type: 'string', pattern });

export const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });

export const list = (maxItems: number, items: object) => ({ type: 'array', maxItems, items });

/** Returns the schema of an object without further members. */
export const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  ...(required.length === 0 ? {} : { required }),
  additionalProperties: false,
  properties,
});
