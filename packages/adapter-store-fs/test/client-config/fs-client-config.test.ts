import { chmod, lstat, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { GatewayEntry } from '@clarity-runtime/core/ports';
import { nodeFiles } from '../../src/index.ts';
import { temporaryUser } from './user.ts';

const target = { scope: 'user' } as const;
const args = ['gateway', 'serve', '--stdio'];
const stdio: GatewayEntry = { transport: 'stdio', command: 'clarityctl', args, tokenVariable: 'TOKEN' };
const http: GatewayEntry = { transport: 'http', url: 'http://localhost:4707/mcp', tokenVariable: 'TOKEN' };

const { url } = http;
const command = { command: 'clarityctl', args };

test('S06 the rendered entry contains no additions of the user', async () => {
  const user = await temporaryUser();
  const config = user.config('claude');
  const mine = { ...command, env: { API_KEY: 'Canary-51aa' } };
  await user.write('claude', JSON.stringify({ mcpServers: { clarity_gateway: mine } }));
  const dry = { ...target, dryRun: true };
  const shown = [await config.put(stdio, dry), await config.put(http, dry), await config.remove(dry)].map(
    (one) => one.entry,
  );
  expect(shown).toEqual([
    expect.stringContaining('${TOKEN}'),
    expect.stringContaining(url),
    expect.stringContaining('serve'),
  ]);
  expect(shown.join()).not.toContain('Canary');
});

test('[bootstrap.claude] D16 a file with a syntax error is rejected with line and column and stays unchanged', async () => {
  const user = await temporaryUser();
  const path = await user.write('claude', '{ "a": 1,\n  // my notes');
  await expect(user.config('claude').put(stdio, target)).rejects.toMatchObject({
    code: 'CLIENT_CONFIG_REFUSED',
    message: expect.stringMatching(new RegExp(`${path}: line 2, column 3: not valid JSON`)),
  });
  expect(await readdir(dirname(path))).toEqual(['.claude.json']);
});

test('D18 put keeps the link, writes its target with the same mode and makes one exact backup', async () => {
  const user = await temporaryUser();
  const before = '\ufeff{\r\n\t"z": 9007199254740993,\r\n\t"a": [ 1,2 ]\r\n}';
  const real = join(user.home, 'dotfiles', 'claude.json');
  await mkdir(dirname(real));
  await writeFile(real, before);
  await chmod(real, 0o640);
  const path = await user.pathOf('claude');
  await symlink(real, path);
  const config = user.config('claude');
  await config.put(stdio, target);
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
  expect((await stat(real)).mode & 0o777).toBe(0o640);
  expect(await readFile(`${path}.before-clarity`, 'utf8')).toBe(before);
  const after = await readFile(real, 'utf8');
  expect(after).toContain('"a": [ 1,2 ],\r\n\t"mcpServers": {\r\n\t\t"clarity_gateway": {\r\n');
  await config.put(http, target);
  expect(await readFile(`${path}.before-clarity`, 'utf8')).toBe(before);
  await config.remove(target);
  expect(await readFile(real, 'utf8')).toBe(before);
  expect(await readdir(user.home)).toEqual(['.claude.json', 'dotfiles']);
});

test('D18 a read-only file and a link without a target are rejected', async () => {
  const user = await temporaryUser();
  const path = await user.write('cursor', '{}');
  await chmod(path, 0o444);
  const readOnly = expect.stringContaining('the file is read-only');
  await expect(user.config('cursor').put(stdio, target)).rejects.toMatchObject({ message: readOnly });
  await symlink(join(user.home, 'nowhere'), await user.pathOf('claude'));
  const nowhere = expect.stringContaining('a link without a target');
  await expect(user.config('claude').put(stdio, target)).rejects.toMatchObject({ message: nowhere });
});

test('T-289 put merges a concurrent write of the client and fails after 3 concurrent writes', async () => {
  let rewrite: () => Promise<void> = () => Promise.resolve();
  const files = {
    ...nodeFiles,
    create: async (path: string) => {
      const file = await nodeFiles.create(path);
      if (path.includes('.claude.json.tmp-')) await rewrite();
      return file;
    },
  };
  const user = await temporaryUser({ files });
  const config = user.config('claude');
  const path = await user.write('claude', '{"numStartups": 1}');
  rewrite = async () => {
    rewrite = () => Promise.resolve();
    await writeFile(`${path}.theirs`, '{"numStartups": 2}');
    await rename(`${path}.theirs`, path);
  };
  await config.put(stdio, target);
  expect(JSON.parse((await user.read('claude')) ?? '')).toMatchObject({
    numStartups: 2,
    mcpServers: { clarity_gateway: {} },
  });
  let count = 2;
  rewrite = () => writeFile(path, `{"numStartups": ${String((count += 1))}}`);
  const busy = expect.stringContaining('written by another program');
  await expect(config.put(http, target)).rejects.toMatchObject({ code: 'CLIENT_CONFIG_REFUSED', message: busy });
  expect(await user.read('claude')).toBe(`{"numStartups": ${String(count)}}`);
  expect((await readdir(user.home)).filter((name) => name.includes('.tmp-'))).toEqual([]);
});

test('remove keeps members that the client added to a file that put created, and leaves no backup', async () => {
  const user = await temporaryUser();
  const config = user.config('claude');
  await config.put(http, target);
  const path = await user.pathOf('claude');
  await writeFile(path, ((await user.read('claude')) ?? '').replace('{', '{\n  "numStartups": 1,'));
  await config.put(stdio, target);
  await config.remove(target);
  expect(JSON.parse((await user.read('claude')) ?? '')).toEqual({ numStartups: 1, mcpServers: {} });
  expect(await readdir(user.home)).toEqual(['.claude.json']);
});

test('put rejects another server with the name of the gateway and leaves it unchanged', async () => {
  const user = await temporaryUser();
  const theirs = '{"mcpServers": {"clarity_gateway": {"command": "npx", "args": ["other"]}}}';
  await user.write('claude', theirs);
  const config = user.config('claude');
  const foreign = expect.stringContaining('is another server');
  await expect(config.put(stdio, target)).rejects.toMatchObject({ message: foreign });
  expect((await config.remove(target)).updated).toBe(false);
  expect((await config.state('user')).configured).toBe(false);
  expect(await user.read('claude')).toBe(theirs);
});

test('put keeps members that the user added to the entry when the command changes', async () => {
  const user = await temporaryUser();
  const config = user.config('codex');
  await config.put(stdio, target);
  const path = await user.pathOf('codex');
  await writeFile(path, `${(await user.read('codex')) ?? ''}tool_timeout_sec = 300 # slow\n\n[other]\na = 1\n`);
  await config.put({ ...stdio, command: '/opt/clarityctl' }, target);
  expect(await user.read('codex')).toBe(
    '[mcp_servers.clarity_gateway]\ncommand = "/opt/clarityctl"\nargs = ["gateway", "serve", "--stdio"]\n' +
      'env_vars = ["TOKEN"]\ntool_timeout_sec = 300 # slow\n\n[other]\na = 1\n',
  );
  await config.remove(target);
  expect(await user.read('codex')).toBe('\n[other]\na = 1\n');
});

test('put rejects the duplicate key that version 0.9 wrote and names its line', async () => {
  const user = await temporaryUser();
  const table = '[mcp_servers.clarity_gateway]\ncommand = "clarityctl"\nargs = ["gateway", "serve", "--stdio"]\n';
  await user.write('codex', `${table}command = "clarityctl"\n`);
  const twice = expect.stringMatching(/line 4, column \d+: not valid TOML/);
  await expect(user.config('codex').put(stdio, target)).rejects.toMatchObject({ message: twice });
});

test('put returns a unified diff with the path of the file', async () => {
  const user = await temporaryUser();
  const path = await user.write('codex', 'model = "o3"\n');
  const { diff } = await user.config('codex').put({ ...http, tokenVariable: 'T' }, { ...target, dryRun: true });
  expect(diff).toBe(
    `--- ${path}\n+++ ${path}\n@@ -1,1 +1,5 @@\n model = "o3"\n+\n+[mcp_servers.clarity_gateway]\n` +
      '+url = "http://localhost:4707/mcp"\n+bearer_token_env_var = "T"\n',
  );
});
