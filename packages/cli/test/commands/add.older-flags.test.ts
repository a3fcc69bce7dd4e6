import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('[cli.add-local] [cli.add-local.flags] add-local registers a compiled module without starting it', async () => {
  await using daemon = await fakeDaemon();
  const argv = ['add-local', '--source', 'a.clarity', '--module', 'm', '--wasm', 'out/a.wasm'];
  const { exitCode, stdout, stderr } = await daemon.ctl(argv, { cwd: '/src' });
  expect(exitCode).toBe(0);
  expect(stderr).toContain('warning: `add-local` is deprecated');
  expect(JSON.parse(stdout)).toMatchObject({
    service: {
      manifest: {
        metadata: { sourceFile: '/src/a.clarity', module: 'm' },
        spec: { origin: { wasmPath: '/src/out/a.wasm' } },
      },
      runtime: { lifecycle: 'REGISTERED' },
    },
  });
  for (const missing of ['--source', '--module', '--wasm']) {
    const at = argv.indexOf(missing);
    const refused = await daemon.ctl(argv.toSpliced(at, 2), { cwd: '/src' });
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`error: ${missing} is missing`) });
  }
});

test('[cli.start-source] [cli.start-source.flags] start-source compiles, registers and starts a source', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  await writeFile(join(folder.path, 'a.clarity'), 'module a\n\nfunction one() -> Int64 { 1 }\n');
  const flags = ['--source', 'a.clarity', '--module', 'm', '--wasm', 'x.wasm'];
  const { exitCode, stdout, stderr } = await daemon.ctl(['start-source', ...flags], { cwd: folder.path });
  expect([exitCode, stderr]).toEqual([0, 'warning: `start-source` is deprecated: use `add <service>`\n']);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, module: 'm', wasmPath: join(folder.path, 'x.wasm') });
  expect((await daemon.ctl(['start-source'])).exitCode).toBe(2);
});
