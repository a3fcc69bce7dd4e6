/**
 * A JSON value as it is read here: objects are Maps, in order and safe for any name; an integer literal that a double
 * cannot hold exactly is a bigint.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

export type JsonObject = ReadonlyMap<string, JsonValue>;

export const isJsonObject = (value: JsonValue): value is JsonObject => value instanceof Map;
