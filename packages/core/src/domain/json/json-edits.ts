import { RawJson } from './raw-json.ts';
import { arraySpans, topLevelSpans, type Span } from './json-members.ts';
import { encodeUtf8, joined } from './utf8.ts';

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const NO_MEMBERS: ReadonlyMap<string, Span> = new Map();

/** Replacements of values in bytes that are known to be valid JSON. All other bytes stay unchanged. */
export class JsonEdits {
  readonly root: Span;
  readonly #bytes: Uint8Array;
  readonly #edits: { readonly span: Span; readonly bytes: Uint8Array }[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.root = { start: 0, end: bytes.length };
  }

  /** Returns the members of an object; an empty map for another value or none. */
  members(at: Span | undefined): ReadonlyMap<string, Span> {
    if (at === undefined || this.#first(at) !== OPEN_BRACE) return NO_MEMBERS;
    const found = new Map<string, Span>();
    for (const [name, { start, end }] of topLevelSpans(this.#bytes.subarray(at.start, at.end)))
      found.set(name, { start: at.start + start, end: at.start + end });
    return found;
  }

  /** Returns the items of an array; a value that is not an array is its only item. */
  items(at: Span | undefined): readonly Span[] {
    if (at === undefined) return [];
    if (this.#first(at) !== OPEN_BRACKET) return [at];
    return arraySpans(this.#bytes.subarray(at.start, at.end)).map(({ start, end }) => ({
      start: at.start + start,
      end: at.start + end,
    }));
  }

  /** Returns a string; undefined for another value or none. */
  text(at: Span | undefined): string | undefined {
    if (at === undefined || this.#first(at) !== QUOTE) return undefined;
    return RawJson.fromBytes(this.#bytes.subarray(at.start, at.end)).value as string;
  }

  /** Replaces a string by what `change` returns for it. Other values stay. */
  change(at: Span | undefined, change: (text: string) => string): void {
    const text = this.text(at);
    if (at === undefined || text === undefined) return;
    const changed = change(text);
    if (changed !== text) this.#edits.push({ span: at, bytes: encodeUtf8(JSON.stringify(changed)) });
  }

  /** Adds a member with a string to an object that has members, but not this one. */
  add(at: Span, name: string, value: string): void {
    const end = at.start + this.#bytes.subarray(at.start, at.end).lastIndexOf(CLOSE_BRACE);
    const bytes = encodeUtf8(`,${JSON.stringify(name)}:${JSON.stringify(value)}`);
    this.#edits.push({ span: { start: end, end }, bytes });
  }

  /** Returns a value as JSON. */
  raw({ start, end }: Span): RawJson {
    return RawJson.fromBytes(this.#bytes.subarray(start, end));
  }

  /** Replaces a value that has no other change. */
  replace(at: Span, { bytes }: RawJson): void {
    this.#edits.push({ span: at, bytes });
  }

  /** Returns the changed bytes, or the same bytes if nothing changed. */
  apply(): Uint8Array {
    if (this.#edits.length === 0) return this.#bytes;
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const { span, bytes } of this.#edits.sort((a, b) => a.span.start - b.span.start)) {
      parts.push(this.#bytes.subarray(at, span.start), bytes);
      at = span.end;
    }
    return joined([...parts, this.#bytes.subarray(at)]);
  }

  #first({ start }: Span): number | undefined {
    return this.#bytes[start];
  }
}
