import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { root } from './workspace-files.ts';

/** Findings of `scripts/house.mjs` by section. */
type Findings = Readonly<Record<string, readonly string[]>>;

/** Largest number of type names that may be declared in more than one file. */
const MAX_TWINS = 8;

let findings: Findings;

beforeAll(() => {
  findings = checkStructure(root);
});

test.each([
  ['circles', 'folders do not import each other in a circle'],
  ['arrows', 'rooms import only rooms below their row'],
  ['rooms', 'every room has a row in scripts/layers.cjs'],
  ['long', 'files have at most 250 lines'],
  ['words', 'comments, messages, test titles and documents contain no banned word'],
  ['tests', 'every unit test has a source of the same path'],
])('structure check %s: %s', (section) => {
  expect(findings[section]?.join('\n')).toBe('');
});

test(`at most ${String(MAX_TWINS)} type names are declared in more than one file`, () => {
  const twins = findings['twins'] ?? ['missing'];
  expect(twins.length > MAX_TWINS ? twins.join('\n') : '').toBe('');
});

test('the structure check reports each kind of violation in a planted repository', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-structure-'));
  try {
    for (const [path, text] of Object.entries(planted)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const found = checkStructure(folder);
    expect(found['circles']).toHaveLength(1);
    expect(found['arrows']).toEqual(['cli /support → cli /settings: low.ts → high.ts']);
    expect(found['rooms']).toEqual(['cli /unlisted']);
    expect(found['long']).toEqual(['packages/cli/src/support/long.ts: 251 lines']);
    expect(found['twins']).toEqual(['Twin: cli /settings/high.ts, cli /support/low.ts']);
    expect(found['tests']).toEqual(['packages/cli/test/support/absent.test.ts']);
    expect(found['words']?.map((line) => line.split(': ', 2).join(': ').replace(' (use', ''))).toEqual([
      'packages/cli/src/support/low.ts:2: anew',
      'packages/cli/src/support/low.ts:4: nobody',
      'packages/cli/test/support/absent.test.ts:1: mend',
      'docs/a.md:1: stands',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const planted: Readonly<Record<string, string>> = {
  'packages/cli/src/support/low.ts': [
    "import '../settings/high.ts';",
    '/** Reads the file a' + 'new. */',
    'export interface Twin {}',
    'export const message = "we ask no' + 'body";',
    '',
  ].join('\n'),
  'packages/cli/src/settings/high.ts': "import '../support/low.ts';\nexport type Twin = 0;\n",
  'packages/cli/src/unlisted/a.ts': "import '../support/low.ts';\n",
  'packages/cli/src/support/long.ts': '\n'.repeat(251),
  'packages/cli/test/support/absent.test.ts': "test('a m" + "end of a file', () => {});\n",
  'docs/a.md': 'It st' + 'ands here.\n',
};

function checkStructure(folder: string): Findings {
  const script = join(root, 'scripts/house.mjs');
  const options: ExecFileSyncOptionsWithStringEncoding = {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  };
  return JSON.parse(execFileSync(process.execPath, [script, folder, '--json'], options)) as Findings;
}
