import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchArguments } from '../../src/process/batch-command.ts';

/**
 * The command line as cmd.exe and a program read it, for the worst environment: every variable has a value that would start another
 * program. Returns the arguments of the program; throws when a character acts as an operator.
 */
function readByCmd(args: readonly string[]): readonly string[] {
  expect(args.slice(0, 5)).toEqual(['/e:on', '/v:off', '/d', '/s', '/c']);
  const whole = args[5] ?? '';
  // `/s`: the first and the last quote are removed.
  const line = expanded(whole.slice(1, -1));
  assertNoOperator(line);
  // The batch file passes `%*` on: its text is parsed for operators again, without another expansion.
  assertNoOperator(line);
  return programArguments(line);
}

/** Percent expansion of a command line: `%cd:~,%` is empty, a lone `%` stays, and any other name has an evil value. */
function expanded(line: string): string {
  let out = '';
  for (let at = 0; at < line.length; at += 1) {
    const end = line[at] === '%' ? line.indexOf('%', at + 1) : -1;
    if (end <= at + 1) out += line[at] ?? '';
    else {
      out += line.slice(at + 1, end) === 'cd:~,' ? '' : '" & evil & "';
      at = end;
    }
  }
  return out;
}

function assertNoOperator(line: string): void {
  let isQuoted = false;
  for (const unit of line.split('')) {
    if (unit === '"') isQuoted = !isQuoted;
    else if (!isQuoted && '&|<>^()!'.includes(unit)) throw new Error(`operator ${unit} in ${line}`);
  }
  expect(isQuoted).toBe(false);
}

/** CommandLineToArgvW with `""` inside quotes as one quote, as the C runtime of Microsoft reads it. */
function programArguments(line: string): readonly string[] {
  const found: string[] = [];
  let [current, isQuoted, hasStarted, slashes] = ['', false, false, 0];
  for (let at = 0; at < line.length; at += 1) {
    const unit = line[at] ?? '';
    if (unit === '\\') {
      slashes += 1;
      hasStarted = true;
      continue;
    }
    if (unit !== '"') {
      current += '\\'.repeat(slashes);
      slashes = 0;
      if (unit === ' ' && !isQuoted) {
        if (hasStarted) found.push(current);
        [current, hasStarted] = ['', false];
      } else [current, hasStarted] = [current + unit, true];
      continue;
    }
    current += '\\'.repeat(Math.floor(slashes / 2));
    hasStarted = true;
    const isLiteral = slashes % 2 === 1 || (isQuoted && line[at + 1] === '"');
    if (isLiteral) current += '"';
    if (isLiteral && slashes % 2 === 0) at += 1;
    if (!isLiteral) isQuoted = !isQuoted;
    slashes = 0;
  }
  current += '\\'.repeat(slashes);
  if (hasStarted) found.push(current);
  return found;
}

const SCRIPT = 'C:\\Program Files\\nodejs\\tool.cmd';

test.each([
  ['x&y', '100%'],
  ['a" & calc & "b', '%PATH%'],
  ['%PATH:~0,1%', '%cd:~,%'],
  ['', '\\'],
  ['C:\\dir with space\\', 'trailing\\\\'],
  ['!VAR!', '^&|<>()'],
  ['\\"', '"""'],
  ['größe', '日本語'],
])('batchArguments passes %j and %j to a program unchanged', (one, other) => {
  expect(readByCmd(batchArguments(SCRIPT, [one, other]))).toEqual([SCRIPT, one, other]);
});

test('[first-hour.40] batchArguments law: no argument ends its quotes, expands a variable or arrives changed', () => {
  const unit = fc.constantFrom(
    '"',
    '%',
    '\\',
    '&',
    '|',
    '<',
    '>',
    '^',
    '!',
    '(',
    ')',
    ' ',
    '\t',
    'a',
    'cd:~,',
    'PATH',
    'ä',
  );
  const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (args) => {
      expect(readByCmd(batchArguments(SCRIPT, args))).toEqual([SCRIPT, ...args]);
    }),
    { numRuns: 200 },
  );
});

test.each(['a\nb', 'a\rb', 'a\0b'])('batchArguments refuses %j', (text) => {
  expect(() => batchArguments(SCRIPT, [text])).toThrow('line break');
});

test('batchArguments leaves plain words without quotes, and quotes the path of the batch file', () => {
  expect(batchArguments('C:\\100%\\a.cmd', ['-y', 'pkg@1.2', 'C:\\x'])).toEqual([
    '/e:on',
    '/v:off',
    '/d',
    '/s',
    '/c',
    '""C:\\100%%cd:~,%\\a.cmd" -y pkg@1.2 C:\\x"',
  ]);
});
