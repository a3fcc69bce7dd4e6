export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Returns median, minimum and maximum of at least one number. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

export const ratios = (values: readonly number[], floor: readonly number[]): readonly number[] =>
  values.map((value, index) => value / (floor[index] ?? NaN));

/** Formats a spread as `1.23 (1.10 to 1.40)`. */
export function shown({ median, min, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
