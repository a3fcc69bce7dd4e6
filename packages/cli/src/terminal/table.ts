import { cut, textWidth } from './width.ts';

const GAP = '  ';
const NARROWEST = 8;

const widthsOf = (rows: readonly (readonly string[])[]): number[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => textWidth(row[at] ?? ''))));
};

/** Takes from the widest column until the line fits. */
function fit(widths: readonly number[], available: number): number[] {
  const fitted = [...widths];
  const total = (): number => fitted.reduce((sum, width) => sum + width, 0) + GAP.length * (fitted.length - 1);
  while (total() > available) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if ((fitted[widest] ?? 0) <= NARROWEST) break;
    fitted[widest] = (fitted[widest] ?? 0) - 1;
  }
  return fitted;
}

/** Aligned lines, the heading first; columns give way, widest first, until a line fits into `available` columns. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], available: number): string[] {
  const all = heading.length === 0 ? rows : [heading, ...rows];
  const widths = fit(widthsOf(all), available);
  return all.map((row) =>
    row
      .map((cell, at) => {
        const text = cut(cell, widths[at] ?? 0);
        return text + ' '.repeat(Math.max(0, (widths[at] ?? 0) - textWidth(text)));
      })
      .join(GAP)
      .trimEnd(),
  );
}
