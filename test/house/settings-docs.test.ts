import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { clientSettings, compilerSettings } from '../../packages/cli/src/settings/client-settings.ts';
import { daemonSettings } from '../../packages/cli/src/settings/daemon-settings.ts';
import { registrySettings } from '../../packages/cli/src/settings/registry-settings.ts';
import { resolveSettings, type Setting, type SettingsTable } from '../../packages/cli/src/settings/setting.ts';
import { shownSettings } from '../../packages/cli/src/settings/shown-settings.ts';
import { readText, root, textsOf } from './workspace-files.ts';

const REFERENCE = 'docs/reference/settings.md';
const TABLES: Readonly<Record<string, SettingsTable>> = {
  clarityd: daemonSettings,
  clarityctl: { ...clientSettings, ...compilerSettings, ...registrySettings },
};
/** Variables that are read outside of the tables of settings. */
const OTHER: Readonly<Record<string, string>> = {
  CLARITY_HOME:
    'folder of the daemon of `clarity-runtime up`, an absolute path; default: the folder of the system for data of the user',
  NO_COLOR: 'no colours in the output of programs',
  FORCE_COLOR: 'colours in the output of programs, also without a terminal',
};

/** After a change of a setting: `UPDATE_GENERATED=1 npm test -- test/house/settings-docs`. */
test('docs/reference/settings.md equals the tables of settings', async () => {
  const options = await resolveConfig(join(root, REFERENCE));
  const generated = await format(reference(), { ...options, parser: 'markdown' });
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, REFERENCE), generated);
  expect(await readText(REFERENCE)).toBe(generated);
});

test('every variable of the runtime in a document is a setting', async () => {
  const known = new Set([
    ...Object.values(TABLES).flatMap((table) => Object.values(table).flatMap(({ variables }) => variables)),
    ...Object.keys(OTHER),
  ]);
  const unknown = new Map<string, string>();
  for (const [path, text] of await textsOf(/^(README\.md|docs\/(guides|reference|errors)\/.*\.md)$/)) {
    for (const [name = ''] of text.matchAll(/\bCLARITY(?:D|C|CTL)?_[A-Z_]*[A-Z]\b/g)) {
      if (!known.has(name) && !INTERNAL.test(name)) unknown.set(name, path);
    }
  }
  expect(Object.fromEntries(unknown)).toEqual({});
});

/** Variables of child processes, of the build and of credentials, whose names are not settings. */
const INTERNAL =
  /^CLARITY_(BOOT_ID|SERVICE_ID|REMOTE_AUTH_\w+|[A-Z]+_RUNS?|CONFIG_RUNS|STORE_SEEDS|LINEAR_LENGTH|API_TOKEN)$/;

function reference(): string {
  const sections = Object.entries(TABLES).map(([program, table]) => {
    const defaults = new Map(
      shownSettings(table, resolveSettings(table, {}, {})).map(({ name, value }) => [name, value]),
    );
    const rows = Object.values(table).map((setting) => row(setting, defaults));
    return [
      `## ${program}`,
      '',
      '| flag | variable | value | default | meaning |',
      '|---|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  const others = Object.entries(OTHER).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  return [
    '# Settings',
    '',
    'Generated from the tables in `packages/cli/src/settings`. A flag wins over its variable, and the variable over the default. An empty',
    'variable counts as absent. A wrong value ends the program with exit code 2 and names all wrong values. `clarityctl doctor` shows the',
    'values of a running daemon and where each comes from.',
    '',
    ...sections.flatMap((section) => [section, '']),
    '## Other variables',
    '',
    '| variable | meaning |',
    '|---|---|',
    ...others,
    '',
  ].join('\n');
}

function row(setting: Setting<unknown>, defaults: ReadonlyMap<string, string>): string {
  const { flag, alias, variables, expects, describe, fallbackText } = setting;
  const name = flag === undefined ? (variables[0] ?? '') : `--${flag}`;
  const fallback = fallbackText ?? defaults.get(name) ?? '-';
  const flags = flag === undefined ? '' : `\`--${flag}\`${alias === undefined ? '' : `, \`-${alias}\``}`;
  const cells = [
    flags,
    variables.map((variable) => `\`${variable}\``).join(', '),
    expects,
    fallback === '-' ? '' : fallback,
    describe,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '\\<')).join(' | ')} |`;
}
