import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { withProgress } from '../../src/terminal/progress.ts';
import { capture } from '../support/capture.ts';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const lines = [['added 84 packages'], [], ['listening\u0007']];

async function waited(columns: number | undefined, ms: number): Promise<string> {
  const stderr = capture(columns);
  const left = lines.map((some) => [...some]);
  const wait = { what: 'starting github', prefix: 'github', newLines: () => Promise.resolve(left.shift() ?? []) };
  const work = withProgress(stderr, wait, new Promise((resolve) => setTimeout(resolve, ms)));
  await jest.advanceTimersByTimeAsync(ms);
  await work;
  return stderr.text;
}

test('a wait of at most a second shows nothing', async () => {
  expect(await waited(80, 900)).toBe('');
  expect(await waited(undefined, 900)).toBe('');
});

test('a terminal has one line with the time and the newest line of the child, and it is gone at the end', async () => {
  const text = await waited(80, 2_100);
  expect(text).toContain('\r\u001b[Kstarting github  1 s  added 84 packages');
  expect(text).toContain('\r\u001b[Kstarting github  2 s  listening\\x07');
  expect(text.endsWith('\r\u001b[K')).toBe(true);
  expect(text).not.toContain('\n');
});

test('[first-hour.21] without a terminal each line of the child is printed once, and the wait again after ten seconds', async () => {
  expect(await waited(undefined, 11_500)).toBe(
    'starting github (1 s)\ngithub | added 84 packages\ngithub | listening\\x07\nstarting github (11 s)\n',
  );
});

test('a failed wait rejects with its error, and nothing is shown to a program that parses stderr', async () => {
  await expect(withProgress(undefined, { what: 'x' }, Promise.reject(new Error('no')))).rejects.toThrow('no');
});
