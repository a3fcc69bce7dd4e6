import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { fakeRegistry, installUser } from '../support/install-user.ts';
import { zipFile } from '../support/zip-file.ts';

const bundleManifest = {
  name: 'Notes',
  version: '2.0.0',
  server: {
    type: 'node',
    entry_point: 'server/index.js',
    mcp_config: {
      command: 'node',
      args: ['${__dirname}/server/index.js', '${user_config.dirs}'],
      env: { KEY: '${user_config.key}', MODE: '${user_config.mode}' },
    },
  },
  user_config: {
    dirs: { type: 'directory', multiple: true, default: ['/a', '/b'] },
    key: { type: 'string', sensitive: true, required: true },
    mode: { type: 'string' },
  },
};
const bundle = (parts: readonly { name: string; text?: string }[] = []): Buffer =>
  zipFile([
    { name: 'manifest.json', text: JSON.stringify(bundleManifest) },
    { name: 'server/index.js', text: '// run' },
    ...parts,
  ]);

test('[first-hour.17] a bundle is unpacked below .clarity, and runs with this Node.js', async () => {
  await using me = await installUser();
  const bytes = bundle();
  await me.write('notes.mcpb', bytes);
  const { exitCode, stderr } = await me.ctl('install', 'notes.mcpb', '--set', 'key=CANARYnotes', '--yes');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const folder = join(me.cwd, '.clarity', 'bundles', sha256Hex(bytes));
  expect(await readFile(join(folder, 'server', 'index.js'), 'utf8')).toBe('// run');
  expect(me.daemon.admitted).toMatchObject([
    {
      spec: {
        origin: {
          command: process.execPath,
          args: [`${folder}/server/index.js`, '/a', '/b'],
          cwd: folder,
          env: [{ name: 'KEY', secretRef: 'file:install/notes/key' }],
        },
      },
    },
  ]);
  expect((await me.ctl('install', 'notes.mcpb', '--name', 'again', '--set', 'key=x', '--yes')).exitCode).toBe(0);
});

test('[first-hour.17] T-456 a bundle with another digest, or with a path out of it, is refused and not unpacked', async () => {
  await using me = await installUser();
  await me.write('notes.mcpb', bundle());
  const digest = '0'.repeat(64);
  expect((await me.ctl('install', 'notes.mcpb', '--sha256', digest, '--yes')).stderr).toContain('its SHA-256 is');
  await me.write('evil.mcpb', bundle([{ name: '../evil', text: 'x' }]));
  expect((await me.ctl('install', 'evil.mcpb', '--set', 'key=x', '--yes')).stderr).toContain('leads out of the bundle');
  await expect(readFile(join(me.cwd, '.clarity', 'evil'))).rejects.toThrow('ENOENT');
  expect(me.daemon.admitted).toEqual([]);
});

test('a bundle of a document is downloaded and checked against its digest', async () => {
  const bytes = bundle();
  await using source = await fakeRegistry({}, { 'x.mcpb': bytes });
  await using me = await installUser();
  const pack = { registryType: 'mcpb', identifier: `${source.url}/files/x.mcpb`, fileSha256: sha256Hex(bytes) };
  await me.write('server.json', { name: 'com.example/notes', packages: [pack] });
  expect((await me.ctl('install', './server.json', '--set', 'key=x', '--yes')).exitCode).toBe(0);
  await me.write('server.json', { name: 'com.example/n2', packages: [{ ...pack, fileSha256: '0'.repeat(64) }] });
  expect((await me.ctl('install', './server.json', '--set', 'key=x', '--yes')).stderr).toContain('its SHA-256 is');
});
