import { expect, test } from '@jest/globals';
import {
  escapeHiddenCharacters,
  hasHiddenCharacters,
  stripHiddenCharacters,
  stripHiddenFromJson,
  VISIBLE_TEXT_PATTERN,
} from '../../../src/domain/text/hidden-characters.ts';
import { toDisplayText, toLogLine, toPrintableAscii } from '../../../src/domain/text/safe-text.ts';
import { cpuMsOf } from '../../../../../test/support/cpu-time.ts';

/** Characters of the longest text. `npm run test:long` sets 1,048,576. */
const LENGTH = Number(process.env['CLARITY_LINEAR_LENGTH'] ?? 256 * 1024);
/** For 1,048,576 characters each function takes less than 1 s on a slow machine, and a quadratic scan takes minutes. */
const LIMIT_MS = (20_000 * LENGTH) / 1_048_576;

const tokens = [
  'a',
  'ب\u200d',
  'क्\u200d',
  '👨\u200d',
  '❤\ufe0f',
  '\u200d',
  '\ufe0f',
  '\u0301',
  '\ud800',
  '\u{e0041}',
  '\n',
  '\u2028',
];
const sequences = ['\u001b', '\u001b[', '\u001b]', '\u001bP', '\u001b(', '\u001b[0;', '\u001b[m', '\u001b \u001b'];
const json = ['"', '\\', '\\"', '\\\\', '\\u200b'];

const pattern = new RegExp(VISIBLE_TEXT_PATTERN, 'u');
const functions: readonly (readonly [string, (text: string) => unknown])[] = [
  ['stripHiddenCharacters', stripHiddenCharacters],
  ['hasHiddenCharacters', hasHiddenCharacters],
  ['escapeHiddenCharacters', (text) => escapeHiddenCharacters(text)],
  ['stripHiddenFromJson', (text) => stripHiddenFromJson(JSON.stringify([text, text]))],
  ['toDisplayText', (text) => toDisplayText(text, LENGTH)],
  ['toLogLine', (text) => toLogLine(text, LENGTH)],
  ['toPrintableAscii', (text) => toPrintableAscii(text, LENGTH)],
  ['VISIBLE_TEXT_PATTERN', (text) => pattern.test(text.slice(0, 4096))],
];

test.each(functions)('%s is linear in the length of hostile texts', (_, run) => {
  const taken = cpuMsOf(() => {
    for (const token of [...tokens, ...sequences, ...json]) {
      const text = token.repeat(LENGTH / 8 / token.length);
      for (const head of ['', '\u001b]', '\u001b[']) run(head + text);
    }
  });
  expect(taken).toBeLessThan(LIMIT_MS);
});
