const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
const MAX_TEXT_LENGTH = 300;

/**
 * Finds the id of a JSON-RPC message that is too large to keep: the member `id` of the outermost object, wherever it is.
 * Reads chunks in linear time and keeps at most 300 bytes. A message that is not JSON has no id.
 */
export class IdScanner {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Bytes of the current token at depth 1. */
  #token: number[] = [];
  #name: string | undefined;
  #id: string | undefined;

  /** JSON text of the id: a number or a string. Undefined until it is found. */
  get id(): string | undefined {
    return this.#id;
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.#isInString) this.#inString(byte);
      else this.#outsideString(byte);
    }
  }

  #inString(byte: number): void {
    this.#keep(byte);
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInString = false;
  }

  #outsideString(byte: number): void {
    if (byte === QUOTE) {
      this.#keep(byte);
      this.#isInString = true;
    } else if (OPEN.has(byte)) {
      this.#depth += 1;
      this.#token = [];
    } else if (CLOSE.has(byte)) {
      if (this.#depth === 1) this.#endMember();
      this.#depth -= 1;
    } else if (this.#depth === 1 && byte === COLON) {
      this.#name = this.#takeToken();
    } else if (this.#depth === 1 && byte === COMMA) {
      this.#endMember();
    } else if (byte > 0x20) {
      this.#keep(byte);
    }
  }

  #keep(byte: number): void {
    if (this.#depth === 1 && this.#token.length <= MAX_TEXT_LENGTH) this.#token.push(byte);
  }

  #endMember(): void {
    const value = this.#takeToken();
    if (this.#name === '"id"' && isId(value)) this.#id ??= value;
    this.#name = undefined;
  }

  #takeToken(): string {
    const text = new TextDecoder().decode(Uint8Array.from(this.#token));
    this.#token = [];
    return text;
  }
}

/** Returns the JSON text of the id of a message that cannot be read otherwise; undefined without one. */
export function idOfMessage(message: Uint8Array): string | undefined {
  const scanner = new IdScanner();
  scanner.push(message);
  return scanner.id;
}

/** Whether the text is a JSON string or number of a bounded length. */
function isId(text: string): boolean {
  if (text.length > MAX_TEXT_LENGTH || !/^["\d-]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
