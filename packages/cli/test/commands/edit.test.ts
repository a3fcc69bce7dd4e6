import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedCaller } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A daemon with the service `mem`, and an editor that runs a script of sed on each text and keeps the texts. */
async function editing(...scripts: readonly string[]) {
  const folder = await temporaryFolder();
  const daemon = await fakeDaemon();
  const editor = join(folder.path, 'editor');
  const each = scripts.map((script, at) => `${String(at + 1)}) sed -i '${script}' "$2" ;;`).join('\n');
  await writeFile(
    editor,
    `#!/bin/sh\n[ "$1" = "--wait now" ] || exit 3\nwhile [ -f ${folder.path}/wait ]; do sleep 0.02; done\necho x >> ${folder.path}/count\nn=$(wc -l < ${folder.path}/count | tr -d ' ')\ncp "$2" ${folder.path}/text-$n\ncase $n in\n${each}\n*) ;;\nesac\n`,
  );
  await chmod(editor, 0o700);
  const { stdout } = await daemon.ctl([
    'add',
    'mem',
    '--keep-plain',
    'KEY',
    '--env',
    'KEY=canary-4711',
    '--',
    'node',
    'a.mjs',
  ]);
  return {
    ...{ daemon, folder },
    serviceId: (JSON.parse(stdout) as { serviceId: string }).serviceId,
    edit: (...argv: string[]) =>
      daemon.ctl(['edit', 'mem', ...argv], {
        env: { EDITOR: `'${editor}' "--wait now"`, PATH: process.env['PATH'] ?? '' },
      }),
    text: (number: number) => readFile(join(folder.path, `text-${String(number)}`), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('edit applies the changed manifest and keeps hidden values', async () => {
  await using user = await editing('s/autostart: true/autostart: false/');
  const { exitCode, stdout } = await user.edit();
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    changed: true,
    changes: [{ field: 'spec.autostart', from: 'true', to: 'false' }],
  });
  const { service } = user.daemon.runtime.services.get(embeddedCaller, user.serviceId);
  expect(service.manifest.spec).toMatchObject({
    autostart: false,
    origin: { env: [{ name: 'KEY', value: 'canary-4711' }] },
  });
  expect(await user.text(1)).not.toContain('canary-4711');
});

test('edit of the command moves the name to the new target, with the id before', async () => {
  await using user = await editing('s/a\\.mjs/b.mjs/');
  const { exitCode, stdout } = await user.edit();
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ service: { namespace: 'mem', runtime: { lifecycle: 'RUNNING' } } });
  const found = user.daemon.runtime.services.get(embeddedCaller, user.serviceId).service;
  expect(found.serviceId).not.toBe(user.serviceId);
  expect(found.manifest.spec.origin).toMatchObject({ args: ['b.mjs'], env: [{ name: 'KEY', value: 'canary-4711' }] });
});

test('edit changes nothing when the text is the same, invalid, or of a record that changed meanwhile', async () => {
  await using same = await editing();
  expect(JSON.parse((await same.edit()).stdout)).toEqual({ ok: true, changed: false });
  await using wrong = await editing('s/autostart: true/autostart: soon/');
  expect(await wrong.edit()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('spec.autostart') });
  await using broken = await editing('s/^spec:/spec: [/');
  expect(await broken.edit()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not valid YAML') });
  await using late = await editing('s/autostart: true/autostart: false/');
  const wait = join(late.folder.path, 'wait');
  await writeFile(wait, '');
  const running = late.edit();
  const { service } = late.daemon.runtime.services.get(embeddedCaller, late.serviceId);
  const changed = { ...service.manifest, spec: { ...service.manifest.spec, pinInterface: true } };
  const reads = late.daemon.runtime.services.get.bind(late.daemon.runtime.services);
  await new Promise<void>((resolve) => {
    late.daemon.runtime.services.get = (...given) => {
      setImmediate(resolve);
      return reads(...given);
    };
  });
  await late.daemon.runtime.services.apply(embeddedCaller, changed);
  await rm(wait);
  const refused = await running;
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the record changed') });
});

test('edit without an editor is a usage error, and no text stays in the temporary folder', async () => {
  await using user = await editing();
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('clarity-edit-'));
  expect(await user.daemon.ctl(['edit', 'mem'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no editor is set'),
  });
  const failing = await user.daemon.ctl(['edit', 'mem'], { env: { VISUAL: 'false', PATH: process.env['PATH'] ?? '' } });
  expect(failing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the editor ended with 1') });
  const after = (await readdir(tmpdir())).filter((name) => name.startsWith('clarity-edit-'));
  expect(after.filter((name) => !before.includes(name))).toEqual([]);
});
