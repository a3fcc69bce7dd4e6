const MAX_DISPLAY_LENGTH = 2_000;

/** Controls, and characters that reorder or hide the text around them. */
// eslint-disable-next-line no-control-regex -- these are what is taken out
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]+/gu;

/** Foreign text for people and logs: one line, bounded, and without what a terminal or a reader would obey. */
export const cleanText = (text: string, longest = MAX_DISPLAY_LENGTH): string => {
  const clean = text
    .slice(0, longest * 2)
    .replace(HARMFUL, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
};
