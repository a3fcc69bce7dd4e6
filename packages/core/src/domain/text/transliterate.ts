import { normalizeText } from './normalize-text.ts';

/** Latin letters that have no decomposition in Unicode, in lower case. */
const LATIN = 'ł l đ d ð d þ th ø o œ oe æ ae ß ss ı i ĸ k ŋ n ħ h ŧ t ə e ƒ f';
/** Cyrillic (BGN/PCGN, without marks), with the letters of Ukrainian, Belarusian, Serbian and Macedonian. */
const CYRILLIC =
  'а a б b в v г g ґ g д d е e є ye ж zh з z и i і i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ _ ы y ь _ э e ю yu я ya ђ dj ј j љ lj њ nj ћ c џ dz ѕ dz';
/** Greek (ISO 843, without marks). */
const GREEK = 'α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o';

const pairs = (text: string): (readonly [string, string])[] => {
  const words = text.split(' ');
  return words.flatMap((word, at) => (at % 2 === 0 ? [[word, (words[at + 1] ?? '').replace('_', '')] as const] : []));
};
const LETTERS: ReadonlyMap<string, string> = new Map([LATIN, CYRILLIC, GREEK].flatMap(pairs));

const MARK = /\p{M}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** A text in ASCII letters, digits and other characters as written. */
export interface Transliteration {
  readonly text: string;
  /** A letter or digit has no counterpart in ASCII, so that another text has the same transliteration. */
  readonly isPartial: boolean;
}

/** Returns a text in lower case with its letters as ASCII letters, where Latin, Cyrillic or Greek letters have them. */
export function transliterate(value: string): Transliteration {
  let text = '';
  let isPartial = false;
  for (const character of normalizeText(value.toLowerCase(), 'NFKD')) {
    if (MARK.test(character)) continue;
    const letter = LETTERS.get(character);
    if (letter !== undefined) text += letter;
    else if (character <= '\u007f' || !LETTER_OR_DIGIT.test(character)) text += character;
    else {
      text += ' ';
      isPartial = true;
    }
  }
  return { text, isPartial };
}
