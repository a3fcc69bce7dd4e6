import { cut, cutMiddle, textWidth, wrapped } from './text-width.ts';

/** One column of a table. A plain title is a column with the default way to fit. */
export interface Column {
  readonly title: string;
  /**
   * How a cell fits: `whole` is never cut, `end` and `middle` say where a cell is cut, `wrap` continues on the next
   * line. Default: `whole` for the first column, `wrap` for the last one, `end` for the others.
   */
  readonly fit?: 'whole' | 'end' | 'middle' | 'wrap';
  /** Optional columns are left out, from the right, when the line is too narrow. */
  readonly optional?: true;
}

interface Fitted {
  readonly at: number;
  readonly fit: NonNullable<Column['fit']>;
  width: number;
  readonly least: number;
  readonly optional: boolean;
}

const GAP = '  ';
const NARROWEST = 8;
/** Minimum width of a column that wraps, and therefore shrinks first. */
const WRAP_LEAST = 13;

/**
 * Returns aligned lines for each row, the heading first. Columns shrink, the widest first, until a line fits into
 * `available` columns; then optional ones are left out. A cell that is never cut continues on the next line as the last
 * resort.
 */
export function table(
  heading: readonly (string | Column)[],
  rows: readonly (readonly string[])[],
  available: number,
): (readonly string[])[] {
  const titles = heading.map((column) => (typeof column === 'string' ? column : column.title));
  const all = heading.length === 0 ? rows : [titles, ...rows];
  const columns = fitted(columnsOf(heading, all), available);
  return all.map((row) => linesOf(row, columns));
}

function columnsOf(heading: readonly (string | Column)[], rows: readonly (readonly string[])[]): readonly Fitted[] {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: count }, (_, at) => {
    const column = heading[at];
    const width = rows.reduce((most, row) => Math.max(most, textWidth(row[at] ?? '')), 0);
    const standard = at === count - 1 ? 'wrap' : at === 0 ? 'whole' : 'end';
    const { fit = standard, optional = false } = typeof column === 'object' ? column : {};
    const least = fit === 'whole' ? width : Math.min(width, fit === 'wrap' ? WRAP_LEAST : NARROWEST);
    return { at, fit, width, least, optional };
  });
}

const sum = (widths: readonly number[]): number => widths.reduce((total, width) => total + width, 0);

const roomOf = (columns: readonly Fitted[], available: number): number =>
  available - GAP.length * Math.max(0, columns.length - 1);

function fitted(wanted: readonly Fitted[], available: number): readonly Fitted[] {
  let columns = wanted;
  while (sum(columns.map(({ least }) => least)) > roomOf(columns, available)) {
    const last = columns.findLast(({ optional }) => optional);
    if (last === undefined) break;
    columns = columns.filter((column) => column !== last);
  }
  const room = roomOf(columns, available);
  const chosen = columns.map((column) => ({ ...column, width: column.fit === 'wrap' ? column.least : column.width }));
  shrink(chosen, room, ({ fit, least, width }) => fit !== 'whole' && width > least);
  shrink(chosen, room, ({ width }) => width > NARROWEST);
  grow(chosen, columns, room);
  return chosen;
}

/** Makes the widest of the columns that may shrink narrower, until all fit. */
function shrink(columns: readonly Fitted[], room: number, mayShrink: (column: Fitted) => boolean): void {
  let excess = sum(columns.map(({ width }) => width)) - room;
  while (excess > 0) {
    const able = columns.filter(mayShrink);
    if (able.length === 0) return;
    const widest = able.reduce((most, column) => (column.width > most.width ? column : most));
    widest.width -= 1;
    excess -= 1;
  }
}

/** Gives the remaining width to the columns that wrap. */
function grow(columns: readonly Fitted[], natural: readonly Fitted[], room: number): void {
  let rest = room - sum(columns.map(({ width }) => width));
  columns.forEach((column, index) => {
    const more = Math.min(rest, (natural[index]?.width ?? 0) - column.width);
    if (more <= 0) return;
    column.width += more;
    rest -= more;
  });
}

function linesOf(row: readonly string[], columns: readonly Fitted[]): readonly string[] {
  const cells = columns.map(({ at, fit, width }) => cellOf(row[at] ?? '', fit, width));
  const height = Math.max(1, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ width }, index) => {
        const text = cells[index]?.[line] ?? '';
        return text + ' '.repeat(Math.max(0, width - textWidth(text)));
      })
      .join(GAP)
      .trimEnd(),
  );
}

function cellOf(text: string, fit: Fitted['fit'], width: number): readonly string[] {
  if (fit === 'middle') return [cutMiddle(text, width)];
  return fit === 'end' ? [cut(text, width)] : wrapped(text, width);
}
