const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (count: number): string => String(count).padStart(2, '0');

/** Returns a count with a narrow space between groups of three digits. */
export const toCount = (count: number): string => Math.round(count).toLocaleString('en-US').replaceAll(',', '\u202f');

/** Returns `1 tool` or `3 tools`. */
export const toPlural = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${toCount(count)} ${count === 1 ? noun : nouns}`;

/** Returns milliseconds as `42 s`, `5 min`, `3 h 20 min` or `2 d 4 h`. */
export function toSpan(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest < MINUTE) return `${String(Math.floor(rest / SECOND))} s`;
  if (rest < HOUR) return `${String(Math.floor(rest / MINUTE))} min`;
  if (rest < DAY) return `${String(Math.floor(rest / HOUR))} h ${two(Math.floor((rest % HOUR) / MINUTE))} min`;
  return `${String(Math.floor(rest / DAY))} d ${String(Math.floor((rest % DAY) / HOUR))} h`;
}

/** Returns the first unit of a span: `3 h`, `2 d`. */
export const toShortSpan = (ms: number): string => toSpan(ms).split(' ').slice(0, 2).join(' ');

/** Returns the duration of a call: `12 ms`, `1.4 s`, `25 s`. */
export function toDuration(ms: number): string {
  if (ms >= 10 * SECOND) return `${String(Math.round(ms / SECOND))} s`;
  if (ms >= SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  return `${String(Math.max(1, Math.round(ms)))} ms`;
}

/** Returns bytes as `120 B`, `4.2 kB` or `1.3 MB` (powers of 1,000). */
export function toBytes(bytes: number): string {
  if (bytes < 1_000) return `${String(bytes)} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Returns a share between 0 and 1 in percent. */
export function toPercent(share: number): string {
  if (share === 0) return '0';
  if (share < 0.001) return '<0.1 %';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** Returns a rate: `–` for none, one decimal below 10. */
export function toRate(count: number): string {
  if (count === 0) return '–';
  if (count < 0.1) return '<0.1';
  return count < 10 ? String(Math.round(count * 10) / 10) : toCount(count);
}
