import { describe, expect, jest, test } from '@jest/globals';
import { isClarityError } from '@clarity-runtime/core';
import type { GatewayEntry } from '@clarity-runtime/core/ports';
import fc from 'fast-check';
import { nodeFiles } from '../../src/index.ts';
import { jsonText, tomlText } from './arbitrary-config.ts';
import { yamlText } from './arbitrary-yaml.ts';
import { temporaryUser } from './user.ts';
import { runs } from '../../../../test/support/runs.ts';

/** `npm run test:configs` sets 500. */
const numRuns = Number(process.env['CLARITY_CONFIG_RUNS'] ?? runs(25));
jest.setTimeout(120_000 + numRuns * 1_000);

/** File operations without sync, for speed: the test simulates no power cut. */
const files = {
  ...nodeFiles,
  create: async (path: string) => ({ ...(await nodeFiles.create(path)), sync: () => Promise.resolve() }),
  syncFolder: () => Promise.resolve(),
};
const target = { scope: 'user' } as const;
const stdio: GatewayEntry = { transport: 'stdio', command: '/a "b"/clarityctl', args: ['gateway', 'serve', '--stdio'] };
const http: GatewayEntry = { transport: 'http', url: 'http://localhost:1/mcp', tokenVariable: 'T' };

/** Returns true if `after` is `before` with one inserted range. */
function isOneInsertion(before: string, after: string): boolean {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return head + tail >= before.length;
}

const kinds: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['claude', jsonText('mcpServers', true)],
  ['cursor', jsonText('mcpServers', false)],
  ['vscode', jsonText('servers', false)],
  ['zed', jsonText('context_servers', false)],
  ['opencode', jsonText('mcp', false)],
  ['codex', tomlText],
  ['goose', yamlText('extensions')],
];

describe.each(kinds)('D16 D17 T-290 any file of %s', (client, text) => {
  test('is edited by one insertion, idempotently, and restored by remove; or rejected and unchanged', async () => {
    let edited = 0;
    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (before, viaHttp) => {
        const user = await temporaryUser({ files });
        const config = user.config(client);
        await user.write(client, before);
        const { problem } = await config.state('user');
        if (problem !== undefined) {
          await expect(config.put(stdio, target)).rejects.toMatchObject({ code: 'CLIENT_CONFIG_REFUSED' });
          expect(await user.read(client)).toBe(before);
          return;
        }
        try {
          await config.put(stdio, target);
        } catch (error) {
          expect(isClarityError(error) && error.code).toBe('CLIENT_CONFIG_REFUSED');
          expect(await user.read(client)).toBe(before);
          return;
        }
        edited += 1;
        const after = (await user.read(client)) ?? '';
        expect(isOneInsertion(before, after)).toBe(true);
        expect(await config.state('user')).toMatchObject({ configured: true, command: '/a "b"/clarityctl' });
        expect((await config.put(stdio, target)).updated).toBe(false);
        if (viaHttp && client !== 'zed' && client !== 'goose') {
          await config.put(http, target);
          expect(await config.state('user')).toMatchObject({ transport: 'http', endpoint: 'http://localhost:1/mcp' });
          expect(isOneInsertion(before, (await user.read(client)) ?? '')).toBe(true);
        }
        await config.remove(target);
        expect(await user.read(client)).toBe(before);
      }),
      { numRuns },
    );
    expect(edited).toBeGreaterThan(numRuns / 3);
  });
});
