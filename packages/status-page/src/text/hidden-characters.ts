/** A part of a foreign text: visible text, or the code of a character that hides or reorders text. */
export interface TextPart {
  readonly text: string;
  readonly isCode: boolean;
}

/** Controls, format characters, characters without a width, and separators of lines (Unicode: Cc, Cf, DI, Zl, Zp). */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;

/** Tab, line feed, and the format characters that are visible (Unicode, Prepended_Concatenation_Mark). */
const SHOWN = /[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;

const toCode = (character: string): string =>
  SHOWN.test(character)
    ? character
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Splits a foreign text into visible parts and codes, in order. Linear in the length of the text. */
export function splitHidden(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(HIDDEN)) {
    if (SHOWN.test(character)) continue;
    if (index > from) parts.push({ text: text.slice(from, index), isCode: false });
    parts.push({ text: toCode(character), isCode: true });
    from = index + character.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isCode: false });
  return parts;
}

/** Returns a foreign text with codes instead of hidden characters, for attributes and names. */
export const toVisible = (text: string): string => text.replace(HIDDEN, toCode);
