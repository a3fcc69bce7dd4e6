/**
 * A parsed JSON value. Objects are Maps, in order and safe for any name. An integer literal that a double cannot
 * represent exactly is a bigint.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

export type JsonObject = ReadonlyMap<string, JsonValue>;

export const isJsonObject = (value: JsonValue): value is JsonObject => value instanceof Map;

/** The text is not JSON, or is nested too deeply. The message contains the position and nothing of the text. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

export const MAX_JSON_DEPTH = 128;

/** Longer integers are doubles: no type can represent them, and parsing them exactly is slow. */
const MAX_EXACT = 40;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

/** Approximate heap of a parsed value in bytes, without its items. */
const OBJECT_BYTES = 256;
const ITEM_BYTES = 48;

/**
 * Parses the texts that `JSON.parse` accepts, up to 128 levels deep. The last of duplicate members wins. `onBytes`
 * receives the heap that the values take so far, and can throw.
 */
export function readJson(text: string, onBytes: (bytes: number) => void = () => undefined): JsonValue {
  const reader = new JsonReader(text, onBytes);
  return reader.readDocument();
}

class JsonReader {
  readonly #text: string;
  readonly #onBytes: (bytes: number) => void;
  #at = 0;
  #bytes = 0;

  constructor(text: string, onBytes: (bytes: number) => void) {
    this.#text = text;
    this.#onBytes = onBytes;
  }

  readDocument(): JsonValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(depth: number): JsonValue {
    if (depth > MAX_JSON_DEPTH) throw new JsonError(`nested more than ${String(MAX_JSON_DEPTH)} levels deep`);
    this.#skipSpace();
    this.#bytes += this.#text[this.#at] === '{' ? OBJECT_BYTES : ITEM_BYTES;
    this.#onBytes(this.#bytes);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#at += 1;
    if (this.#take('}')) return members;
    do {
      this.#skipSpace();
      const name = this.#string();
      if (!this.#take(':')) throw this.#unexpected();
      members.set(name, this.#value(depth + 1));
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected();
    return members;
  }

  #array(depth: number): JsonValue {
    const items: JsonValue[] = [];
    this.#at += 1;
    if (this.#take(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw this.#unexpected();
    return items;
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#unexpected();
    let end = this.#text.indexOf('"', this.#at + 1);
    while (end !== -1 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw new JsonError(`a string that begins at ${String(this.#at)} has no end`);
    const literal = this.#text.slice(this.#at, end + 1);
    try {
      const value = JSON.parse(literal) as string;
      this.#at = end + 1;
      return value;
    } catch {
      throw new JsonError(`the string at ${String(this.#at)} has a bad escape or a control character`);
    }
  }

  /** Whether an odd number of backslashes precedes the quote. */
  #isEscaped(quote: number): boolean {
    let first = quote;
    while (this.#text[first - 1] === '\\') first -= 1;
    return (quote - first) % 2 === 1;
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected();
    const [literal, fraction, exponent] = match;
    this.#at = NUMBER.lastIndex;
    const value = Number(literal);
    const isInteger = fraction === undefined && exponent === undefined;
    return isInteger && !Number.isSafeInteger(value) && literal.length <= MAX_EXACT ? BigInt(literal) : value;
  }

  #word<Value extends JsonValue>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected();
    this.#at += word.length;
    return value;
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #unexpected(): JsonError {
    if (this.#at >= this.#text.length) return new JsonError('it ends too early');
    return new JsonError(`an unexpected character at ${String(this.#at)}`);
  }
}

/** Returns JSON text without spaces, with every digit of a bigint. A number without a JSON form is `null`. */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (!isJsonObject(value)) return `[${value.map(writeJson).join(',')}]`;
  const members = Array.from(value, ([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`);
  return `{${members.join(',')}}`;
}
