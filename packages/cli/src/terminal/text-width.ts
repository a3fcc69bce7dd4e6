import stringWidth from 'string-width';

/** Returns the width of a text on a terminal in columns. */
export const textWidth = (text: string): number => stringWidth(text);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Yields the characters of a text as a person sees them, each with its width. */
export function* characters(text: string): Generator<Character> {
  for (const { segment } of graphemes.segment(text)) yield { text: segment, width: stringWidth(segment) };
}

/** Cuts a text to at most `columns`. A cut text ends with `…`. */
export function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  return `${startOf(characters(text), columns - 1).join('')}…`;
}

/** Cuts a text to at most `columns` and keeps its start and its end, for addresses and paths. */
export function cutMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const tail = Math.floor((columns - 1) / 2);
  const all = Array.from(characters(text));
  return `${startOf(all, columns - 1 - tail).join('')}…${[...startOf(all.reverse(), tail)].reverse().join('')}`;
}

interface Character {
  readonly text: string;
  readonly width: number;
}

/** Returns the first characters that fit into `columns`. */
function startOf(all: Iterable<Character>, columns: number): readonly string[] {
  const kept: string[] = [];
  let used = 0;
  for (const { text, width } of all) {
    used += width;
    if (used > columns) break;
    kept.push(text);
  }
  return kept;
}

/** Wraps a text to lines of at most `columns` between words. A longer word is split. */
export function wrapped(text: string, columns: number): readonly string[] {
  if (textWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of text.split(' ')) {
    const wordWidth = textWidth(word);
    if (line !== '' && width + 1 + wordWidth <= columns) {
      line += ` ${word}`;
      width += 1 + wordWidth;
      continue;
    }
    if (line !== '') lines.push(line);
    const [first = '', ...more] = wordWidth <= columns ? [word] : pieces(word, columns);
    lines.push(...(more.length === 0 ? [] : [first, ...more.slice(0, -1)]));
    line = more.at(-1) ?? first;
    width = textWidth(line);
  }
  return [...lines, line];
}

/** Splits a path or URL after a slash in its second half, otherwise at the end. */
function breakOf(piece: string): number {
  const slash = piece.lastIndexOf('/') + 1;
  return slash > piece.length / 2 ? slash : piece.length;
}

function pieces(word: string, columns: number): readonly string[] {
  const all: string[] = [];
  let piece = '';
  let width = 0;
  for (const character of characters(word)) {
    if (piece !== '' && width + character.width > columns) {
      const end = breakOf(piece);
      all.push(piece.slice(0, end));
      piece = piece.slice(end);
      width = textWidth(piece);
    }
    piece += character.text;
    width += character.width;
  }
  return [...all, piece];
}
