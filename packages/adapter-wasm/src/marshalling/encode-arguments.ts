import { ArgumentError } from '../guest/guest-error.ts';
import { type JsonValue, JsonError, readJson, isJsonObject, type JsonObject } from '../json/json-value.ts';
import type { ClarityFunction } from '@clarity-runtime/core';
import type { GuestContext } from '../guest/host-state.ts';
import { encodeValue } from './encode-value.ts';
import { Encoding, hint, plain } from './encoding.ts';
import type { CoreValue } from './layout.ts';
import { isOptional, type TypeTable } from './type-forms.ts';

/** Parses the arguments of a call. @throws ArgumentError when the text is not JSON or is nested too deeply. */
export function parseArguments(text: string): JsonValue {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new ArgumentError(`the arguments are not valid JSON: ${error.message}`);
    throw error;
  }
}

export interface ArgumentsToEncode {
  readonly fn: ClarityFunction;
  readonly types: TypeTable;
  /** Arguments by name (an object) or by position (a list). */
  readonly args: JsonValue;
  readonly state: GuestContext;
}

/**
 * Returns the parameters for the export. Options and Units may be missing. @throws ArgumentError that names the first
 * argument that does not match; a reset of the state frees what was written.
 */
export function encodeArguments({ fn, types, args, state }: ArgumentsToEncode): readonly CoreValue[] {
  const values = isJsonObject(args) ? named(fn, args) : positional(fn, args);
  const encoding = new Encoding({ types, state, encode: encodeValue });
  const cores = fn.params.map(({ name, type }, index) => encoding.within(name, type, values[index] ?? null));
  return cores.filter((_, index) => fn.params[index]?.type.kind !== 'Unit');
}

function named({ name, params }: ClarityFunction, args: JsonObject): readonly (JsonValue | undefined)[] {
  const names = params.map((parameter) => parameter.name);
  for (const given of args.keys()) {
    if (!names.includes(given)) {
      throw new ArgumentError(`${name} has no argument '${plain(given)}'${hint(given, names)}`);
    }
  }
  return params.map((parameter) => {
    const value = args.get(parameter.name);
    if (value === undefined && !isOptional(parameter.type)) throw missing(parameter.name);
    return value;
  });
}

function positional({ name, params }: ClarityFunction, args: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(args)) {
    throw new ArgumentError('the arguments must be an object (by name) or a list (by position)');
  }
  const values = args as readonly JsonValue[];
  if (values.length > params.length) {
    throw new ArgumentError(`${name} takes ${count(params.length)}, got ${String(values.length)}`);
  }
  const absent = params.slice(values.length).find(({ type }) => !isOptional(type));
  if (absent !== undefined) throw missing(absent.name);
  return values;
}

const missing = (name: string): ArgumentError => new ArgumentError(`argument '${name}' is missing`);

const count = (number: number): string => `${String(number)} argument${number === 1 ? '' : 's'}`;
