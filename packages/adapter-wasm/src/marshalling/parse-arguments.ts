import { ArgumentError } from '../guest/guest-error.ts';
import { type JsonValue, JsonError, readJson } from '../json/json-value.ts';

/** The arguments of a call as JSON text. What is no JSON, or nested too deeply, is an `ArgumentError`. */
export function parseArguments(text: string): JsonValue {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new ArgumentError(`the arguments are not valid JSON: ${error.message}`);
    throw error;
  }
}
