import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { readText, root } from './workspace-files.ts';

const FOLDER = 'packages/cli/man';
const CAPTURE = 'packages/cli/test/integration/captures/help.txt';
const PROGRAMS: Readonly<Record<string, string>> = {
  clarityd: 'daemon and gateway for MCP services',
  clarityctl: 'operate a Clarity daemon',
  clarityc: 'compile Clarity sources',
  'clarity-runtime': 'run a Clarity daemon in the background',
};

test('each program has a manual page that the package installs', async () => {
  const names = Object.keys(PROGRAMS).map((program) => `${program}.1`);
  expect((await readdir(join(root, FOLDER))).sort()).toEqual([...names].sort());
  const manifest = JSON.parse(await readText('packages/cli/package.json')) as {
    bin: object;
    man: unknown;
    files: string[];
  };
  expect(Object.keys(manifest.bin).sort()).toEqual(Object.keys(PROGRAMS).sort());
  expect(manifest.man).toEqual(names.map((name) => `./man/${name}`).sort());
  expect(manifest.files).toContain('man');
});

/** After a change of a command: `npm run build`, then `UPDATE_GENERATED=1 npm test -- test/house/man-pages`. */
test.each(Object.keys(PROGRAMS))('the manual page of %s has the help of all its commands', async (program) => {
  const path = `${FOLDER}/${program}.1`;
  const generated = await pageOf(program);
  if (process.env['UPDATE_GENERATED'] === '1') {
    await mkdir(join(root, FOLDER), { recursive: true });
    await writeFile(join(root, path), generated);
  }
  expect(await readText(path)).toBe(generated);
});

async function pageOf(program: string): Promise<string> {
  const run = promisify(execFile);
  const env = { ...process.env, COLUMNS: '80', NO_COLOR: '1' };
  const { stdout } = await run(process.execPath, [join(root, `packages/cli/bin/${program}.js`), '--help'], { env });
  const commands = program === 'clarityctl' ? await commandPages() : [];
  return [
    `.TH ${program.toUpperCase()} 1 "" "Clarity Runtime" "User Commands"`,
    '.SH NAME',
    `${roff(program)} \\- ${roff(PROGRAMS[program] ?? '')}`,
    '.SH SYNOPSIS',
    verbatim(stdout),
    ...(commands.length === 0 ? [] : ['.SH COMMANDS', ...commands]),
    '.SH FILES',
    '.TP',
    '.I .clarity',
    'The state of a workspace: services, policies, secrets, audit. See the guide to backups.',
    '.SH SEE ALSO',
    ...Object.keys(PROGRAMS)
      .filter((other) => other !== program)
      .map((other, i, all) => `.BR ${roff(other)} (1)${i === all.length - 1 ? '' : ','}`),
    '',
  ].join('\n');
}

async function commandPages(): Promise<readonly string[]> {
  const capture = await readText(CAPTURE);
  return [...capture.matchAll(/^\$ clarityctl ([a-z]\S*) --help\n([\s\S]*?)(?=^\$ |(?![\s\S]))/gm)].flatMap(
    ([, command = '', page = '']) => [`.SS ${roff(command)}`, verbatim(page)],
  );
}

const verbatim = (text: string): string => ['.nf', ...text.trimEnd().split('\n').map(roff), '.fi'].join('\n');

/** Escapes text for roff: backslashes, hyphens that readers copy, and control characters at the start of a line. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
