import { chmod, lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Checks = { checks: readonly { name: string; status: string; detail: string; fix?: string }[]; fixed?: string[] };

test('doctor names the missing program, folder and files of each service, and exits with 1', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const ctl = (...argv: string[]) => daemon.ctl(argv, { cwd: folder.path, env: { PATH: '/bin:/usr/bin' } });
  const clean = JSON.parse((await ctl('doctor')).stdout) as Checks;
  expect(clean.checks.find(({ name }) => name === 'launch')).toMatchObject({ status: 'pass' });
  daemon.startFailure = new ClarityError('PROCESS_START_FAILED', 'it has no program');
  await ctl('add', 'gone', '--env-file', 'absent.env', '--', 'absent-program');
  await ctl('add', 'away', '--cwd', 'nowhere', '--', 'sh');
  await ctl('add', 'https://mcp.example.com/mcp', '--ca', join(folder.path, 'absent.pem'));
  const { exitCode, stdout } = await ctl('doctor');
  expect(exitCode).toBe(1);
  const found = (JSON.parse(stdout) as Checks).checks.find(({ name }) => name === 'launch');
  expect(found).toMatchObject({ status: 'fail', fix: 'correct it with `clarityctl edit away`' });
  for (const part of [
    `away: the folder ${join(folder.path, 'nowhere')} does not exist`,
    `gone: the env file ${join(folder.path, 'absent.env')} does not exist`,
    'gone: the program absent-program is not on the PATH',
    `example: the certificate file ${join(folder.path, 'absent.pem')} does not exist`,
  ])
    expect(found?.detail).toContain(part);
});

test('doctor does not check the program of a service that runs: the daemon may have another PATH', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  await daemon.ctl(['add', 'fine', '--', 'program-of-the-daemon'], { cwd: folder.path });
  const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  expect((JSON.parse(stdout) as Checks).checks.find(({ name }) => name === 'launch')?.status).toBe('pass');
});

test('doctor --fix makes the state private, reports it, and finds nothing the second time', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const state = join(folder.path, '.clarity/runtime');
  await mkdir(state, { recursive: true });
  await chmod(state, 0o755);
  const fixed = JSON.parse((await daemon.ctl(['doctor', '--fix'], { cwd: folder.path })).stdout) as Checks;
  expect(fixed.fixed).toEqual([`made ${state} private to its owner`]);
  expect((await lstat(state)).mode & 0o777).toBe(0o700);
  expect(fixed.checks.find(({ name }) => name === 'permissions')).toMatchObject({ status: 'pass' });
  const again = JSON.parse((await daemon.ctl(['doctor', '--fix'], { cwd: folder.path })).stdout) as Checks;
  expect(again.fixed).toEqual([]);
});

test('doctor exits with 1 and names cause and command when a service failed', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  daemon.startFailure = new ClarityError('SERVICE_LOST', 'it ended');
  await daemon.ctl(['add', 'gone', '--', 'sh'], { cwd: folder.path });
  const { exitCode, stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
  const found = (JSON.parse(stdout) as Checks).checks.find(({ name }) => name === 'services');
  expect([exitCode, found?.status]).toEqual([1, 'fail']);
  expect(found?.fix).not.toBe('');
});

test('doctor reports placeholders, references without a value and certificates that end', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const ctl = (...argv: string[]) => daemon.ctl(argv, { cwd: folder.path, env: { PATH: '/bin:/usr/bin' } });
  await writeFile(join(folder.path, 'ca.pem'), 'not a certificate');
  daemon.startFailure = new ClarityError('PROCESS_START_FAILED', 'it has no program');
  await ctl('add', 'note', '--env', 'LOGIN=plain:<YOUR_LOGIN>', '--env', 'KEY=secret:file:absent', '--', 'sh');
  await ctl('add', 'https://mcp.example.com/mcp', '--ca', join(folder.path, 'ca.pem'));
  const { exitCode, stdout } = await ctl('doctor', 'note');
  const { checks, findings } = JSON.parse(stdout) as Checks & { findings: readonly object[] };
  expect([exitCode, checks.map(({ name }) => name)]).toEqual([1, ['services', 'settings', 'tools', 'launch']]);
  expect(findings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: 'D1', level: 'fail', service: 'note' }),
      expect.objectContaining({
        id: 'D5',
        level: 'warn',
        service: 'note',
        text: expect.stringContaining('is a placeholder'),
      }),
      expect.objectContaining({ id: 'D2', service: 'note', fix: '`clarityctl auth set-secret file:absent -`' }),
    ]),
  );
  const all = JSON.parse((await ctl('doctor')).stdout) as { findings: readonly { service?: string; text: string }[] };
  expect(all.findings.find(({ service, text }) => service === 'example' && text.includes('ca.pem'))?.text).toContain(
    'is not a certificate in PEM form',
  );
  expect((await ctl('doctor', 'nope')).stderr).toContain("service 'nope' does not exist");
});
