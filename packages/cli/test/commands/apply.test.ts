import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { manifestOf } from '../support/manifest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('apply registers and starts the output of export on another daemon', async () => {
  await using folder = await temporaryFolder();
  await using first = await fakeDaemon();
  await using second = await fakeDaemon();
  await writeFile(join(folder.path, 'two.json'), JSON.stringify([manifestOf('a'), manifestOf('b')]));
  const applied = await first.ctl(['apply', '-f', 'two.json'], { cwd: folder.path });
  expect(JSON.parse(applied.stdout)).toMatchObject({ ok: true, applied: 2 });
  const { stdout } = await first.ctl(['export'], { columns: 80 });
  await writeFile(join(folder.path, 'all.json'), stdout);
  expect((await second.ctl(['apply', '-f', 'all.json'], { cwd: folder.path })).exitCode).toBe(0);
  expect(JSON.parse((await second.ctl(['list'])).stdout)).toMatchObject({
    items: [
      { namespace: 'a', lifecycle: 'RUNNING' },
      { namespace: 'b', lifecycle: 'RUNNING' },
    ],
  });
  expect((await second.ctl(['export'])).stdout).toBe(stdout);
});

test('export redacts variable values; apply restores them on the same daemon only', async () => {
  await using folder = await temporaryFolder();
  await using first = await fakeDaemon();
  await using second = await fakeDaemon();
  const { spec, ...rest } = manifestOf('a');
  const origin = { ...spec.origin, env: [{ name: 'KEY', value: 'canary-4711' }] };
  await writeFile(join(folder.path, 'a.json'), JSON.stringify({ ...rest, spec: { ...spec, origin } }));
  await first.ctl(['apply', '-f', 'a.json'], { cwd: folder.path });
  const { stdout, stderr } = await first.ctl(['export']);
  expect(stdout).not.toContain('canary-4711');
  expect(stderr).toContain('values of environment variables are replaced by ***');
  await writeFile(join(folder.path, 'all.json'), stdout);
  expect((await first.ctl(['apply', '-f', 'all.json'], { cwd: folder.path })).exitCode).toBe(0);
  const refused = await second.ctl(['apply', '-f', 'all.json'], { cwd: folder.path });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('spec.origin.env[0].value');
});

test('apply continues after a rejected manifest, names its field and exits 1', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const bad = { ...manifestOf('bad'), kind: 'Other' };
  await writeFile(join(folder.path, 'x.json'), JSON.stringify({ items: [bad, manifestOf('good')] }));
  const { exitCode, stdout, stderr } = await daemon.ctl(['apply', '-f', 'x.json', '--no-start'], { cwd: folder.path });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('x.json[0]: ');
  expect(stderr).toContain('kind');
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    applied: 1,
    services: [{ ok: false }, { lifecycle: 'REGISTERED' }],
  });
});

test('apply applies a policy of a file before the manifest that uses it', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const manifest = manifestOf('a');
  const named = { ...manifest, spec: { ...manifest.spec, policyRef: 'careful' } };
  const policy = {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: 'careful' },
    spec: { denyTools: ['fn__add'] },
  };
  await writeFile(join(folder.path, 'x.json'), JSON.stringify([named, policy]));
  const { exitCode, stdout } = await daemon.ctl(['apply', '-f', 'x.json'], { cwd: folder.path });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    applied: 2,
    policies: [{ ok: true, policy: 'careful' }],
    services: [{ namespace: 'a', lifecycle: 'RUNNING' }],
  });
  const tested = await daemon.ctl(['policy', 'test', 'a', 'fn__add'], { columns: 120 });
  expect(tested).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("denyTools of policy 'careful'") });
  await writeFile(join(folder.path, 'y.json'), JSON.stringify({ ...policy, spec: { denyTool: [] } }));
  const refused = await daemon.ctl(['apply', '-f', 'y.json'], { cwd: folder.path });
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('spec.denyTool') });
});

test.each([
  ['{"half":', 'x.json cannot be applied: the file is not JSON'],
  ['[]', 'x.json cannot be applied: the file contains no manifest'],
])('apply rejects a file with the content %s', async (text, message) => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  await writeFile(join(folder.path, 'x.json'), text);
  const { exitCode, stderr } = await daemon.ctl(['apply', '-f', 'x.json'], { cwd: folder.path });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
});

test('unquarantine sends its reason; restart and details use their own routes', async () => {
  await using daemon = await fakeDaemon();
  await daemon.runtime.services.apply((await import('@clarity-runtime/core')).embeddedCaller, manifestOf('a'));
  expect((await daemon.ctl(['unquarantine', 'a', '--reason', 'mended'], { columns: 80 })).stdout).toContain('a (svc_');
  expect((await daemon.ctl(['restart', 'a'])).exitCode).toBe(0);
  const { events } = JSON.parse((await daemon.ctl(['details', 'a'])).stdout) as { events: { kind: string }[] };
  expect(events.map(({ kind }) => kind)).toContain('service.started');
  await daemon.ctl(['stop', 'a']);
  expect((await daemon.ctl(['unquarantine', 'a'])).stdout).not.toContain('"RUNNING"');
  expect((await daemon.ctl(['unquarantine', 'a', '--start'])).stdout).toContain('"RUNNING"');
});

test.each(['bash', 'zsh', 'fish'])('completion for %s asks the program for commands and their flags', async (shell) => {
  await using daemon = await fakeDaemon();
  const { exitCode, stdout } = await daemon.ctl(['completion', shell]);
  expect(exitCode).toBe(0);
  for (const program of ['clarityctl', 'clarity-runtime']) expect(stdout).toContain(program);
  expect(stdout).toContain(' __complete -- ');
  expect((await daemon.ctl(['__complete', '--', 'add-re'])).stdout).toMatch(/^add-remote\t/);
  expect((await daemon.ctl(['__complete', '--', 'add-remote', '--allow-t'])).stdout).toMatch(/^--allow-tools\t/);
  expect((await daemon.ctl(['completion', 'tcsh'])).exitCode).toBe(2);
});

test('events prints one JSON text per line, filtered when a service is named', async () => {
  await using daemon = await fakeDaemon();
  await daemon.ctl(['add-process', 'a', '--', 'x']);
  await daemon.ctl(['add-process', 'b', '--', 'x']);
  const { stdout } = await daemon.ctl(['events', 'a']);
  const shown = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; serviceId: string });
  expect(new Set(shown.map(({ serviceId }) => serviceId)).size).toBe(1);
  expect(shown.map(({ kind }) => kind)).toContain('service.started');
});

test('R73g apply --digest replaces the record that was shown, and exits 1 when it changed since', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const file = join(folder.path, 'a.json');
  await writeFile(file, JSON.stringify(manifestOf('a')));
  const apply = (digest: string) =>
    daemon.ctl(['apply', '-f', 'a.json', '--no-start', '--digest', digest], { cwd: folder.path });
  expect((await apply('none')).exitCode).toBe(0);
  expect((await apply('none')).stderr).toContain('the record changed since it was read');
  const details = JSON.parse((await daemon.ctl(['details', 'a'])).stdout) as { service: { digest: string } };
  const { digest } = details.service;
  const changed = manifestOf('a');
  await writeFile(file, JSON.stringify({ ...changed, spec: { ...changed.spec, autostart: false } }));
  expect((await apply(digest)).exitCode).toBe(0);
  const late = await apply(digest);
  expect([late.exitCode, late.stderr]).toEqual([1, expect.stringContaining('the record changed since it was read')]);
  expect((await apply('xyz')).stderr).toContain('--digest is not a digest');
  await writeFile(file, JSON.stringify([manifestOf('a'), manifestOf('b')]));
  expect((await apply(digest)).stderr).toContain('--digest needs a single manifest');
});
