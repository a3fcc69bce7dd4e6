import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startTimeOf } from '../../src/process/child-record.ts';
import { startGuarded } from '../../src/process/guarded-child.ts';
import { endMarked, markedProcesses } from '../../src/process/child-marks.ts';
import { kill, until } from '../support/talk.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };
const folder = await mkdtemp(join(tmpdir(), 'clarity-marks-'));
const started: number[] = [];
afterAll(() => {
  for (const pid of started) kill(pid);
});

/** Steps of a descendant before it sleeps. */
const STEPS = ['fork', 'setsid', 'ignore', 'clear'] as const;

/** Returns a shell program that starts descendants by the given steps and writes their ids to a file. */
function program(list: string, steps: readonly string[]): string {
  const trap = steps.includes('ignore') ? "trap '' TERM HUP INT; " : '';
  const clear = steps.includes('clear') ? 'unset PATH_X HOME LANG; ' : '';
  const depth = steps.filter((step) => step === 'fork').length;
  const session = steps.includes('setsid') ? 'setsid ' : '';
  const leaf = `${session}sh -c 'echo $$ >>${list}; exec sleep 300' </dev/null >/dev/null 2>&1 &`;
  return `${trap}${clear}${'( '.repeat(depth)}${leaf}${' )'.repeat(depth)}\nexec cat`;
}

const pidsOf = (list: string): readonly number[] =>
  existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number) : [];

linux.test('T-423 R18e law: descendants that fork, leave the session or ignore signals end with the mark', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { maxLength: 5 }), async (steps) => {
      const list = join(folder, `list-${String((run += 1))}`);
      const bootId = `test-${String(process.pid)}-${String(run)}`;
      const child = await startGuarded({
        program: '/bin/sh',
        args: ['-c', program(list, steps)],
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', HOME: '/', CLARITY_SERVICE_ID: 'svc_test', CLARITY_BOOT_ID: bootId },
      });
      await until(() => pidsOf(list).length === 1);
      started.push(...pidsOf(list));
      child.kill('SIGKILL');
      await child.ended;
      await endMarked((marked) => marked.bootId === bootId);
      // An ended process without a parent stays a zombie until the system removes it; it has no start time.
      const times = await Promise.all(pidsOf(list).map(startTimeOf));
      expect(times).toEqual([undefined]);
    }),
    { numRuns: 8 },
  );
});

linux.test('R18f Q24 the watcher ends marked descendants of another session when the daemon is killed', async () => {
  const list = join(folder, 'killed');
  const bootId = `killed-${String(process.pid)}`;
  const daemon = join(folder, 'daemon.mts');
  const source = new URL('../../src/process/guarded-child.ts', import.meta.url).href;
  appendFileSync(
    daemon,
    `import { startTimeOf } from '../../src/process/child-record.ts';
import { startGuarded } from ${JSON.stringify(source)};
await startGuarded({ program: '/bin/sh', args: ['-c', ${JSON.stringify(program(list, ['setsid', 'fork', 'ignore']))}], cwd: ${JSON.stringify(folder)},
  env: { PATH: ${JSON.stringify(process.env['PATH'])}, CLARITY_SERVICE_ID: 'svc_killed', CLARITY_BOOT_ID: ${JSON.stringify(bootId)} } });
setInterval(() => undefined, 1000);`,
  );
  const { nodeArgs } = await import('../support/process-service.ts');
  const parent = spawn(process.execPath, [...nodeArgs(daemon)], { stdio: 'ignore' });
  await until(() => pidsOf(list).length === 1);
  started.push(...pidsOf(list));
  parent.kill('SIGKILL');
  for (let left = 1; left > 0;) {
    left = (await Promise.all(pidsOf(list).map(startTimeOf))).filter((time) => time !== undefined).length;
    await delay(20);
  }
  expect((await markedProcesses()).filter((marked) => marked.bootId === bootId)).toEqual([]);
});
