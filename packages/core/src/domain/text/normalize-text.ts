/** More marks than any script needs on one letter; the limit of stream-safe text (UAX #15, section 13). */
const LONG_RUN = /(\p{M}{30})(?=\p{M})/gu;
/** U+034F combining grapheme joiner. */
const JOINER = '\u034f';

/**
 * Returns a text in a normalization form of Unicode, in linear time: the engine sorts each run of combining marks in quadratic
 * time, so a joiner divides longer runs into stream-safe ones of 30.
 */
export const normalizeText = (text: string, form: 'NFC' | 'NFKC' | 'NFKD'): string =>
  text.replace(LONG_RUN, `$1${JOINER}`).normalize(form);
