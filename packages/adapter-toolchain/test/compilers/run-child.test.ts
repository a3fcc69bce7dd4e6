import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { runChild, type ChildResult } from '../../src/compilers/run-child.ts';
import { codeOf } from '../../src/support/error-text.ts';

const node = (script: string, timeoutMs = 60_000): Promise<ChildResult> =>
  runChild({ command: process.execPath, args: ['-e', script], cwd: process.cwd(), env: {}, timeoutMs });

test('runChild returns both streams and the exit code', async () => {
  expect(await node('process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3')).toEqual({
    exitCode: 3,
    output: expect.stringMatching(/^(outerr|errout)$/),
    ended: 'exit',
  });
});

test('T-293 runChild truncates endless output and stops the program', async () => {
  const { ended, output } = await node('for (;;) require("fs").writeSync(1, "x".repeat(65536))');
  expect(ended).toBe('output limit');
  expect(output).toHaveLength(256 * 1024);
});

test('T-293 runChild kills the process group at the timeout', async () => {
  const { ended, output, exitCode } = await node(
    `process.on('SIGTERM', () => {});
     const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
     console.log(child.pid); setInterval(() => {}, 1000);`,
    1_500,
  );
  expect([ended, exitCode]).toEqual(['timeout', null]);
  await gone(Number(output));
});

test('T-293 runChild kills a grandchild that outlives its parent', async () => {
  const { ended, output } = await node(
    `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
     console.log(child.pid); child.unref(); process.exit(0);`,
  );
  expect(ended).toBe('exit');
  await gone(Number(output));
});

test('runChild rejects with ENOENT when the program does not exist', async () => {
  const run = runChild({ command: '/absent/clarityc', args: [], cwd: process.cwd(), env: {}, timeoutMs: 1_000 });
  await expect(run).rejects.toMatchObject({ code: 'ENOENT' });
});

/** Waits until a killed process is reaped. */
async function gone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  for (let left = 200; left > 0; left -= 1) {
    if (!lives(pid)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`process ${String(pid)} still lives`);
}

/** Returns true also for a zombie, which its parent has not reaped yet. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch (error) {
    return codeOf(error) === 'ENOENT' && process.platform !== 'linux';
  }
}
