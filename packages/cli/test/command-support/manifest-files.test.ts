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
  [{ mcpServers: { files: local } }, /mcpServers .*Claude/, 'clarityctl import --from '],
  [{ servers: { web: remote } }, /VS Code/, 'clarityctl import --from '],
  [{ mcp: { servers: { web: remote } } }, /mcp\.servers/, 'clarityctl import --from '],
  [{ mcp: { files: { type: 'local', command: ['node', 'x'] } } }, /OpenCode/, 'clarityctl import --from '],
  [{ context_servers: { files: local } }, /Zed/, 'clarityctl import --from '],
  [{ 'amp.mcpServers': { files: local } }, /Amp/, 'clarityctl import --from '],
  [{ extensions: { files: { cmd: 'node' } } }, /Goose/, 'clarityctl import --from '],
  [{ mcpServers: [{ name: 'files', ...local }] }, /mcpServers/, 'clarityctl import --from '],
  [{ files: local }, /a map of MCP servers/, 'clarityctl import --from '],
  [local, /the entry of one MCP server/, 'clarityctl import --from '],
  [{ serverUrl: 'https://h/mcp' }, /the entry of one MCP server/, 'clarityctl import --from '],
  [{ name: 'io.x/files', packages: [{ identifier: 'x' }] }, /server\.json/, 'clarityctl install '],
  [{ name: 'files', server: { mcp_config: local } }, /MCP bundle/, 'clarityctl install '],
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
