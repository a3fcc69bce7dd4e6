import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';

/** Returns whether a log line is printed. */
export type LineFilter = (line: string) => boolean;

/** Flags of commands that print log lines. */
export const logFilterFlags: Flags = {
  since: { type: 'text', describe: 'lines of this time on: 10m, 2h, 1d, or an ISO time' },
  level: { type: 'text', describe: 'error, warn (with errors) or info: lines with a word of this level' },
  grep: { type: 'text', describe: 'lines that contain this text, in any case' },
};

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const ERROR_WORD = /\b(?:error|fatal|panic|critical|exception|failed)\b|Error\b/i;
const WARN_WORD = /\bwarn(?:ing)?\b/i;

/** Returns the filter of the flags. A line without a time follows the line before it. */
export function lineFilter(given: ParsedArgs, now: number): LineFilter {
  const since = sinceOf(given.text('since'), now);
  const level = levelOf(given.text('level'));
  const wanted = given.text('grep')?.toLowerCase();
  let isRecent = since === undefined;
  return (line) => {
    const at = timeOf(line);
    if (since !== undefined && !Number.isNaN(at)) isRecent = at >= since;
    return isRecent && level(line) && (wanted === undefined || line.toLowerCase().includes(wanted));
  };
}

/** Returns the time of a log line in milliseconds; NaN without a time. */
export const timeOf = (line: string): number => Date.parse(/^\[([\dT:.Z-]{20,30})\]/.exec(line)?.[1] ?? '');

function sinceOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  if (amount !== undefined) return now - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw usageError(`--since must be like 10m, 2h, 1d or an ISO time, not '${text}'`);
  return at;
}

function levelOf(text: string | undefined): LineFilter {
  if (text === undefined || text === 'info') return () => true;
  if (text === 'error') return (line) => ERROR_WORD.test(line);
  if (text === 'warn') return (line) => ERROR_WORD.test(line) || WARN_WORD.test(line);
  throw usageError(`--level must be error, warn or info, not '${text}'`);
}
