import type { TextCursor } from './text-cursor.ts';
import type { StringPart, Token } from './token.ts';

const PLAIN = /[^"\\$]+/y;
const TRIPLE_PLAIN = /[^"\\]+/y;
const FIRST_LINE_BREAK = /\r?\n/y;
const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['e', '\u001b'],
  ['0', '\0'],
  ['\\', '\\'],
  ['"', '"'],
  ['$', '$'],
]);

/** Parses `"…"` with escapes and `${…}`. `interpolation` returns the tokens up to the closing brace. */
export function readQuotedString(
  cursor: TextCursor,
  interpolation: () => readonly Token[] | undefined,
): readonly StringPart[] {
  const start = cursor.offset;
  const parts: StringPart[] = [];
  let text = '';
  cursor.offset += 1;
  while (!cursor.atEnd) {
    if (cursor.startsWith('"')) {
      cursor.offset += 1;
      return text === '' ? parts : [...parts, text];
    }
    if (cursor.startsWith('${')) {
      cursor.offset += 2;
      const tokens = interpolation();
      if (tokens === undefined) break;
      if (text !== '') parts.push(text);
      parts.push(tokens);
      text = '';
      continue;
    }
    text += cursor.take(PLAIN) ?? readEscape(cursor);
  }
  cursor.leaveUnterminated(start);
  return [];
}

/** Parses `"""…"""` with escapes, without interpolation. A line break directly after the opening quotes is dropped. */
export function readTripleQuotedString(cursor: TextCursor): readonly StringPart[] {
  const start = cursor.offset;
  let text = '';
  cursor.offset += 3;
  cursor.take(FIRST_LINE_BREAK);
  while (!cursor.atEnd) {
    if (cursor.startsWith('"""')) {
      cursor.offset += 3;
      return text === '' ? [] : [text];
    }
    text += cursor.take(TRIPLE_PLAIN) ?? readEscape(cursor);
  }
  cursor.leaveUnterminated(start);
  return [];
}

/** Reads one character or one escape sequence. An unknown escape keeps its backslash: `\d` is two characters. */
function readEscape(cursor: TextCursor): string {
  const first = cursor.text.charAt(cursor.offset);
  cursor.offset += 1;
  if (first !== '\\') return first;
  const escaped = ESCAPES.get(cursor.text.charAt(cursor.offset));
  if (escaped === undefined) return first;
  cursor.offset += 1;
  return escaped;
}
