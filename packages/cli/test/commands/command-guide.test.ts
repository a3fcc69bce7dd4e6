import { expect, test } from '@jest/globals';
import { parseArguments } from '../../src/arguments/parse-arguments.ts';
import { commandGuide } from '../../src/commands/command-guide.ts';
import { commands } from '../../src/commands/command-table.ts';
import { clientSettings } from '../../src/settings/client-settings.ts';
import { settingFlags } from '../../src/settings/setting-flags.ts';

const nameOf = ({ syntax }: { readonly syntax: string }): string => syntax.split(' ', 1)[0] ?? '';
const entries = commandGuide.flatMap(({ commands: group }) => Object.entries(group));
const grammar = { name: 'clarityctl', version: '1', flags: settingFlags(clientSettings), commands };

/** Splits a line as a shell does, for words and single quotes. */
const wordsOf = (line: string): readonly string[] =>
  Array.from(line.matchAll(/'([^']*)'|\S+/g), ([word, quoted]) => quoted ?? word);

test('every visible command is in one group, and no other name is', () => {
  const visible = commands.filter(({ hidden }) => hidden !== true).map(nameOf);
  expect(entries.map(([name]) => name).sort()).toEqual(visible.sort());
});

test('no alias is the name of another command', () => {
  const all = commands.flatMap((command) => [nameOf(command), ...(command.aliases ?? [])]);
  expect(new Set(all).size).toBe(all.length);
});

test.each(entries)('each example of %s is a command line of it', (name, [summary, ...examples]) => {
  expect(summary.length).toBeLessThanOrEqual(60);
  expect(examples).not.toEqual([]);
  for (const line of examples) {
    expect(line.length).toBeLessThanOrEqual(65);
    if (line.endsWith(' --help')) continue;
    const parsed = parseArguments(grammar, wordsOf(line));
    expect(parsed.type === 'command' && nameOf(parsed.command)).toBe(name);
    const isRunnable =
      parsed.type === 'command' && parsed.given.rest.length === (line.split(' -- ')[1]?.split(' ').length ?? 0);
    expect(isRunnable).toBe(true);
  }
});
