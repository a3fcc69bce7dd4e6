import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lockDetail, permissionsDetail } from '../../src/commands/doctor-checks.ts';
import type { CommandContext } from '../../src/command-support/command-context.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const contextOf = (cwd: string) => ({ cwd }) as unknown as CommandContext;

test('T-397 doctor follows no link in place of the lock file or of the folder', async () => {
  await using workspace = await temporaryFolder();
  await using elsewhere = await temporaryFolder();
  const [root, outside] = [workspace.path, elsewhere.path];
  const runtime = join(root, '.clarity', 'runtime');
  expect(await lockDetail(contextOf(root))).toBe('no daemon uses this workspace');
  await mkdir(runtime, { recursive: true, mode: 0o700 });
  await writeFile(join(outside, 'other'), JSON.stringify({ pid: 4_194_300, url: 'http://secret.example' }));
  await symlink(join(outside, 'other'), join(runtime, 'daemon.lock'));
  await expect(lockDetail(contextOf(root))).rejects.toThrow('the path is a link');
  await rm(runtime, { recursive: true });
  await symlink(outside, runtime);
  await expect(permissionsDetail(contextOf(root))).rejects.toThrow('the path is a link');
});

test('lockDetail reports a file that is not a lock', async () => {
  await using workspace = await temporaryFolder();
  const root = workspace.path;
  await mkdir(join(root, '.clarity', 'runtime'), { recursive: true });
  await writeFile(join(root, '.clarity', 'runtime', 'daemon.lock'), 'not JSON');
  await expect(lockDetail(contextOf(root))).rejects.toThrow('is not a lock file of clarityd');
});
