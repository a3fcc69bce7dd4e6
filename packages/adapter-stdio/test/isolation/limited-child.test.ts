import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import type { ResourceLimits } from '@clarity-runtime/core';
import { startLimited } from '../../src/isolation/limited-child.ts';
import { processSystem } from '../../src/process/system-of-platform.ts';
import { UsageWatch } from '../../src/isolation/usage-watch.ts';
import { endMarked, markedProcesses } from '../../src/process/child-marks.ts';
import { until } from '../support/talk.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };
const watch = new UsageWatch();
let count = 0;

async function run(script: string, resources: ResourceLimits, program: readonly string[] = ['/bin/sh', '-c']) {
  const bootId = `limits-${String(process.pid)}-${String((count += 1))}`;
  const [command = '', ...args] = program;
  const child = await startLimited({
    system: processSystem(),
    program: command,
    args: [...args, script],
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', CLARITY_SERVICE_ID: 'svc_limits', CLARITY_BOOT_ID: bootId },
    resources,
    bootId,
    watch,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.resume();
  return { child, bootId, output: () => output };
}

const node = [process.execPath, '-e'];
const ALLOCATE = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(20_000_000, 1)), 5)';

linux.test.each([
  ['allocates memory', ALLOCATE, node, { memoryBytes: 150_000_000 }, 'memoryBytes'],
  ['starts processes', 'while :; do sleep 60 & done', undefined, { processes: 20 }, 'processes'],
  [
    'starts processes in other sessions and groups',
    'while :; do setsid -f sleep 60; sleep 0.01; done',
    undefined,
    { processes: 20 },
    'processes',
  ],
  [
    'starts processes without the mark',
    'while :; do env -u CLARITY_BOOT_ID sleep 60 & done',
    undefined,
    { processes: 20 },
    'processes',
  ],
  ['uses the processor', 'while :; do :; done', undefined, { cpuSeconds: 1 }, 'cpuSeconds'],
  [
    'uses the processor in two processes',
    'sh -c "while :; do :; done" & while :; do :; done',
    undefined,
    { cpuSeconds: 1 },
    'cpuSeconds',
  ],
] as const)('T-362 R18h a child that %s ends with the limit as reason, and so does its tree', async (...row) => {
  const [, script, program, limits, name] = row;
  const { child, bootId } = await run(script, limits, program);
  try {
    expect(await child.ended).toContain(`spec.limits.${name} allows`);
    expect(child.exceeded()).toMatchObject({ field: `spec.limits.${name}` });
    await until(async () => (await markedProcesses()).every((marked) => marked.bootId !== bootId));
  } finally {
    await endMarked((marked) => marked.bootId === bootId);
  }
});

linux.test('R18h a child within its limits runs on, and its kernel limits are those of the manifest', async () => {
  const limits = { memoryBytes: 64_000_000, processes: 5, cpuSeconds: 60, openFiles: 50 };
  const { child, output } = await run(
    'ulimit -n; ulimit -t; sleep 60 & sleep 60 & sleep 1; echo done; exec cat',
    limits,
  );
  await until(() => output().endsWith('done\n'));
  expect(output()).toBe('50\n60\ndone\n');
  expect(child.exceeded()).toBeUndefined();
  child.stdin.end();
  expect(await child.ended).toBe('the process exited with code 0');
});

linux.test('R18h a limit of one child does not end another', async () => {
  const calm = await run('sleep 60 & exec cat', { processes: 3 });
  const wild = await run('while :; do sleep 60 & done', { processes: 10 });
  expect(await wild.child.ended).toContain('spec.limits.processes');
  expect(calm.child.exceeded()).toBeUndefined();
  calm.child.stdin.end();
  expect(await calm.child.ended).toBe('the process exited with code 0');
});
