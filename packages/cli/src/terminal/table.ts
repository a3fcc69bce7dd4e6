const MARK = /^\p{M}$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

const widthOf = (character: string): number => (MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** Returns the width of a text on a terminal in columns. */
export function textWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** Cuts a text to at most `columns`. A cut text ends with `…`. */
export function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Wraps a text to lines of at most `columns` between words. A longer word is split. */
export function wrapped(text: string, columns: number): readonly string[] {
  if (textWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const [first = '', ...more] = pieces(word, columns);
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = first;
    } else {
      line = line === '' ? first : `${line} ${first}`;
    }
    for (const piece of more) {
      lines.push(line);
      line = piece;
    }
  }
  return [...lines, line];
}

/** Splits a path or URL after a slash in its second half, otherwise at the end. */
function breakOf(piece: string): number {
  const slash = piece.lastIndexOf('/') + 1;
  return slash > piece.length / 2 ? slash : piece.length;
}

function pieces(word: string, columns: number): readonly string[] {
  if (textWidth(word) <= columns) return [word];
  const all: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && textWidth(piece) + textWidth(character) > columns) {
      const end = breakOf(piece);
      all.push(piece.slice(0, end));
      piece = piece.slice(end);
    }
    piece += character;
  }
  return [...all, piece];
}

const GAP = '  ';
const NARROWEST = 8;
/** Minimum width of the last column, which wraps and therefore shrinks first. */
const LAST_LEAST = 13;

const widthsOf = (rows: readonly (readonly string[])[]): number[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => textWidth(row[at] ?? ''))));
};

const sum = (widths: readonly number[]): number => widths.reduce((total, width) => total + width, 0);

/** Shrinks the widest column until the line fits. The last column gets the remaining width. */
function fit(widths: readonly number[], available: number): number[] {
  const room = available - GAP.length * (widths.length - 1);
  const last = widths.at(-1) ?? 0;
  const fitted = [...widths.slice(0, -1), Math.min(last, LAST_LEAST)];
  while (sum(fitted) > room) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if ((fitted[widest] ?? 0) <= NARROWEST) break;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
  }
  const others = fitted.slice(0, -1);
  return [...others, Math.max(fitted.at(-1) ?? 0, Math.min(last, room - sum(others)))];
}

/**
 * Returns aligned lines for each row, the heading first. Columns shrink, the widest first, until a line fits into
 * `available` columns: the last one wraps, the others end with `…`.
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  available: number,
): (readonly string[])[] {
  const all = heading.length === 0 ? rows : [heading, ...rows];
  const widths = fit(widthsOf(all), available);
  return all.map((row) => linesOf(row, widths));
}

function linesOf(row: readonly string[], widths: readonly number[]): readonly string[] {
  const others = widths.slice(0, -1).map((width, at) => {
    const text = cut(row[at] ?? '', width);
    return text + ' '.repeat(width - textWidth(text)) + GAP;
  });
  const before = others.join('');
  return wrapped(row[widths.length - 1] ?? '', widths.at(-1) ?? 0).map((text, at) =>
    `${at === 0 ? before : ' '.repeat(textWidth(before))}${text}`.trimEnd(),
  );
}
