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

/** `items[2].price`; names that are no identifiers in quotes. Callers choose names, so it is bounded and plain ASCII. */
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

/** Foreign text as a message may hold it. */
export const plain = (text: string): string =>
  text.slice(0, MAX_LENGTH).replace(/[^\x20-\x7e]/g, '?') + (text.length > MAX_LENGTH ? '...' : '');

const MAX_LISTED = 10;

/** Encodes a value of any type; handed in, because values of most types hold others. */
export type EncodeValue = (encoding: Encoding, type: ClarityType, value: JsonValue) => CoreValue;

export interface EncodingOptions {
  readonly types: TypeTable;
  readonly state: GuestContext;
  readonly encode: EncodeValue;
}

/** Where an encoder is in the arguments of one call, and how it refuses what it finds there. */
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

  /** Encodes a part of the value that is being encoded. */
  within(step: string | number, type: ClarityType, value: JsonValue): CoreValue {
    return this.at(step, () => this.#encode(this, type, value));
  }

  /** After a refusal the path stays where it was found. */
  at<Result>(step: string | number, encode: () => Result): Result {
    this.#path.push(step);
    const result = encode();
    this.#path.pop();
    return result;
  }

  /** The value is described, never repeated: it may be a secret. */
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

  /** Refuses members that are not among the names. */
  expectNames(value: JsonObject, names: readonly string[]): void {
    for (const name of value.keys()) {
      if (!names.includes(name)) throw this.wrong(`unknown field '${plain(name)}'${hint(name, names)}`);
    }
  }
}

/** `; did you mean 'price'?`, or the names that there are. */
export function hint(name: string, names: readonly string[]): string {
  const near = closestName(name, names);
  if (near !== undefined) return `; did you mean '${near}'?`;
  return names.length === 0 ? '; there are none' : `; there is ${listed(names)}`;
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
