import { escapeHiddenCharacters, replaceHiddenCharacters } from '@clarity-runtime/core/text';

/** Returns foreign text as one line for a terminal: control, format and hidden characters are escapes such as `\x1b`. */
export const escapeForTerminal = (text: string): string => escapeHiddenCharacters(text);

/** Returns foreign text of several lines for a terminal, escaped as by `escapeForTerminal`. Line feeds and tabs stay. */
export const escapeLines = (text: string): string => escapeHiddenCharacters(text, '\n\t');

/** Returns the value as JSON whose strings contain `\u` escapes instead of hidden characters; one line if `indentation` is 0. */
export const toTerminalJson = (value: unknown, indentation = 2): string =>
  replaceHiddenCharacters(JSON.stringify(value, null, indentation), (character) =>
    character === '\n' ? character : jsonEscape(character),
  );

/** Returns one escape for each UTF-16 code unit. */
const jsonEscape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');
