/**
 * Characters that a reader does not see or that act on a terminal, as the inside of a regular expression class (flag `u`).
 * - Cc: C0 and C1 controls, U+0000-U+001F and U+007F-U+009F.
 * - Cf: format characters, with the controls of direction (UAX #9), interlinear annotations and tags (U+E0000-U+E007F).
 * - Cs: lone surrogates. Zl, Zp: line and paragraph separator.
 * - DI, Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties): characters without a width such as U+200B, U+00AD and
 *   U+FEFF, Hangul fillers, variation selectors, and the range U+E0000-U+E0FFF.
 */
const HIDDEN = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{DI}';

/**
 * Hidden letters and marks, and the letters of Latin, Greek and Cyrillic. These scripts need no joiner between two letters: it
 * only hides a word from a filter.
 */
const UNJOINED = '\\p{DI}\\p{sc=Latn}\\p{sc=Grek}\\p{sc=Cyrl}';
const PICTURE = '\\p{Emoji}\\p{ExtPict}';

/**
 * Characters of the set that have a visible effect where they are (UAX #31 §2.3, UTS #51): ZWJ and ZWNJ between two letters
 * of a script that joins, ZWJ between two pictures, and the selector of text or emoji style directly after a picture.
 * The last row lists the characters of Cf that are visible (Prepended_Concatenation_Mark, such as U+0600).
 */
const VISIBLE_USE = [
  `(?<=[\\p{L}\\p{M}])(?<![${UNJOINED}])[\\u200c\\u200d](?=\\p{L})(?![${UNJOINED}])`,
  `(?<=[${PICTURE}]|[${PICTURE}]\\ufe0f)\\u200d(?=\\p{ExtPict})`,
  `(?<=[${PICTURE}])[\\ufe0e\\ufe0f]`,
  '[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}]',
].join('|');

/** Pattern of a text without hidden characters, tabs and line ends; for JSON Schema and for flag `u`. */
export const VISIBLE_TEXT_PATTERN = `^(?:[^${HIDDEN}]|${VISIBLE_USE})*$`;

const UNSEEN = new RegExp(`[${HIDDEN}](?<!${VISIBLE_USE})`, 'gu');
const UNSEEN_BUT_LAYOUT = new RegExp(`[${HIDDEN}](?<![\\t\\n\\r\\u2028\\u2029]|${VISIBLE_USE})`, 'gu');

/**
 * A code unit outside ranges that contain no hidden character: printable ASCII, Latin, Greek, Cyrillic, Hebrew, Thai, Georgian,
 * CJK and most planes above. Searching it first is 2 to 10 times faster than the full set.
 */
const SUSPECT =
  /[^ -~\u00a0-\u00ac\u00ae-\u034e\u0350-\u05ff\u0e00-\u10ff\u3041-\u3163\u3165-\udfff]|[\ud804\ud80d\ud82f\ud834\udb40-\udb43]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Escape sequences of a terminal (ECMA-48 §5): control sequences, control strings (OSC, DCS, SOS, PM, APC) with their text,
 * and the sequences of ESC with intermediate bytes and a final byte. A sequence that is cut off ends with the text.
 */
const ESCAPE_SEQUENCE =
  // eslint-disable-next-line no-control-regex -- the expression searches for them
  /\u001b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~]?)/g;

/** Returns the text without escape sequences and hidden characters. Tabs and line ends stay. */
export function stripHiddenCharacters(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const plain = text.includes('\u001b') ? text.replace(ESCAPE_SEQUENCE, '') : text;
  return plain.replace(UNSEEN_BUT_LAYOUT, '');
}

/** Whether `stripHiddenCharacters` changes the text. */
export const hasHiddenCharacters = (text: string): boolean => SUSPECT.test(text) && text.search(UNSEEN_BUT_LAYOUT) >= 0;

/** Returns the text with every hidden character, tab and line end replaced. Escape sequences lose only their ESC. */
export const replaceHiddenCharacters = (text: string, replacement: (character: string) => string): string =>
  SUSPECT.test(text) ? text.replace(UNSEEN, replacement) : text;

/**
 * Returns the text with every hidden character, tab and line end as an escape: `\x1b`, `\u202e` or `\u{e0041}`.
 * Characters in `kept` stay.
 */
export const escapeHiddenCharacters = (text: string, kept = ''): string =>
  replaceHiddenCharacters(text, (character) => (kept.includes(character) ? character : escapeOf(character)));

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}

/** An escape of JSON that can mean a hidden character. */
const HIDDEN_ESCAPE = /\\[ubf]/;

/**
 * Returns a JSON text with `stripHiddenCharacters` applied to every string, names of members included. Numbers keep their
 * digits, and strings without hidden characters keep their spelling. The text must be valid JSON.
 */
export function stripHiddenFromJson(text: string): string {
  if (!hasHiddenCharacters(text) && !HIDDEN_ESCAPE.test(text)) return text;
  let clean = '';
  let copied = 0;
  for (let open = text.indexOf('"'); open >= 0;) {
    const end = endOfString(text, open);
    const value = JSON.parse(text.slice(open, end)) as string;
    const visible = stripHiddenCharacters(value);
    if (visible !== value) {
      clean += text.slice(copied, open) + JSON.stringify(visible);
      copied = end;
    }
    open = text.indexOf('"', end);
  }
  return copied === 0 ? text : clean + text.slice(copied);
}

/** Returns the offset behind the closing quote of the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text[before] === '\\') before -= 1;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
  return text.length;
}
