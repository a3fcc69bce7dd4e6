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
import { sweepLeftovers } from '../../src/process/sweep-leftovers.ts';
import { kill, until } from '../support/talk.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };
const folder = await mkdtemp(join(tmpdir(), 'clarity-marks-'));
const started: number[] = [];
afterAll(() => {
  for (const pid of started) kill(pid);
});

/** Steps of a descendant before it sleeps. */
const STEPS = ['fork', 'setsid', 'ignore', 'clear', 'leave', 'close', 'again'] as const;

/** Returns a shell program that starts descendants by the given steps and writes their ids to a file. */
function program(list: string, steps: readonly string[], count = 1): string {
  const trap = steps.includes('ignore') ? "trap '' TERM HUP INT; " : '';
  const clear = steps.includes('clear') ? 'unset PATH_X HOME LANG; ' : '';
  const depth = steps.filter((step) => step === 'fork').length;
  const session = steps.includes('setsid') ? 'setsid ' : '';
  const leave = steps.includes('leave') ? 'cd /; ' : '';
  const close = steps.includes('close') ? 'exec 0<&- 1>&- 2>&-; ' : '';
  // A descendant that starts its successor and ends, as a daemon does.
  const again = steps.includes('again') ? `${session}sh -c "${leave}echo \\$\\$ >>${list}; exec sleep 300" &` : '';
  const last = again === '' ? `echo $$ >>${list}; ${close}exec sleep 300` : `${again} exit 0`;
  const leaf = `${session}sh -c '${leave}${last}' </dev/null >/dev/null 2>&1 &`;
  const leaves = Array.from({ length: count }, () => `${'( '.repeat(depth)}${leaf}${' )'.repeat(depth)}`);
  return `${trap}${clear}${leaves.join('\n')}\nexec cat`;
}

const pidsOf = (list: string): readonly number[] =>
  existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number) : [];

linux.test(
  'T-423 R18e Q24 law: no descendant outlives a stop or a boot, whatever it forks, leaves or ignores',
  async () => {
    let run = 0;
    const steps = fc.array(fc.constantFrom(...STEPS), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), fc.boolean(), async (given, count, isBoot) => {
        const list = join(folder, `list-${String((run += 1))}`);
        const bootId = `test-${String(process.pid)}-${String(run)}`;
        const child = await startGuarded({
          program: '/bin/sh',
          args: ['-c', program(list, given, count)],
          cwd: folder,
          env: { PATH: process.env['PATH'] ?? '', HOME: '/', CLARITY_SERVICE_ID: 'svc_test', CLARITY_BOOT_ID: bootId },
        });
        await until(() => pidsOf(list).length === count);
        started.push(...pidsOf(list));
        if (isBoot) {
          const startedAt = (await startTimeOf(child.pid)) ?? '';
          await sweepLeftovers([{ serviceId: 'svc_test', pid: child.pid, startedAt, bootId }]);
        } else {
          child.kill('SIGKILL');
          await child.ended;
          await endMarked((marked) => marked.bootId === bootId);
        }
        await child.ended;
        // An ended process without a parent stays a zombie until the system removes it; it has no start time.
        const times = await Promise.all(pidsOf(list).map(startTimeOf));
        expect(times.filter((time) => time !== undefined)).toEqual([]);
        expect((await markedProcesses()).filter((marked) => marked.bootId === bootId)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  },
);

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
