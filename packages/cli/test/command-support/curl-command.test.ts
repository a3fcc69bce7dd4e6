import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { curlCommand } from '../../src/command-support/curl-command.ts';

const params = { name: 'files__read', arguments: { path: "it's $HOME `id`" } };

test('the command has the headers of the modern revision and no value of the token', () => {
  const text = curlCommand('http://127.0.0.1:4707/mcp', params, true);
  expect(text).toContain('"Authorization: Bearer $CLARITYD_AUTH_TOKEN"');
  expect(text).toContain("-H 'Mcp-Name: files__read'");
  expect(curlCommand('http://127.0.0.1:4707/mcp', params, false)).not.toContain('Authorization');
});

test.each(process.platform === 'win32' ? [] : ['sh'])(
  'T-543 %s passes arguments unchanged and runs none of them',
  async (shell) => {
    const run = promisify(execFile);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 30 }).filter((text) => !text.includes('\0')),
        async (path) => {
          const text = curlCommand('http://h/mcp', { name: 'read', arguments: { path } }, false);
          // The words after the last flag are printed in place of a request.
          const { stdout } = await run(shell, ['-c', text.replace('curl -sS', String.raw`printf '%s\0'`)]);
          const body = JSON.parse(stdout.split('\0').at(-2) ?? '') as { params: { arguments: { path: string } } };
          expect(body.params.arguments.path).toBe(path);
        },
      ),
      { numRuns: 20 },
    );
  },
);
