const HIDDEN = '[redacted]';

/** A value that nobody prints by mistake: every way to turn it into text shows `[redacted]`, only `reveal` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** For the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  /** The text with every occurrence of the value hidden, also where the text is JSON or a part of a URL. */
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

/** Half of a character pair has no spelling in a URL. */
function urlSpelling(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return '';
  }
}
