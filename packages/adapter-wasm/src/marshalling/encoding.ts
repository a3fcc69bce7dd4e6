import type { ClarityType } from '@clarity-runtime/core';
import { ArgumentError } from '../guest/guest-error.ts';
import type { GuestContext } from '../guest/host-state.ts';
import { closestName } from '@clarity-runtime/core/text';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import type { CoreValue } from './layout.ts';
import type { TypeTable } from './type-forms.ts';

const MAX_LENGTH = 120;

/** A name or an index for each step into a value. */
export type ValuePath = readonly (string | number)[];

/**
 * Returns a path such as `items[2].price`. Names that are not identifiers are in quotes. Callers choose names, so the
 * path is bounded and ASCII.
 */
export function displayPath(path: ValuePath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${String(step)}]`;
    else if (!/^[A-Za-z_]\w*$/.test(step)) text += `[${JSON.stringify(step.slice(0, MAX_LENGTH))}]`;
    else text += text === '' ? step : `.${step}`;
    if (text.length > MAX_LENGTH) break;
  }
  return plain(text);
}

/** Returns foreign text for a message: at most 120 characters of printable ASCII. */
export const plain = (text: string): string =>
  text.slice(0, MAX_LENGTH).replace(/[^\x20-\x7e]/g, '?') + (text.length > MAX_LENGTH ? '...' : '');

const MAX_LISTED = 10;

/** Encodes a value of any type. It is a parameter, because values of most types contain others. */
export type EncodeValue = (encoding: Encoding, type: ClarityType, value: JsonValue) => CoreValue;

export interface EncodingOptions {
  readonly types: TypeTable;
  readonly state: GuestContext;
  readonly encode: EncodeValue;
}

/** The state of encoding the arguments of one call: the current path, and errors that name it. */
export class Encoding {
  readonly types: TypeTable;
  readonly state: GuestContext;
  readonly #encode: EncodeValue;
  readonly #path: (string | number)[] = [];

  constructor({ types, state, encode }: EncodingOptions) {
    this.types = types;
    this.state = state;
    this.#encode = encode;
  }

  /** Encodes a part of the current value. */
  within(step: string | number, type: ClarityType, value: JsonValue): CoreValue {
    return this.at(step, () => this.#encode(this, type, value));
  }

  /** Runs `encode` one step deeper. After an error the path keeps its position. */
  at<Result>(step: string | number, encode: () => Result): Result {
    this.#path.push(step);
    const result = encode();
    this.#path.pop();
    return result;
  }

  /** Returns an error that describes the value and never repeats it: it can be a secret. */
  refuse(expected: string, value: JsonValue): ArgumentError {
    return this.wrong(`expected ${expected}, got ${describe(value)}`);
  }

  wrong(problem: string): ArgumentError {
    return new ArgumentError(`argument '${displayPath(this.#path)}': ${problem}`);
  }

  expectObject(value: JsonValue, expected: string): JsonObject {
    if (!isJsonObject(value)) throw this.refuse(expected, value);
    return value;
  }

  /** Rejects members that are not in `names`. */
  expectNames(value: JsonObject, names: readonly string[]): void {
    for (const name of value.keys()) {
      if (!names.includes(name)) throw this.wrong(`unknown field '${plain(name)}'${hint(name, names)}`);
    }
  }
}

/** Returns `; did you mean 'price'?`, or the known names. */
export function hint(name: string, names: readonly string[]): string {
  const closest = closestName(name, names);
  if (closest !== undefined) return `; did you mean '${closest}'?`;
  return names.length === 0 ? '; no name is known' : `; known: ${listed(names)}`;
}

export function listed(names: readonly string[]): string {
  const some = names.slice(0, MAX_LISTED).map((name) => `'${name}'`);
  return some.join(', ') + (names.length > MAX_LISTED ? ', ...' : '');
}

function describe(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'an integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a number';
  if (typeof value === 'object') return isJsonObject(value) ? 'an object' : 'a list';
  return `a ${typeof value}`;
}
