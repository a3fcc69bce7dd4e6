import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Stage extends AsyncDisposable {
  readonly runtime: Runtime;
  ctl(...argv: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
}

async function stage(): Promise<Stage> {
  const runtime = await createRuntime();
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  const { url } = await server.listen();
  return {
    runtime,
    ctl: async (...argv) => {
      const [stdout, stderr] = [capture(120), capture(120)];
      const env = { CLARITYD_URL: url, NO_COLOR: '1' };
      const exitCode = await exitCodeOf(runCtl, { argv, cwd: process.cwd(), stdout, stderr, env });
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await runtime.close();
    },
  };
}

const TOKEN = /clr_[a-z0-9]{8}_[A-Za-z0-9_-]{49}/;

test('token create prints a token once, with the scope, the rate and the end of its flags', async () => {
  await using s = await stage();
  const scope = ['--service', 'docs', '--service', 'git*', '--tool', 'search*', '--except', '*_all'];
  const made = await s.ctl('token', 'create', 'ci', ...scope, '--rate', '60', '--expires', '30d', '--json');
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  const { token, record } = JSON.parse(made.stdout) as { token: string; record: Record<string, unknown> };
  expect(token).toMatch(TOKEN);
  expect(record).toMatchObject({
    name: 'ci',
    doors: ['mcp'],
    grants: [
      {
        verbs: ['read', 'call'],
        services: ['docs', 'git*'],
        tools: ['search*'],
        except: { tools: ['*_all'] },
        limits: { perMinute: 60 },
      },
    ],
  });
  expect(s.runtime.tokens.authenticate(token)).toBeDefined();
  const listed = await s.ctl('token', 'list');
  expect(listed.stdout).toContain('ci');
  expect(listed.stdout).not.toMatch(TOKEN);
});

test('token create --save writes a new file that only the user can read, and prints no token', async () => {
  await using s = await stage();
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'ci.token');
  const made = await s.ctl('token', 'create', 'ci', '--role', 'viewer', '--door', 'http,metrics', '--save', path);
  expect(made.exitCode).toBe(0);
  expect(made.stdout + made.stderr).not.toMatch(TOKEN);
  expect((await readFile(path, 'utf8')).trim()).toMatch(TOKEN);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const again = await s.ctl('token', 'create', 'other', '--save', path);
  expect(again.exitCode).toBe(2);
  expect((await s.runtime.tokens.list(embeddedCaller)).map(({ name }) => name)).toEqual(['ci']);
});

test('token rotate gives another token, and token revoke ends both', async () => {
  await using s = await stage();
  const tokenIn = ({ stdout }: { stdout: string }): string => TOKEN.exec(stdout)?.[0] ?? '';
  const first = tokenIn(await s.ctl('token', 'create', 'ci', '--expires', 'never'));
  const second = tokenIn(await s.ctl('token', 'rotate', 'ci', '--overlap', '1h'));
  expect(second).not.toBe(first);
  const valid = (): readonly boolean[] =>
    [first, second].map((token) => s.runtime.tokens.authenticate(token) !== undefined);
  expect(valid()).toEqual([true, true]);
  expect((await s.ctl('token', 'revoke', 'ci')).exitCode).toBe(0);
  expect(valid()).toEqual([false, false]);
});

test.each([
  ['an unknown role', ['create', 'ci', '--role', 'king']],
  ['an unknown grant', ['create', 'ci', '--grant', 'read,fly']],
  ['a role with a grant', ['create', 'ci', '--role', 'client', '--grant', 'read']],
  ['an unknown door', ['create', 'ci', '--door', 'window']],
  ['a rate of 0', ['create', 'ci', '--rate', '0']],
  ['a life without a unit', ['create', 'ci', '--expires', '90']],
  ['no name', ['create']],
  ['an unknown action', ['print', 'ci']],
])('token with %s is a usage error, and creates nothing', async (_what, argv) => {
  await using s = await stage();
  expect((await s.ctl('token', ...argv)).exitCode).toBe(2);
  expect(await s.runtime.tokens.list(embeddedCaller)).toEqual([]);
});
