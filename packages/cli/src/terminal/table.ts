import { cut, textWidth } from './width.ts';
import { wrapped } from './wrap.ts';

const GAP = '  ';
const NARROWEST = 8;
/** The last column wraps and loses nothing, so it gives way before the others, down to this. */
const LAST_LEAST = 13;

const widthsOf = (rows: readonly (readonly string[])[]): number[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => textWidth(row[at] ?? ''))));
};

const sum = (widths: readonly number[]): number => widths.reduce((total, width) => total + width, 0);

/** Takes from the widest column until the line fits; the last then has what the others leave. */
function fit(widths: readonly number[], available: number): number[] {
  const room = available - GAP.length * (widths.length - 1);
  const last = widths.at(-1) ?? 0;
  const fitted = [...widths.slice(0, -1), Math.min(last, LAST_LEAST)];
  while (sum(fitted) > room) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if ((fitted[widest] ?? 0) <= NARROWEST) break;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
  }
  const others = fitted.slice(0, -1);
  return [...others, Math.max(fitted.at(-1) ?? 0, Math.min(last, room - sum(others)))];
}

/**
 * Aligned lines for each row, the heading first. Columns give way, widest first, until a line fits into `available`
 * columns: the last one wraps, the others end with `…`.
 */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  available: number,
): (readonly string[])[] {
  const all = heading.length === 0 ? rows : [heading, ...rows];
  const widths = fit(widthsOf(all), available);
  return all.map((row) => linesOf(row, widths));
}

function linesOf(row: readonly string[], widths: readonly number[]): readonly string[] {
  const others = widths.slice(0, -1).map((width, at) => {
    const text = cut(row[at] ?? '', width);
    return text + ' '.repeat(width - textWidth(text)) + GAP;
  });
  const before = others.join('');
  return wrapped(row[widths.length - 1] ?? '', widths.at(-1) ?? 0).map((text, at) =>
    `${at === 0 ? before : ' '.repeat(textWidth(before))}${text}`.trimEnd(),
  );
}
