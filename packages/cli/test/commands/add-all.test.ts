import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findSources } from '@clarity-runtime/adapter-toolchain';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const source = (name: string): string => `module ${name}\n\nfunction one() -> Int64 { 1 }\n`;

async function tree() {
  const folder = await temporaryFolder();
  const at = (path: string): string => join(folder.path, path);
  for (const path of ['deep/app', 'node_modules/x', '.hidden']) await mkdir(at(path), { recursive: true });
  await writeFile(at('b.clarity'), source('b'));
  await writeFile(at('a.clarity'), source('a'));
  await writeFile(at('deep/c.clarity'), source('c'));
  await writeFile(at('deep/app/main.clarity'), source('app'));
  await writeFile(at('node_modules/x/no.clarity'), source('no'));
  await writeFile(at('.hidden/no.clarity'), source('no'));
  return folder;
}

test('[cli.add-all] [cli.add-all.default-dir] add-all adds the sources of the current folder only', async () => {
  await using folder = await tree();
  await using daemon = await fakeDaemon();
  const { exitCode, stdout } = await daemon.ctl(['add-all'], { cwd: folder.path });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    rootDir: folder.path,
    scanned: 2,
    added: 2,
    services: [{ namespace: 'a' }, { namespace: 'b' }],
  });
});

test('[cli.add-all.recursive] add-all includes subfolders; a main source gets the name of its folder', async () => {
  await using folder = await tree();
  await using daemon = await fakeDaemon();
  const { stdout } = await daemon.ctl(['add-all', '.', '--recursive'], { cwd: folder.path });
  const { services } = JSON.parse(stdout) as { services: readonly { namespace: string }[] };
  expect(services.map(({ namespace }) => namespace)).toEqual(['a', 'b', 'app', 'c']);
});

test('add-all adds the other sources, reports the error and exits 1 when one source fails', async () => {
  await using folder = await tree();
  await using daemon = await fakeDaemon();
  await writeFile(join(folder.path, 'a.clarity'), 'module a\nfunction f() -> Int64 { "x" }\n');
  const { exitCode, stdout } = await daemon.ctl(['add-all'], { cwd: folder.path });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    added: 1,
    services: [{ ok: false, error: expect.stringContaining('a.clarity does not compile') }, { ok: true }],
  });
  const shown = await daemon.ctl(['add-all'], { cwd: folder.path, columns: 100 });
  expect(shown.stdout).toContain('1 of 2 sources added\n');
});

test('add-all exits 0 for an empty folder and fails for a missing folder', async () => {
  await using folder = await tree();
  await using daemon = await fakeDaemon();
  await mkdir(join(folder.path, 'empty'));
  const { exitCode, stdout } = await daemon.ctl(['add-all', 'empty'], { cwd: folder.path });
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ note: 'no .clarity files found' })]);
  expect(await daemon.ctl(['add-all', 'absent'], { cwd: folder.path })).toMatchObject({ exitCode: 1 });
});

test('T-291 add-all skips link loops and pipes, and rejects folders above its limits', async () => {
  await using folder = await tree();
  await symlink(folder.path, join(folder.path, 'deep', 'loop'));
  await symlink(join(folder.path, 'a.clarity'), join(folder.path, 'link.clarity'));
  execFileSync('mkfifo', [join(folder.path, 'pipe.clarity')]);
  const { paths } = await findSources(folder.path, '.', { recursive: true });
  expect(paths.map((path) => path.slice(folder.path.length + 1))).toEqual([
    'a.clarity',
    'b.clarity',
    'deep/app/main.clarity',
    'deep/c.clarity',
  ]);
  const find = (limits: { entries: number; sources: number }) =>
    findSources(folder.path, '.', { recursive: true, limits });
  await expect(find({ entries: 3, sources: 10 })).rejects.toThrow('contains more than');
  await expect(find({ entries: 100, sources: 3 })).rejects.toThrow('contains more than');
});
