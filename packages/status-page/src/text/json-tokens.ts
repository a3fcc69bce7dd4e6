/** One token of a JSON text: a string, a mark of structure, or a number or word. */
export interface JsonToken {
  readonly token: string;
  readonly index: number;
}

const MARKS = new Set('{}[],:');
const SPACES = new Set(' \n\r\t');

/** Yields the tokens of a JSON text as they are written. Linear in its length; a string without an end is one token. */
export function* jsonTokens(text: string): Generator<JsonToken> {
  let index = 0;
  while (index < text.length) {
    const character = text[index] ?? '';
    if (SPACES.has(character)) {
      index += 1;
      continue;
    }
    const end =
      character === '"' ? endOfString(text, index) : MARKS.has(character) ? index + 1 : endOfWord(text, index);
    yield { token: text.slice(index, end), index };
    index = end;
  }
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return Math.min(text.length, index + 1);
}

function endOfWord(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && !MARKS.has(text[index] ?? '') && !SPACES.has(text[index] ?? '') && text[index] !== '"')
    index += 1;
  return index;
}
