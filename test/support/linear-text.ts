import { expect } from '@jest/globals';
import { cpuMsOf } from './cpu-time.ts';

/** Characters that a text of 1 MB consists of. `CLARITY_LINEAR_LENGTH` sets another length, such as 1048576. */
const LENGTH = Number(process.env['CLARITY_LINEAR_LENGTH'] ?? 128 * 1024);
/** A generous net: the claim is 50 ms for 1 MB, and a quadratic scan takes minutes. */
const LIMIT_MS = 2_000;
/** From this length on the limit alone decides: a quadratic scan exceeds it, and the garbage collector distorts ratios. */
const LONG_LENGTH = 512 * 1024;
/** A doubled text may take three times as long; below this time a measurement is noise: a quadratic scan takes longer. */
const NOISE_MS = 60;
const MAX_RATIO = 3;
const MAX_RUNS = 6;

/** One character of each class that patterns name. */
const CLASSES = ['a', 'Z', '7', '_', '-', '.', '/', '\\', ' ', '\t', '\n', '"', "'", '%', '@', '{', '[', '<', '#', '*'];
const FOREIGN = [
  '\u0416',
  '\u4e2d',
  '\u200d',
  '\u2028',
  '\u001b',
  '\ud800',
  '\u{1f600}',
  '\ufe0f',
  '\u{e0041}',
  '\ufdfa',
  // Two marks whose order changes: the engine sorts a run of marks in quadratic time.
  '\u0301\u0323',
];

/** Returns hostile texts: each token and character class repeated, alternations of two tokens, and mixtures. */
export function* hostileTexts(tokens: readonly string[], length: number, pairCount = 24): Generator<string> {
  const all = [...tokens, ...CLASSES, ...FOREIGN];
  const fill = (part: string): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);
  for (const token of all) {
    yield fill(token);
    yield `${fill(token)}\n`;
  }
  let seed = 7;
  const next = (count: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % count;
  };
  const any = (): string => all[next(all.length)] ?? '';
  for (let i = 0; i < pairCount; i += 1) yield fill(any() + any());
  for (let i = 0; i < 4; i += 1) yield fill(Array.from({ length: 4096 }, any).join(''));
}

/** The text that a function needed the longest for. */
export interface Slowest {
  /** Begin of the text. */
  readonly text: string;
  readonly ms: number;
}

/** Fails when a function needs more than the limit, or more than three times as long for a doubled text. */
export function expectLinear(run: (text: string) => unknown, tokens: readonly string[], length = LENGTH): Slowest {
  let slowest: Slowest = { text: '', ms: 0 };
  for (const text of hostileTexts(tokens, length)) {
    const shown = JSON.stringify(text.slice(0, 24));
    let whole = timeOf(run, text);
    if (whole >= LIMIT_MS) whole = quickest(run, text);
    if (whole > slowest.ms) slowest = { text: shown, ms: whole };
    expect([shown, whole < LIMIT_MS]).toEqual([shown, true]);
    if (whole < NOISE_MS || length >= LONG_LENGTH) continue;
    let ratio = whole / Math.max(1, timeOf(run, text.slice(0, text.length / 2)));
    for (let i = 0; i < MAX_RUNS && ratio > MAX_RATIO; i += 1) {
      const again = quickest(run, text);
      // The first measurement had the garbage collector in it.
      if (again < NOISE_MS) ratio = 1;
      else ratio = Math.min(ratio, again / Math.max(1, quickest(run, text.slice(0, text.length / 2))));
    }
    expect([shown, ratio <= MAX_RATIO ? 'linear' : ratio]).toEqual([shown, 'linear']);
  }
  return slowest;
}

/** Returns the CPU time of one run, in milliseconds. */
const timeOf = (run: (text: string) => unknown, text: string): number => cpuMsOf(() => run(text));

/** Returns the smaller CPU time of two runs, in milliseconds. */
const quickest = (run: (text: string) => unknown, text: string): number =>
  Math.min(timeOf(run, text), timeOf(run, text));
