import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

/** Runs `clarityctl` with a `systemctl` that records its arguments and ends with `exitCode`. */
async function ctl(folder: TemporaryFolder, argv: readonly string[], exitCode = 0) {
  const bin = join(folder.path, 'bin');
  await mkdir(bin, { recursive: true });
  const script = `#!/bin/sh\necho "$@" >> "${folder.path}/called"\necho active\nexit ${String(exitCode)}\n`;
  await writeFile(join(bin, 'systemctl'), script);
  await chmod(join(bin, 'systemctl'), 0o755);
  const stdout = capture(80);
  const stderr = capture(80);
  const env = { HOME: folder.path, PATH: `${bin}:/usr/bin:/bin`, NO_COLOR: '1' };
  const code = await runCtl({ argv, cwd: folder.path, stdout, stderr, env });
  return { exitCode: code, stdout: stdout.text, stderr: stderr.text };
}

const isLinux = process.platform === 'linux' ? test : test.skip;

isLinux('service install writes and enables a user unit, status reads it, and uninstall removes it', async () => {
  await using folder = await temporaryFolder();
  const unit = join(folder.path, '.config', 'systemd', 'user', 'clarity-runtime.service');
  const called = (): Promise<string> => readFile(join(folder.path, 'called'), 'utf8');
  const trial = await ctl(folder, ['service', 'install', '--dry-run']);
  expect(trial.stdout).toContain(`would write ${unit}:\n  [Unit]\n`);
  expect(trial.stdout).toContain('would run: systemctl --user enable --now clarity-runtime.service\n');
  await expect(readFile(unit)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(called()).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await ctl(folder, ['service', 'status'], 3)).toMatchObject({ exitCode: 1 });
  expect(await ctl(folder, ['service', 'uninstall'])).toMatchObject({
    exitCode: 1,
    stderr: 'error: the login service is not installed\n',
  });
  expect(await ctl(folder, ['daemon', 'install'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`the daemon starts at login (systemd): ${unit}`),
  });
  expect(await readFile(unit, 'utf8')).toContain(
    `"--workspace" "${folder.path}/.local/share/clarity-runtime" "--port" "4707"`,
  );
  expect(await ctl(folder, ['service', 'status'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('active'),
  });
  expect(await ctl(folder, ['service', 'uninstall'])).toMatchObject({ exitCode: 0 });
  await expect(readFile(unit)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await called()).split('\n')).toEqual([
    '--user is-active clarity-runtime.service',
    '--user daemon-reload',
    '--user enable --now clarity-runtime.service',
    '--user is-active clarity-runtime.service',
    '--user disable --now clarity-runtime.service',
    '',
  ]);
});

isLinux('service install fails with the output of systemctl and another way', async () => {
  await using folder = await temporaryFolder();
  expect(await ctl(folder, ['service', 'install'], 1)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^error: `systemctl --user daemon-reload` failed with exit code 1: active\nhint: .*`clarity-runtime up`/,
    ),
  });
});
