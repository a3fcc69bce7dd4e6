import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { serveStdioBridge } from '@clarity-runtime/adapter-stdio';
import { createRuntime, embeddedCaller, grantOf, type Runtime } from '@clarity-runtime/core';
import { TENANT_HEADER } from '../../src/api/exchange.ts';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { TokenFile } from '../../src/composition/token-file.ts';
import { tenantServer } from '../support/tenant-server.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface User extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly home: string;
  readonly url: URL;
  ctl(...argv: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  tokenOf(name: string): Promise<string | undefined>;
  states(): Promise<readonly (readonly unknown[])[]>;
}

async function userWithDaemon(): Promise<User> {
  const folder = await temporaryFolder();
  const runtime = await createRuntime();
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  const { url } = await server.listen();
  const env = { HOME: folder.path, PATH: '/nowhere', NO_COLOR: '1', CLARITYD_URL: url };
  return {
    runtime,
    home: folder.path,
    url: new URL(url),
    ctl: async (...argv) => {
      const [stdout, stderr] = [capture(), capture()];
      const exitCode = await exitCodeOf(runCtl, { argv, cwd: folder.path, stdout, stderr, env });
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    tokenOf: (name) => new TokenFile(env).find({ daemon: new URL(url) }, name),
    states: async () =>
      (await runtime.tokens.list(embeddedCaller)).map(({ name, state, grants, profile }) => [
        name,
        state,
        grants[0]?.verbs.join(),
        ...(profile === undefined ? [] : [profile]),
      ]),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await runtime.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const WIDE = 'read,call,inspect,operate';

test('bootstrap gives each client a token of its own, whose text is in the file of the user alone', async () => {
  await using user = await userWithDaemon();
  expect(await user.ctl('bootstrap', '--clients', 'codex,claude')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await user.states()).toEqual([
    ['client-claude', 'active', WIDE],
    ['client-codex', 'active', WIDE],
  ]);
  const [codex, claude] = [await user.tokenOf('client-codex'), await user.tokenOf('client-claude')];
  expect(user.runtime.tokens.authenticate(codex ?? '')).toMatchObject({ principal: { id: 'token:client-codex' } });
  expect(codex).not.toBe(claude);
  const written = await readFile(join(user.home, '.codex/config.toml'), 'utf8');
  expect(written).toContain('"--as", "client-codex"');
  expect(written).not.toContain('clr_');
  expect((await stat(join(user.home, '.config/clarity/tokens.json'))).mode & 0o777).toBe(0o600);
  expect((await user.ctl('bootstrap', '--clients', 'codex')).stdout).toContain('"updated": false');
  expect(await user.tokenOf('client-codex')).toBe(codex);
});

test('bootstrap upgrades an entry without a token, and bootstrap-remove restores the file byte for byte and revokes it', async () => {
  await using user = await userWithDaemon();
  const path = join(user.home, '.claude.json');
  const original = '{\n  "theme": "dark",\n\n  "mcpServers": { "other": { "command": "x" } }\n}\n';
  await import('node:fs/promises').then(({ writeFile }) => writeFile(path, original));
  await user.ctl('bootstrap', '--clients', 'claude', '--no-token');
  expect(await readFile(path, 'utf8')).not.toContain('--as');
  expect(await user.states()).toEqual([]);
  await user.ctl('bootstrap', '--clients', 'claude');
  expect(await readFile(path, 'utf8')).toContain('client-claude');
  const token = (await user.tokenOf('client-claude')) ?? '';
  await user.ctl('bootstrap-remove', '--clients', 'claude');
  expect(await readFile(path, 'utf8')).toBe(original);
  expect(user.runtime.tokens.authenticate(token)).toBeUndefined();
  expect(await user.tokenOf('client-claude')).toBeUndefined();
});

test('--calls-only, --profile and --as choose the rights and the name of the token', async () => {
  await using user = await userWithDaemon();
  await user.runtime.profiles.apply(embeddedCaller, {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Profile',
    metadata: { name: 'docs' },
    spec: { services: ['docs'] },
  });
  await user.ctl('bootstrap', '--clients', 'codex');
  const wide = (await user.tokenOf('client-codex')) ?? '';
  expect(await user.ctl('bootstrap', '--clients', 'codex', '--calls-only')).toMatchObject({ exitCode: 0 });
  expect(await user.states()).toEqual([['client-codex', 'active', 'read,call']]);
  expect(user.runtime.tokens.authenticate(wide)).toBeUndefined();
  await user.ctl('bootstrap', '--clients', 'claude', '--profile', 'docs', '--as', 'writer');
  expect(await user.states()).toContainEqual(['writer', 'active', WIDE, 'docs']);
  expect(await readFile(join(user.home, '.claude.json'), 'utf8')).toContain('"--profile"');
  const refused = await user.ctl('bootstrap', '--clients', 'claude', '--profile', 'none', '--as', 'other');
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("profile not found: 'none'")]);
});

test('a token whose text is lost is rotated, and a bridge with a name without a token says how to get one', async () => {
  await using user = await userWithDaemon();
  await user.ctl('bootstrap', '--clients', 'codex');
  const first = await user.tokenOf('client-codex');
  await new TokenFile({ HOME: user.home }).remove({ daemon: user.url }, 'client-codex');
  await user.ctl('bootstrap', '--clients', 'codex');
  const second = (await user.tokenOf('client-codex')) ?? '';
  expect(second.slice(0, 12)).toBe(first?.slice(0, 12));
  expect(user.runtime.tokens.authenticate(second)).toBeDefined();
  const bridge = await user.ctl('gateway', 'serve', '--stdio', '--as', 'nobody');
  expect([bridge.exitCode, bridge.stderr]).toEqual([1, expect.stringContaining('clarityctl bootstrap')]);
});

test('a dry run creates no token', async () => {
  await using user = await userWithDaemon();
  const shown = await user.ctl('bootstrap', '--clients', 'codex', '--dry-run');
  expect(shown.stdout).toContain('client-codex');
  expect(await user.states()).toEqual([]);
});

test('T-588 bootstrap --tenant writes an entry with a token of that tenant, and the bridge sends it', async () => {
  await using user = await tenantServer();
  const { own, acme, url, env } = user;
  const textOf = async (tenant?: string): Promise<string> =>
    (await new TokenFile(env).find({ daemon: new URL(url), tenant }, 'client-claude')) ?? '';
  expect(await user.ctl('bootstrap', '--clients', 'claude')).toMatchObject({ exitCode: 0 });
  expect(await user.ctl('bootstrap', '--clients', 'claude', '--tenant', 'acme')).toMatchObject({ exitCode: 0 });
  expect(await readFile(join(user.home, '.claude.json'), 'utf8')).toMatch(
    /"--as",\s+"client-claude",\s+"--tenant",\s+"acme"/,
  );
  const [ofDefault, ofAcme] = [await textOf(), await textOf('acme')];
  expect([own, acme].map(({ tokens }) => [ofDefault, ofAcme].map((text) => tokens.authenticate(text)?.tenant))).toEqual(
    [
      ['default', undefined],
      [undefined, 'acme'],
    ],
  );
  const missing = await user.ctl('gateway', 'serve', '--stdio', '--as', 'other', '--tenant', 'acme');
  expect(missing).toMatchObject({ exitCode: 1, text: expect.stringContaining('--clients <client> --tenant acme') });
  await user.ctl('bootstrap-remove', '--clients', 'claude', '--tenant', 'acme');
  expect([acme.tokens.authenticate(ofAcme), own.tokens.authenticate(ofDefault)?.tenant]).toEqual([
    undefined,
    'default',
  ]);
  await user.ctl('bootstrap', '--clients', 'claude', '--tenant', 'acme');
  expect(await textOf('acme')).not.toBe('');
  await user.ctl('tenant', 'remove', 'acme');
  expect([await textOf('acme'), await textOf()]).toEqual(['', ofDefault]);
});

test.each([
  ['acme', 'acme', false],
  ['default', 'acme', true],
  ['acme', 'default', true],
] as const)('T-588 a bridge with a token of %s that names %s is refused: %s', async (holder, named, isRefused) => {
  await using user = await tenantServer();
  const runtime = holder === 'acme' ? user.acme : user.own;
  const { token } = await runtime.tokens.create(
    { ...embeddedCaller, tenant: holder },
    { name: 'bot', grants: [grantOf('read', 'call')] },
  );
  const [input, output] = [new PassThrough(), new PassThrough()];
  const headers = { [TENANT_HEADER]: named };
  const endpoint = new URL(`${user.url}/mcp`);
  const served = serveStdioBridge({ input, output, endpoint, token, headers, log: () => undefined });
  const clientInfo = { name: 'c', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  input.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  await served;
  expect(JSON.parse(String(output.read()))).toMatchObject(isRefused ? { error: {} } : { result: {} });
});
