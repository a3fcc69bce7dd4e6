import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { restoreFile, rewireFile } from '../../src/client-import/rewire.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const gateway = { transport: 'stdio', command: 'clarityctl', args: ['gateway', 'serve', '--stdio'] } as const;

async function rewired(client: string, text: string, container: readonly string[], names: readonly string[]) {
  const path = join(await temporaryFolder(), 'config');
  await writeFile(path, text);
  let original: Uint8Array = new Uint8Array();
  const target = { client, scope: 'user' as const, path, container, names };
  const file = await rewireFile(target, gateway, (_target, bytes) => Promise.resolve(void (original = bytes)));
  return { path, text: await readFile(path, 'utf8'), undo: () => restoreFile(file, original) };
}

test('[first-hour.13] a file that was edited since keeps the edit: our entry is removed, the old entries are added', async () => {
  const before = '{\n  "mcpServers": {\n    "a": { "command": "x", "n": 9007199254740993 }\n  }\n}\n';
  const { path, text, undo } = await rewired('cursor', before, ['mcpServers'], ['a']);
  await writeFile(path, text.replace('{\n  "mcp', '{\n  "mine": 1, // kept\n  "mcp'));
  expect(await undo()).toBe('merged');
  const after = await readFile(path, 'utf8');
  expect(after).toContain('"mine": 1, // kept');
  expect(after).toContain('"command": "x"');
  expect(after).not.toContain('clarity_gateway');
});

test('an undo that already happened changes nothing', async () => {
  const { undo } = await rewired('codex', '[mcp_servers.a]\ncommand = "x"\n', ['mcp_servers'], ['a']);
  expect([await undo(), await undo()]).toEqual(['restored', 'unchanged']);
});

test('the entries of a project in the file of Claude Code are replaced there', async () => {
  const before = JSON.stringify({ projects: { '/p': { mcpServers: { a: { command: 'x' } } } } }, null, 2);
  const { path, text, undo } = await rewired('claude', before, ['projects', '/p', 'mcpServers'], ['a']);
  expect(JSON.parse(text)).toMatchObject({
    projects: { '/p': { mcpServers: { clarity_gateway: { command: 'clarityctl' } } } },
  });
  await undo();
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('T-452 a file that became a link is not changed, and a client without an editor is named', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'real'), '{}');
  await symlink(join(folder, 'real'), join(folder, 'link'));
  const keep = () => Promise.resolve();
  const target = {
    client: 'cursor',
    scope: 'user' as const,
    path: join(folder, 'link'),
    container: ['mcpServers'],
    names: [],
  };
  await expect(rewireFile(target, gateway, keep)).rejects.toThrow('the path is a link');
  expect(await readFile(join(folder, 'real'), 'utf8')).toBe('{}');
  const other = { ...target, client: 'openclaw', path: join(folder, 'real') };
  await expect(rewireFile(other, gateway, keep)).rejects.toThrow('changed by hand');
});
