import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { configValue } from '../../src/client-import/config-value.ts';
import { restoreFile, rewireFile, type RewiredFile } from '../../src/client-import/rewire.ts';
import { ConfigProblem } from '../../src/client-config/config-text.ts';
import { CLIENT_TABLE } from '../../src/client-config/client-table.ts';
import { nodeFiles } from '../../src/files/file-operations.ts';
import { jsonText, tomlText } from '../client-config/arbitrary-config.ts';
import { yamlText } from '../client-config/arbitrary-yaml.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runs } from '../../../../test/support/runs.ts';

/** `npm run test:long` sets 500. */
const numRuns = Number(process.env['CLARITY_CONFIG_RUNS'] ?? runs(25));
jest.setTimeout(30_000 + numRuns * 1_000);

/** Without sync: the test simulates no power cut. */
const files = {
  ...nodeFiles,
  create: async (path: string) => ({ ...(await nodeFiles.create(path)), sync: () => Promise.resolve() }),
  syncFolder: () => Promise.resolve(),
};
const gateway = { transport: 'stdio', command: 'clarityctl', args: ['gateway', 'serve', '--stdio'] } as const;

const kinds: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['claude', jsonText('mcpServers', true)],
  ['cursor', jsonText('mcpServers', false)],
  ['vscode', jsonText('servers', false)],
  ['opencode', jsonText('mcp', false)],
  ['codex', tomlText],
  ['goose', yamlText('extensions')],
];

describe.each(kinds)('T-454 any file of %s', (client, text) => {
  const row = CLIENT_TABLE.find((each) => each.client === client);
  if (row === undefined) throw new Error(client);
  const { container, format } = row;

  test('is rewired without any of the named entries, and restored byte for byte', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'config');
    let count = 0;
    await fc.assert(
      fc.asyncProperty(text, fc.nat(7), async (before, mask) => {
        const bytes = Buffer.from(before);
        await writeFile(path, bytes);
        const value = valueOf(before, format);
        const servers = serversOf(value, container);
        const names = Object.entries(Object(servers) as object)
          .filter(
            ([, entry], at) =>
              typeof entry === 'object' && entry !== null && !Array.isArray(entry) && (mask >> at) % 2 === 0,
          )
          .map(([name]) => name);
        const target = { client, scope: 'user' as const, path, container, names };
        let kept: Uint8Array | undefined;
        let rewired: RewiredFile;
        try {
          rewired = await rewireFile(
            target,
            gateway,
            (_file, original) => Promise.resolve(void (kept = original)),
            files,
          );
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigProblem);
          expect((await readFile(path)).equals(bytes)).toBe(true);
          return;
        }
        count += 1;
        const after = valueOf(await readFile(path, 'utf8'), format);
        const left = serversOf(after, container) as object;
        expect(Object.keys(left)).toContain('clarity_gateway');
        for (const name of names) expect(Object.keys(left)).not.toContain(name);
        expect(await restoreFile(rewired, kept ?? new Uint8Array(), files)).toBe('restored');
        expect((await readFile(path)).equals(bytes)).toBe(true);
      }),
      { numRuns },
    );
    expect(count).toBeGreaterThan(numRuns / 4);
  });
});

const serversOf = (value: unknown, container: readonly string[]): unknown =>
  container.reduce<unknown>((at, name) => (Object(at) as Readonly<Record<string, unknown>>)[name], value);

function valueOf(text: string, format: (typeof CLIENT_TABLE)[number]['format']): unknown {
  try {
    return configValue(text.replace('\ufeff', ''), format);
  } catch {
    return {};
  }
}
