import { GuestLimit, GuestTrap } from '../guest/guest-error.ts';
import { checkTextLength, mostItems, writeTextList } from './guest-results.ts';
import { toBool, type ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';
import { joinTexts } from '../guest/join-strings.ts';
import { clampedRange, occurrences } from './text-ranges.ts';

const LAST_CODE_POINT = 0x10_ffffn;

const onText =
  (change: (text: string) => string) =>
  ({ texts }: GuestContext) =>
  (text: number) =>
    texts.write(change(texts.read(text)));

const onTexts =
  (test: (text: string, part: string) => boolean) =>
  ({ texts }: GuestContext) =>
  (text: number, part: number) =>
    toBool(test(texts.read(text), texts.read(part)));

const padded =
  (pad: (text: string, length: number, fill: string) => string) =>
  (host: GuestContext) =>
  (pointer: number, length: bigint, fill: number) => {
    const text = host.texts.read(pointer);
    const filler = host.texts.read(fill);
    if (length <= BigInt(text.length) || filler === '') return pointer;
    checkTextLength(host, Number(length));
    return host.texts.write(pad(text, Number(length), filler));
  };

/** Heap of one part of a text in a list: the string and its place. */
const HELD_PER_PART = 40;

function splitText(host: GuestContext, text: string, separator: string | RegExp): number {
  const most = Math.min(mostItems(host), Math.floor(host.budget.room / HELD_PER_PART));
  host.budget.charge(text.length);
  const parts = text.split(separator, most + 1);
  if (parts.length > most) throw new GuestLimit('the function split a text into more parts than its memory holds');
  return writeTextList(host, parts);
}

/** Lengths and positions count UTF-16 code units. Half of a surrogate pair becomes U+FFFD. */
export const STRING_IMPORTS: ImportGroup = {
  string_concat:
    ({ memory }) =>
    (left: number, right: number) =>
      joinTexts(memory, left, right),
  string_eq: ({ texts }) => {
    return (left: number, right: number) => toBool(left === right || texts.read(left) === texts.read(right));
  },
  string_length:
    ({ texts }) =>
    (text: number) =>
      BigInt(texts.read(text).length),
  substring:
    ({ texts }) =>
    (pointer: number, start: bigint, length: bigint) => {
      const text = texts.read(pointer);
      return texts.write(text.slice(...clampedRange(start, length, text.length)));
    },
  char_at:
    ({ texts }) =>
    (pointer: number, index: bigint) => {
      const text = texts.read(pointer);
      return texts.write(text.slice(...clampedRange(index, 1n, text.length)));
    },
  contains: onTexts((text, part) => text.includes(part)),
  string_starts_with: onTexts((text, part) => text.startsWith(part)),
  string_ends_with: onTexts((text, part) => text.endsWith(part)),
  index_of:
    ({ texts }) =>
    (text: number, part: number) =>
      BigInt(texts.read(text).indexOf(texts.read(part))),
  trim: onText((text) => text.trim()),
  trim_start: onText((text) => text.trimStart()),
  trim_end: onText((text) => text.trimEnd()),
  to_uppercase: onText((text) => text.toUpperCase()),
  to_lowercase: onText((text) => text.toLowerCase()),
  split: (host) => (text: number, separator: number) =>
    splitText(host, host.texts.read(text), host.texts.read(separator)),
  split_lines: (host) => (text: number) => splitText(host, host.texts.read(text), /\r?\n/),
  chars: (host) => (pointer: number) => {
    const text = host.texts.read(pointer);
    if (text.length > mostItems(host) * 2) throw new GuestLimit('the text has more characters than a list can hold');
    host.budget.charge(text.length * 8);
    host.budget.need(text.length * HELD_PER_PART);
    return writeTextList(host, Array.from(text));
  },
  string_replace: (host) => (pointer: number, part: number, replacement: number) => {
    const [text, search, put] = [host.texts.read(pointer), host.texts.read(part), host.texts.read(replacement)];
    if (search === '') return pointer;
    checkTextLength(host, text.length + occurrences(text, search) * (put.length - search.length));
    return host.texts.write(text.replaceAll(search, () => put));
  },
  string_repeat: (host) => (pointer: number, count: bigint) => {
    const text = host.texts.read(pointer);
    if (count <= 0n || text === '') return host.texts.write('');
    checkTextLength(host, text.length * Number(count));
    return host.texts.write(text.repeat(Number(count)));
  },
  pad_left: padded((text, length, fill) => text.padStart(length, fill)),
  pad_right: padded((text, length, fill) => text.padEnd(length, fill)),
  /** Returns the first code point of the text; 0 for an empty text. */
  char_code:
    ({ texts }) =>
    (text: number) =>
      BigInt(texts.read(text).codePointAt(0) ?? 0),
  char_from_code:
    ({ texts }) =>
    (code: bigint) => {
      if (code < 0n || code > LAST_CODE_POINT)
        throw new GuestTrap(`char_from_code: ${String(code)} is not a character`);
      return texts.write(String.fromCodePoint(Number(code)));
    },
};
