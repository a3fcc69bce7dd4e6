const MAX_PRINTABLE_LENGTH = 120;

/** Foreign text as it may stand in a message: bounded, and without characters that a terminal would obey. */
export const printable = (text: string, longest = MAX_PRINTABLE_LENGTH): string =>
  text.slice(0, longest).replace(/[^\x20-\x7e]/g, '?');
