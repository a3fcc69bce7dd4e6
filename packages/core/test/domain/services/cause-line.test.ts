import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causeOf, lastOutput } from '../../../src/domain/services/cause-line.ts';

test.each([
  [
    'a thrown error of Node',
    [
      'Starting server v1.2',
      '/srv/index.js:3',
      '    throw new Error("GITHUB_TOKEN is required");',
      '    ^',
      '',
      'Error: GITHUB_TOKEN is required',
      '    at main (/srv/index.js:3:9)',
      '    at node:internal/main/run_main_module:36:49',
      '',
      'Node.js v20.20.0',
    ],
    'Error: GITHUB_TOKEN is required',
    { kind: 'variable', name: 'GITHUB_TOKEN' },
  ],
  [
    'a Python traceback',
    [
      'Traceback (most recent call last):',
      '  File "x.py", line 1, in <module>',
      "ModuleNotFoundError: No module named 'mcp'",
    ],
    "ModuleNotFoundError: No module named 'mcp'",
    { kind: 'text', text: 'install the missing Python module, or start the server with uvx' },
  ],
  [
    'npm without the package',
    [
      'npm error code E404',
      'npm error 404 Not Found - GET https://registry.example/@acme%2fnone - Not found',
      'npm error A complete log of this run can be found in: /home/me/.npm/_logs/x.log',
    ],
    'npm error 404 Not Found - GET https://registry.example/@acme%2fnone - Not found',
    { kind: 'text', text: 'the package does not exist: correct its name' },
  ],
  [
    'a missing variable in words',
    ['Please provide the required environment variable: API_KEY'],
    'Please provide the required environment variable: API_KEY',
    { kind: 'variable', name: 'API_KEY' },
  ],
  ['a panic without a known remedy', ['panic: boom', 'goroutine 1 [running]:'], 'panic: boom', undefined],
])('causeOf finds the line of %s', (_, lines, line, remedy) => {
  expect(causeOf(lines)).toEqual({ line, ...(remedy === undefined ? {} : { remedy }) });
});

test('causeOf returns undefined for banners, stack frames and blank lines', () => {
  expect(causeOf(['========', '', '  at x (y.js:1:1)', 'listening on stdio'])).toBeUndefined();
});

test('an error line is found among any other lines without errors', () => {
  const quiet = fc.stringMatching(/^[ a-d.]{0,40}$/);
  fc.assert(
    fc.property(fc.array(quiet, { maxLength: 99 }), fc.array(quiet, { maxLength: 99 }), (before, after) => {
      expect(causeOf([...before, 'Error: the disk is full', ...after])?.line).toBe('Error: the disk is full');
    }),
  );
});

test('causeOf is linear in the length of a line', () => {
  for (const unit of ['A', 'set ', 'A_', "thread '", 'missing required ', '\t ', 'Error']) {
    const started = performance.now();
    causeOf(Array.from({ length: 200 }, () => unit.repeat(100_000 / unit.length)));
    expect(performance.now() - started).toBeLessThan(5_000);
  }
});

test('lastOutput returns the lines of the program between the last two groups of lines of the runtime', () => {
  const stamp = '[2026-11-30T14:30:00.000Z] ';
  const log = [
    'Restart in 200 ms',
    'first try',
    'Service start failed: x',
    'Restart in 400 ms',
    'Error: no key',
    'at x',
  ];
  const end = ['Start warning: it ended', 'Service start failed: it ended', 'Restart in 800 ms'];
  expect(lastOutput([...log, ...end].map((line) => stamp + line))).toEqual(['Error: no key', 'at x']);
  expect(lastOutput(['Service started', 'Service unavailable: try later'])).toEqual(['Service unavailable: try later']);
  expect(lastOutput(['Service started', 'Service stopped'])).toEqual([]);
});
