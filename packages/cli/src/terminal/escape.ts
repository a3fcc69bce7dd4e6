/** What a terminal obeys instead of showing, or nobody sees: controls, marks of direction, no width, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

/** Foreign text on one line of a terminal: what would act on it is spelt out instead. */
export const escapeForTerminal = (text: string): string => text.replace(UNSEEN, escape);

/** Foreign text of several lines; line ends and tabs stay. */
export const escapeLines = (text: string): string =>
  text.replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : escape(character)));

/** JSON that says the same and holds nothing unseen but its own line ends; none with an indentation of 0. */
export const visibleJson = (value: unknown, indentation = 2): string =>
  JSON.stringify(value, null, indentation).replace(UNSEEN, (character) =>
    character === '\n' ? character : Array.from({ length: character.length }, (_, i) => unit(character, i)).join(''),
  );

const unit = (character: string, index: number): string => `\\u${hex(character.charCodeAt(index), 4)}`;
