const HIDDEN = '[redacted]';

/** A secret value. Every conversion to text returns `[redacted]`; only `reveal` returns the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the value, to send or store it. */
  reveal(): string {
    return this.#value;
  }

  /** Returns the text with every occurrence of the value replaced, also in its JSON and URL encodings. */
  redact(text: string): string {
    const spellings = new Set([this.#value, JSON.stringify(this.#value).slice(1, -1), urlSpelling(this.#value)]);
    let clean = text;
    for (const spelling of spellings) if (spelling !== '') clean = clean.replaceAll(spelling, HIDDEN);
    return clean;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** Returns the percent-encoded value; empty for a lone surrogate, which has no encoding. */
function urlSpelling(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return '';
  }
}
