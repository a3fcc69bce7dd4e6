import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Grammar, CommandGrammar } from '../../src/arguments/command-grammar.ts';
import { parseArguments } from '../../src/arguments/parse-arguments.ts';
import { CliError } from '../../src/support/cli-error.ts';

const grammar: Grammar<CommandGrammar> = {
  name: 'tool',
  version: '1.2.3',
  flags: { json: { type: 'switch', describe: 'JSON' }, url: { type: 'text', describe: 'where', fallbackText: 'here' } },
  commands: [
    { syntax: 'list', describe: 'show all' },
    {
      syntax: 'add <service>',
      describe: 'add one',
      subject: 'which one',
      flags: {
        module: { type: 'text', describe: 'its name', alias: 'm' },
        odd: { type: 'switch', describe: 'not shown', hidden: true },
        key: { type: 'text', describe: 'its key', secret: true },
      },
    },
    { syntax: 'run <name>', describe: 'run one', rest: 'the program' },
    { syntax: 'keep <action> [ref] [value]', describe: 'keep one', secretsAfter: 'store' },
  ],
  epilogue: 'the end',
};

const parsed = (...argv: string[]): { syntax: string; texts: object; json: boolean } => {
  const result = parseArguments(grammar, argv);
  if (result.type !== 'command') throw new Error(result.text);
  const { command, given } = result;
  const { service, module, url } = given.texts();
  return { syntax: command.syntax, texts: { service, module, url }, json: given.has('json') };
};

test('parseArguments treats a lone dash as a word in positionals, flag values and surplus arguments', () => {
  expect(parsed('add', '-', '--module', '-').texts).toMatchObject({ service: '-', module: '-' });
  expect(refusal('add', 'x', '-').message).toContain('-');
  expect(refusal('add', 'x', '-').message).not.toContain('\0');
});

function refusal(...argv: string[]): CliError {
  try {
    parseArguments(grammar, argv);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('the arguments were accepted');
}

test('parseArguments finds a command with its positional and flags before and after it', () => {
  expect(parsed('--url', 'a', 'add', 'x', '-m', 'y', '--json')).toEqual({
    syntax: 'add <service>',
    texts: { service: 'x', module: 'y', url: 'a' },
    json: true,
  });
  expect(parsed('list').json).toBe(false);
});

test('parseArguments returns flag values as text and uses the last value of a repeated flag', () => {
  expect(parsed('add', '007', '--module', '1e3').texts).toEqual({ service: '007', module: '1e3', url: undefined });
  expect(parsed('list', '--url', 'a', '--url', 'b').texts).toMatchObject({ url: 'b' });
});

test('parseArguments treats `constructor` and `__proto__` as ordinary words', () => {
  expect(parsed('add', 'constructor').texts).toMatchObject({ service: 'constructor' });
  expect(refusal('list', '--__proto__', 'x').exitCode).toBe(2);
});

test('parseArguments suggests a similar command when the command is unknown', () => {
  expect(refusal('lst')).toMatchObject({
    message: "unknown command 'lst', did you mean 'list'?",
    hint: '`tool list`',
    exitCode: 2,
  });
});

test.each([
  ['an unknown flag', ['list', '--jsn'], "unknown option '--jsn', did you mean '--json'?"],
  ['a flag of another command', ['list', '--module', 'x'], "unknown option '--module'"],
  ['a short flag', ['list', '-q'], "unknown option '-q'"],
  ['a flag without its value', ['add', 'x', '--module'], 'not enough arguments following: module'],
  ['a missing positional', ['add'], 'not enough non-option arguments: got 0, need at least 1'],
  ['one positional too many', ['add', 'x', 'y'], "unexpected argument 'y'"],
])('parseArguments rejects %s with exit code 2', (_, argv, message) => {
  expect(refusal(...argv)).toMatchObject({ message, exitCode: 2 });
});

test('parseArguments names the command in the hint, and writes a program behind two dashes without its arguments', () => {
  expect(refusal('list', '--jsn').hint).toBe('see `tool list --help`');
  expect(refusal('nothing-near').hint).toBe('see `tool --help`');
  const hint = 'write the program behind two dashes: `tool run a -- npx …`';
  expect(refusal('run', 'a', 'npx', '-y', 'CANARY').hint).toBe(hint);
  expect(refusal('run', 'a', 'npx', 'CANARY').hint).toBe(hint);
  expect(refusal('run', 'a', 'npx').hint).toBe('write the program behind two dashes: `tool run a -- npx`');
});

test('T-292 parseArguments rejects a name after -- that looks like a flag and suggests the ./ form', () => {
  expect(parsed('add', '--', 'x').texts).toMatchObject({ service: 'x' });
  expect(refusal('add', '--', '-o.clarity')).toMatchObject({ hint: "write it as './-o.clarity'", exitCode: 2 });
});

test('parseArguments returns help and version as text; the help omits hidden flags', () => {
  const help = parseArguments(grammar, ['add', '--help']);
  expect(help).toMatchObject({
    type: 'text',
    text: expect.stringMatching(/which one[\s\S]*here[\s\S]*--module/),
  });
  expect(JSON.stringify(help)).not.toContain('not shown');
  expect(parseArguments(grammar, ['--version'])).toEqual({ type: 'text', text: '1.2.3' });
  expect(parseArguments(grammar, ['-h'])).toMatchObject({ text: expect.stringContaining('show all') });
});

/** Letters that no message of the parser contains by itself. */
const secret = fc.stringMatching(/^[QXZ][QXZ0-9]{3,23}$/);

test.each<[string, (value: string) => string[]]>([
  ['a value that begins with a dash', (value) => ['keep', 'store', 'ref', `-${value}`]],
  ['a value that begins with two dashes', (value) => ['keep', 'store', 'ref', `--${value}`]],
  ['a value behind --', (value) => ['keep', 'store', 'ref', '--', `-${value}`]],
  ['a word too many', (value) => ['keep', 'store', 'ref', 'word', value]],
  ['a flag value that begins with a dash', (value) => ['add', 'x', '--key', `-${value}`]],
  ['a flag value that begins with two dashes', (value) => ['add', 'x', '--key', `--${value}`]],
])('T-528 an error repeats no part of a secret: %s', (_, argv) => {
  fc.assert(
    fc.property(secret, (value) => {
      const { message, hint = '', exitCode } = refusal(...argv(value));
      expect(exitCode).toBe(2);
      for (const letter of new Set(value.replace(/\d/g, ''))) expect(message + hint).not.toContain(letter);
      expect(message + hint).not.toContain(value);
    }),
    { numRuns: 40 },
  );
});
