const LONGEST = 120;

/** A name or an index for each step into a value. */
export type ValuePath = readonly (string | number)[];

/** `items[2].price`; names that are no identifiers in quotes. Callers choose names, so it is bounded and plain ASCII. */
export function displayPath(path: ValuePath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${String(step)}]`;
    else if (!/^[A-Za-z_]\w*$/.test(step)) text += `[${JSON.stringify(step.slice(0, LONGEST))}]`;
    else text += text === '' ? step : `.${step}`;
    if (text.length > LONGEST) break;
  }
  return plain(text);
}

/** Foreign text as a message may hold it. */
export const plain = (text: string): string =>
  text.slice(0, LONGEST).replace(/[^\x20-\x7e]/g, '?') + (text.length > LONGEST ? '...' : '');
