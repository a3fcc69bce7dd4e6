import { execFileSync, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };
type Checks = { checks: readonly { name: string; status: string; detail: string; fix?: string }[] };

/** Returns the id of a process that has the marks of a child and no parent. */
const orphan = (serviceId: string): number =>
  Number(
    execFileSync('/bin/sh', ['-c', 'sleep 300 >/dev/null 2>&1 & echo $!'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], CLARITY_SERVICE_ID: serviceId, CLARITY_BOOT_ID: `gone-${serviceId}` },
    }),
  );

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The repair has ended it.
  }
};

linux.test(
  'T-367 R04d [first-hour.36] doctor lists processes of an earlier daemon with the command that ends them',
  async () => {
    await using folder = await temporaryFolder();
    await using daemon = await fakeDaemon();
    const runtime = join(folder.path, '.clarity/runtime');
    await mkdir(runtime, { recursive: true, mode: 0o700 });
    const serviceId = `svc_left${String(process.pid)}`;
    const env = { PATH: process.env['PATH'], CLARITY_SERVICE_ID: serviceId, CLARITY_BOOT_ID: 'of-this-process' };
    const owned = spawn('sleep', ['300'], { stdio: 'ignore', env });
    const [left, foreign] = [orphan(serviceId), orphan(`${serviceId}0`)];
    try {
      await writeFile(
        join(runtime, 'children.json'),
        JSON.stringify({ version: 1, children: [{ serviceId, pid: 1, startedAt: '' }] }),
      );
      const { stdout } = await daemon.ctl(['doctor'], { cwd: folder.path });
      const found = (JSON.parse(stdout) as Checks).checks.find(({ name }) => name === 'processes');
      expect(found).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(new RegExp(`^left of an earlier daemon: ${String(left)} \\(${serviceId}, \\d+`)),
        fix: `run kill -KILL ${String(left)}, or start clarityd in this workspace`,
      });
      const repaired = await daemon.ctl(['doctor', '--fix'], { cwd: folder.path });
      expect(JSON.parse(repaired.stdout)).toMatchObject({
        fixed: [`ended process ${String(left)} of ${serviceId}`],
        checks: expect.arrayContaining([expect.objectContaining({ name: 'processes', status: 'pass' })]),
      });
      process.kill(foreign, 0);
    } finally {
      owned.kill('SIGKILL');
      for (const pid of [left, foreign]) killIfThere(pid);
    }
  },
);
