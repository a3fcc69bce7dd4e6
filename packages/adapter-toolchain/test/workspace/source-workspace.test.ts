import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Workspace } from '@clarity-runtime/core/ports';
import { sourceWorkspace } from '../../src/workspace/source-workspace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Stage extends AsyncDisposable {
  readonly root: string;
  readonly outside: string;
  readonly workspace: Workspace;
}

/** Creates a workspace with sources and with links to a folder outside that has a source too. */
async function stage(): Promise<Stage> {
  const folder = await temporaryFolder();
  const [root, outside] = [join(folder.path, 'ws'), join(folder.path, 'ws-outside')];
  await mkdir(join(root, 'lib'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(root, 'a.clarity'), 'module a');
  await writeFile(join(root, 'lib', 'b.clarity'), 'module b');
  await writeFile(join(outside, 'x.clarity'), 'module canary');
  await writeFile(join(outside, 'x.wasm'), 'canary');
  await symlink(outside, join(root, 'link'));
  await symlink(join(outside, 'x.clarity'), join(root, 'x.clarity'));
  await symlink(join(outside, 'x.wasm'), join(root, 'x.wasm'));
  return {
    root,
    outside,
    workspace: await sourceWorkspace(root),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const search = { recursive: true, limit: 10 };

test.each(['/etc', '..', '../../', '../ws-outside', 'lib/../..', 'a\0b', '/'])(
  'X05 sources rejects a folder outside of the workspace: %j',
  async (dir) => {
    await using s = await stage();
    await expect(s.workspace.sources({ dir, ...search })).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' });
  },
);

test('X06 the workspace follows no link to a folder or a file', async () => {
  await using s = await stage();
  expect(await s.workspace.sources({ dir: '.', ...search })).toEqual({
    total: 2,
    files: ['a.clarity', 'lib/b.clarity'],
  });
  for (const dir of ['link', 'link/deeper']) {
    await expect(s.workspace.sources({ dir, ...search })).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' });
  }
  for (const path of ['x.clarity', 'link/x.clarity', '../ws-outside/x.clarity']) {
    await expect(s.workspace.excerpt(path, 100)).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' });
    await expect(s.workspace.locate(path)).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' });
  }
});

test('[assist.sources] the workspace lists sources, reads their start and resolves their paths', async () => {
  await using s = await stage();
  expect(await s.workspace.sources({ dir: 'lib', ...search })).toEqual({ total: 1, files: ['lib/b.clarity'] });
  expect(await s.workspace.sources({ dir: '.', recursive: false, limit: 10 })).toMatchObject({ files: ['a.clarity'] });
  expect(await s.workspace.sources({ dir: '.', recursive: true, limit: 1 })).toEqual({
    total: 2,
    files: ['a.clarity'],
  });
  expect(await s.workspace.excerpt('a.clarity', 6)).toBe('module');
  expect(await s.workspace.locate(join(s.root, 'a.clarity'))).toBe(join(s.root, 'a.clarity'));
  await expect(s.workspace.sources({ dir: 'nope', ...search })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('excerpt rejects a pipe without waiting', async () => {
  await using s = await stage();
  execFileSync('mkfifo', [join(s.root, 'pipe')]);
  await expect(s.workspace.excerpt('pipe', 10)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('scaffold writes all files and undo removes them with their folders', async () => {
  await using s = await stage();
  const before = await readdir(s.root, { recursive: true });
  const contents = new Map<string, string>([
    ['app/src/main.clarity', 'module app'],
    ['app/README.md', 'read'],
    ['lib/new.md', 'x'],
  ]);
  const scaffold = await s.workspace.scaffold(contents, { overwrite: false });
  expect(scaffold.written).toEqual([...contents.keys()]);
  expect(await readFile(join(s.root, 'app/src/main.clarity'), 'utf8')).toBe('module app');
  await scaffold.undo();
  expect(await readdir(s.root, { recursive: true })).toEqual(before);
});

test('scaffold writes nothing when a file exists, and undo restores an overwritten file', async () => {
  await using s = await stage();
  const contents = new Map([
    ['new/a.md', '1'],
    ['a.clarity', 'module other'],
  ]);
  await expect(s.workspace.scaffold(contents, { overwrite: false })).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  expect(await readdir(s.root)).not.toContain('new');
  const scaffold = await s.workspace.scaffold(contents, { overwrite: true });
  expect(await readFile(join(s.root, 'a.clarity'), 'utf8')).toBe('module other');
  await scaffold.undo();
  expect(await readFile(join(s.root, 'a.clarity'), 'utf8')).toBe('module a');
});

test.each(['../x.md', 'link/x.md', 'x.clarity', '/etc/x.md', 'lib/../../x.md'])(
  'X04 scaffold writes neither outside of the workspace nor through a link: %s',
  async (path) => {
    await using s = await stage();
    const before = await readdir(s.outside);
    for (const overwrite of [false, true]) {
      await expect(
        s.workspace.scaffold(
          new Map([
            ['ok.md', ''],
            [path, 'evil'],
          ]),
          { overwrite },
        ),
      ).rejects.toMatchObject({
        code: 'PATH_FORBIDDEN',
      });
    }
    expect(await readdir(s.outside)).toEqual(before);
    expect(await readFile(join(s.outside, 'x.clarity'), 'utf8')).toBe('module canary');
    expect(await readdir(s.root)).not.toContain('ok.md');
  },
);
