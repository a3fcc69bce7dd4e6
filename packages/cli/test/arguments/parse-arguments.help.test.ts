import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { examplesOf, groupedHelp, parseArguments } from '../../src/arguments/parse-arguments.ts';

const guide = [
  { title: 'First', commands: { list: ['show all', 'list', 'list --json'], add: ['add one', 'add x'] } },
  { title: 'Second', commands: { drop: ['drop one'] } },
] as const;
const grammar = {
  name: 'tool',
  version: '1',
  flags: { json: { type: 'switch', describe: 'JSON' } },
  commands: [
    { syntax: 'list', describe: 'show all', aliases: ['ls'], flags: { wide: { type: 'switch', describe: 'more' } } },
    { syntax: 'add <one>', describe: 'add one' },
    { syntax: 'drop <one>', describe: 'drop one' },
  ],
  guide,
} as const;

const textOf = (...argv: string[]): string => {
  const parsed = parseArguments(grammar, argv);
  if (parsed.type !== 'text') throw new Error('a command was chosen');
  return parsed.text;
};

test('the help has every command on one line below its group', () => {
  const lines = textOf('--help').split('\n');
  expect(lines[0]).toBe('tool <command>');
  expect(lines.indexOf('First:')).toBeLessThan(lines.indexOf('  list  show all'));
  expect(lines.indexOf('  list  show all')).toBeLessThan(lines.indexOf('Second:'));
  expect(lines.indexOf('Second:')).toBeLessThan(lines.indexOf('  drop  drop one'));
});

test('`help <command>`, `<command> --help` and an alias show the same text, with own options before common ones', () => {
  const text = textOf('list', '--help');
  expect(textOf('help', 'list')).toBe(text);
  expect(textOf('ls', '--help')).toBe(text);
  expect(text).toContain('show all (also: ls)');
  expect(text.indexOf('--wide')).toBeLessThan(text.indexOf('--json'));
  expect(text).toContain('Examples:\n  tool list\n  tool list --json');
  expect(text).not.toContain('First:');
  expect(textOf('help')).toBe(textOf('--help'));
});

test('an alias is its command', () => {
  const parsed = parseArguments(grammar, ['ls', '--wide']);
  expect(parsed).toMatchObject({ type: 'command', command: { syntax: 'list' } });
});

test('each command has its name and summary in one line, whatever the names are', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const commands = fc.dictionary(word, fc.tuple(word, word), { minKeys: 1 });
  fc.assert(
    fc.property(commands, (group) => {
      const made = [{ title: 'Group', commands: group }];
      const lines = groupedHelp('tool', made).split('\n');
      for (const [name, [summary, example]] of Object.entries(group)) {
        expect(lines.filter((line) => line.trim().split(/ +/).join(' ') === `${name} ${summary}`)).toHaveLength(1);
        expect(examplesOf(made, name)).toEqual([`Examples:\n  $0 ${example}`]);
      }
    }),
  );
});
