import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { configOfText, findConfigs, type FindConfigsOptions } from '../../src/client-import/found-configs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function user(files: Readonly<Record<string, string>>) {
  const home = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  const project = join(home, 'project');
  return (options: Partial<FindConfigsOptions> = {}) =>
    findConfigs({ home, project, platform: 'linux', env: {}, scopes: ['user'], ...options });
}

test('[first-hour.11] findConfigs reads the scopes that are named, and a broken file does not stop the others', async () => {
  const project = '/home/user/shop';
  const find = await user({
    '.claude.json': JSON.stringify({
      mcpServers: { a: { command: 'x' } },
      projects: { [project]: { mcpServers: { b: { command: 'y' } }, disabledMcpServers: ['b'] } },
    }),
    '.cursor/mcp.json': '{"mcpServers": }',
    'project/.mcp.json': '{"mcpServers":{"c":{"command":"z"}}}',
  });
  const names = async (options: Partial<FindConfigsOptions>) =>
    (await find(options)).servers.map(({ name, scope, isEnabled }) => [name, scope, isEnabled]);
  expect(await names({})).toEqual([['a', 'user', true]]);
  expect(await names({ scopes: ['local'], project })).toEqual([['b', 'local', false]]);
  expect(await names({ scopes: ['project'] })).toEqual([['c', 'project', true]]);
  expect(await names({ clients: ['codex'] })).toEqual([]);
  expect((await find()).files).toEqual([
    expect.objectContaining({ client: 'claude', serverCount: 1 }),
    expect.objectContaining({ client: 'cursor', problem: expect.stringMatching(/^line 1, column 16: not valid JSON/) }),
  ]);
});

test('an entry of this gateway is left out, any other entry is found or refused with a reason', async () => {
  const find = await user({
    '.cursor/mcp.json': JSON.stringify({
      mcpServers: {
        clarity_gateway: { url: 'http://localhost:4707/mcp' },
        other_name: { command: 'clarityctl', args: ['gateway', 'serve', '--stdio'] },
        hub: { command: 'npx', args: ['-y', '@1mcp/agent'] },
        docker: { command: 'docker', args: ['mcp', 'gateway', 'run'] },
        ws: { type: 'ws', url: 'wss://a' },
        openapi: { type: 'openapi', url: 'https://a' },
        template: { command: 'x', args: ['{{a}}'] },
        empty: {},
        mcp: { url: 'https://a.example/mcp' },
      },
    }),
  });
  const { servers } = await find();
  expect(servers.map(({ name, launch }) => [name, launch !== undefined])).toEqual([
    ...['hub', 'docker', 'ws', 'openapi', 'template', 'empty'].map((name) => [name, false]),
    ['mcp', true],
  ]);
});

test.each([
  ['a map', '{"a":{"command":"x"}}', ['a']],
  ['one entry', '{"command":"x"}', ['export']],
  ['JSON5', "{ mcpServers: { a: { command: 'x' } } }", ['a']],
  ['TOML', '[mcp_servers.a]\ncommand = "x"\n', ['a']],
  ['YAML', 'mcpServers:\n  - name: a\n    command: x\n', ['a']],
  ['a run configuration', '{"schema_version":"v0.1.0","name":"t","image":"i:1","env_vars":{"A":"b"}}', ['t']],
])('[first-hour.10] configOfText reads %s', (_, text, names) => {
  expect(configOfText(text, '/x/export', '/x').servers.map(({ name }) => name)).toEqual(names);
});

test('a run configuration of an image becomes a command of docker', () => {
  const [server] = configOfText('{"name":"t","image":"i:1","env_vars":{"A":"b"},"cmd_args":["c"]}', 't', '/').servers;
  expect(server?.launch).toMatchObject({ command: 'docker', args: ['run', '-i', '--rm', '-e', 'A', 'i:1', 'c'] });
});

test('a text without servers is refused', () => {
  expect(() => configOfText('{"a":1}', 'x', '/')).toThrow('the file contains no MCP servers');
  expect(() => configOfText('{"a":', 'x', '/')).toThrow('line 1, column 6');
});
