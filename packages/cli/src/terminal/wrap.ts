import { textWidth } from './width.ts';

/** The text in lines of at most `columns`, broken between words; a longer word is broken where it must be. */
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

/** A path or an address breaks behind a slash, when there is one that leaves no short line. */
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
