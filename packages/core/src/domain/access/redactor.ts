import { decodeHtml, decodeJson, decodePercent, type DecodedText } from '../text/decodings.ts';
import type { Secret } from './secret.ts';
import { MIN_HIDDEN_LENGTH } from './secret-rules.ts';
import { SecretPatterns, type FoundRange } from './secret-patterns.ts';

const HIDDEN = '[redacted]';
const MIN_SHORT_LENGTH = 3;
/** The first part of an escape of JSON, of a URL or of HTML at the end of a text. */
const PARTIAL_ESCAPE = /(?:\\(?:u[0-9a-f]{0,3})?|%[0-9a-f]?|&[#0-9a-z]{0,9})$/i;
/** Values of one service above this many units in all are found in their plain spelling only. */
const MAX_SPELLED_UNITS = 256 * 1024;

/**
 * Removes the values of one service from texts: plain, in JSON, percent and HTML escapes of any of their characters, in
 * hexadecimal, and in base64 and base64url at each alignment. Values of at least 8 characters are removed everywhere; shorter
 * secrets only from errors and logs, in their plain spelling. Linear in the text.
 */
export class Redactor {
  readonly #long: SecretPatterns;
  readonly #short: readonly string[];

  private constructor(values: readonly string[], short: readonly string[]) {
    let left = MAX_SPELLED_UNITS;
    const texts = values.flatMap((value) => {
      left -= value.length;
      return left < 0 ? [value] : spellings(value);
    });
    this.#long = new SecretPatterns(texts);
    this.#short = short;
  }

  /** Returns the redactor of secrets and of configured values; undefined if nothing is to be hidden. */
  static of(secrets: readonly Secret[], configured: readonly string[] = []): Redactor | undefined {
    const all = new Set(secrets.flatMap((secret) => parts(secret.reveal())));
    const short = [...all].filter((value) => value.length >= MIN_SHORT_LENGTH && value.length < MIN_HIDDEN_LENGTH);
    for (const value of configured) for (const part of parts(value)) all.add(part);
    const values = [...all].filter((value) => value.length >= MIN_HIDDEN_LENGTH);
    return values.length + short.length === 0 ? undefined : new Redactor(values, short);
  }

  /** Returns a text for errors and logs. */
  redact(text: string): string {
    return this.#redacted(text, []);
  }

  /** Like `redact`, for the first part of a text that was cut: a value that the cut divides is removed too, in every spelling. */
  redactCut(text: string): string {
    const start = this.#openStart(text);
    // A value may end with its own beginning: the whole value and the open one are removed together.
    return this.#redacted(text, start === text.length ? [] : [[start, text.length]]);
  }

  #redacted(text: string, open: readonly FoundRange[]): string {
    const found = [...this.#places({ text, starts: undefined }), ...open];
    let clean = replaced(text, merged(found), () => HIDDEN);
    for (const value of this.#short) clean = clean.replaceAll(value, HIDDEN);
    return clean;
  }

  /** Returns the index at which a value begins that the end of a text divides; the length of the text without one. */
  #openStart(text: string): number {
    let start = text.length;
    for (const base of new Set([text, text.replace(PARTIAL_ESCAPE, '')])) {
      for (const decoded of [undefined, decodeJson(base), decodePercent(base), decodeHtml(base)]) {
        const shown = decoded?.text ?? base;
        const open = this.#long.openEnd(shown);
        if (open === 0) continue;
        start = Math.min(start, decoded?.starts[shown.length - open] ?? shown.length - open);
      }
      for (const value of this.#short) {
        for (let size = value.length; size > 0; size -= 1) {
          if (base.endsWith(value.slice(0, size))) start = Math.min(start, base.length - size);
        }
      }
    }
    return start;
  }

  /** Returns the JSON text of a message with the values removed; the same text if it has none. Strings stay strings. */
  redactJson(json: string): string {
    const decoded = decodeJson(json);
    const base = decoded ?? { text: json, starts: undefined };
    const found = this.#places(base);
    if (found.length === 0) return json;
    const isInString = stringScanner(json);
    return replaced(json, merged(found), (written, at) => (isInString(at) ? HIDDEN : written.replace(/\d/g, '1')));
  }

  /** Returns the places in the original of a text, also of values that are escaped once more. */
  #places({ text, starts }: { readonly text: string; readonly starts: Uint32Array | undefined }): FoundRange[] {
    const found: FoundRange[] = [];
    const add = (inner: DecodedText | undefined): void => {
      const ranges = this.#long.find(inner?.text ?? text);
      for (const [start, end] of ranges) {
        const [from, to] = inner === undefined ? [start, end] : [inner.starts[start] ?? 0, inner.starts[end] ?? 0];
        found.push(starts === undefined ? [from, to] : [starts[from] ?? 0, starts[to] ?? 0]);
      }
    };
    add(undefined);
    for (const decoded of [decodeJson(text), decodePercent(text), decodeHtml(text)]) {
      if (decoded !== undefined) add(decoded);
    }
    return found;
  }
}

/** Returns the values of a value: itself without white space at its ends, its lines, and the part after `Bearer `. */
function parts(value: string): readonly string[] {
  const text = value.trim();
  const lines = text.includes('\n') ? text.split(/\r?\n/).map((line) => line.trim()) : [];
  return [text, ...lines, ...(text.startsWith('Bearer ') ? [text.slice(7).trim()] : [])].filter((part) => part !== '');
}

function spellings(value: string): readonly string[] {
  const bytes = new TextEncoder().encode(value);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const found = [value, latin1, value.replaceAll(' ', '+'), hex];
  for (const shift of [0, 1, 2]) {
    const shifted = btoa('\0'.repeat(shift) + latin1).replace(/={1,2}$/, '');
    const whole = shifted.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    found.push(whole, whole.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return found;
}

/** Returns ranges in order, joined where they overlap. */
function merged(ranges: readonly FoundRange[]): readonly FoundRange[] {
  const out: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

function replaced(text: string, ranges: readonly FoundRange[], by: (written: string, at: number) => string): string {
  if (ranges.length === 0) return text;
  let out = '';
  let last = 0;
  for (const [start, end] of ranges) {
    out += text.slice(last, start) + by(text.slice(start, end), start);
    last = end;
  }
  return out + text.slice(last);
}

/** Returns a function that decides for rising indexes of a JSON text whether they are inside of a string. */
function stringScanner(json: string): (at: number) => boolean {
  let next = 0;
  let isOpen = false;
  return (at) => {
    for (; next < at; next += 1) {
      const unit = json.charCodeAt(next);
      if (unit === 0x5c && isOpen) next += 1;
      else if (unit === 0x22) isOpen = !isOpen;
    }
    return isOpen;
  };
}
