import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childProcess, remote } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FLAGS = [
  '--max-memory',
  '512MiB',
  '--max-processes',
  '32',
  '--max-cpu-seconds',
  '600',
  '--max-open-files',
  '256',
];
const limits = { memoryBytes: 536_870_912, processes: 32, cpuSeconds: 600, openFiles: 256 };

test('R18h R04c add-process writes limits and sandbox of its flags to the manifest', async () => {
  await using daemon = await fakeDaemon();
  const argv = ['add-process', 'notes', ...FLAGS, '--sandbox', 'required', '--no-start', '--', 'node'];
  const { exitCode, stderr } = await daemon.ctl(argv);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(daemon.admitted).toMatchObject([{ spec: { limits, sandbox: 'required' } }]);
  await daemon.ctl(['add-process', 'plain', '--no-start', '--', 'node']);
  expect(JSON.stringify(daemon.admitted[1])).not.toMatch(/limits|sandbox/);
});

test('R18h R04c apply sets limits and sandbox in manifests of child processes only', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const path = join(folder.path, 'services.json');
  const own = childProcess('node', ['x'], { limits: { memoryBytes: 33_554_432, processes: 4 } });
  await writeFile(path, JSON.stringify([own, remote('https://example.com/mcp')]));
  const { exitCode } = await daemon.ctl([
    'apply',
    '-f',
    path,
    '--no-start',
    '--max-processes',
    '9',
    '--sandbox',
    'auto',
  ]);
  expect(exitCode).toBe(0);
  expect(daemon.admitted[0]?.spec).toMatchObject({
    limits: { memoryBytes: 33_554_432, processes: 9 },
    sandbox: 'auto',
  });
  expect(JSON.stringify(daemon.admitted[1])).not.toMatch(/limits|sandbox/);
});

test.each([
  ['--max-memory', '1m'],
  ['--max-memory', '12 apples'],
  ['--max-memory', '2t'],
  ['--max-processes', '0'],
  ['--max-open-files', '1.5'],
  ['--sandbox', 'maybe'],
])('R18h %s %s is refused with the valid form', async (flag, value) => {
  await using daemon = await fakeDaemon();
  const { exitCode, stderr } = await daemon.ctl(['add-process', 'notes', flag, value, '--no-start', '--', 'node']);
  expect([exitCode, daemon.admitted.length]).toEqual([2, 0]);
  expect(stderr).toContain(`${flag} must be`);
});
