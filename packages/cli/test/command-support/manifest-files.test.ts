import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { documentsOf } from '../../src/command-support/manifest-files.ts';
import { manifestOf } from '../support/manifest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function read(content: string | Uint8Array) {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'x.json'), content);
  return await documentsOf(folder.path, 'x.json');
}

test.each([
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${JSON.stringify(manifestOf('a'))}`)],
  ['UTF-16LE', Buffer.from(`\ufeff${JSON.stringify(manifestOf('a'))}`, 'utf16le')],
  ['UTF-16BE', Buffer.from(`\ufeff${JSON.stringify(manifestOf('a'))}`, 'utf16le').swap16()],
])('Q37 documentsOf reads a manifest in %s', async (_, content) => {
  expect(await read(content)).toEqual([{ from: 'x.json', value: manifestOf('a') }]);
});

test.each([
  ['{\n // ours\n}', /x\.json cannot be applied: the file is not JSON: line 2, column 2: JSON has no comments/],
  ['{"a": 1,\n}', /line 2, column 1: JSON has no trailing commas/],
])('Q37 documentsOf names the place in %j', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

const local = { command: 'node', args: ['--key=canary-1'], env: { KEY: 'canary-2' } };
const remote = { type: 'http', url: 'https://h/mcp?key=canary-3' };

test.each([
  [{ mcpServers: { files: local } }, /mcpServers .*Claude/, 'add-process files --'],
  [{ servers: { web: remote } }, /VS Code/, 'add-remote --module web --endpoint'],
  [{ mcp: { servers: { web: remote } } }, /mcp\.servers/, 'add-remote --module web'],
  [{ mcp: { files: { type: 'local', command: ['node', 'x'] } } }, /OpenCode/, 'add-process files'],
  [{ context_servers: { files: local } }, /Zed/, 'add-process files'],
  [{ 'amp.mcpServers': { files: local } }, /Amp/, 'add-process files'],
  [{ extensions: { files: { cmd: 'node' } } }, /Goose/, 'add-process files'],
  [{ mcpServers: [{ name: 'files', ...local }] }, /mcpServers/, 'add-process files'],
  [{ files: local }, /a map of MCP servers/, 'add-process files'],
  [local, /the entry of one MCP server/, 'add-process <name>'],
  [{ serverUrl: 'https://h/mcp' }, /the entry of one MCP server/, 'add-remote'],
  [{ name: 'io.x/files', packages: [{ identifier: 'x' }] }, /server\.json/, 'add-process io.x/files'],
  [{ name: 'files', server: { mcp_config: local } }, /MCP bundle/, 'add-process files'],
])('Q37 documentsOf names the product of %j and the command to use, without a value', async (value, title, hint) => {
  const failed = read(JSON.stringify(value));
  await expect(failed).rejects.toMatchObject({
    message: expect.stringMatching(title),
    hint: expect.stringContaining(hint),
  });
  const refused: unknown = await failed.catch((error: unknown) => error);
  expect(JSON.stringify([String(refused), refused])).not.toContain('canary');
});

test.each([
  ['[mcp_servers.files]\ncommand = "node"\n', /TOML/],
  ['mcpServers:\n  - name: files\n', /YAML/],
])('Q37 documentsOf names the format of %j', async (text, title) => {
  await expect(read(text)).rejects.toMatchObject({ message: expect.stringMatching(title) });
});

test.each([{ a: 1 }, { metadata: { name: 'x' } }, [manifestOf('a')], { ...manifestOf('a'), servers: { a: local } }])(
  'Q37 documentsOf passes %j on to the daemon',
  async (value) => {
    expect((await read(JSON.stringify(value)))[0]?.value).toEqual(Array.isArray(value) ? value[0] : value);
  },
);
