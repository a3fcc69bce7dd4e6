import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

const CANARY = 'Canary-91f0-value';

async function everyFileBelow(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, await readFile(path, 'latin1'));
  }
  return files;
}

async function everySurface(daemon: Clarityd): Promise<string> {
  const paths = ['status', 'services', 'audit', 'security/auth/providers', 'security/auth/secrets', 'bootstrap/status'];
  const answers = await Promise.all(paths.map(async (path) => (await fetch(`${daemon.url}/api/${path}`)).text()));
  const commands = [['auth', 'providers'], ['auth', 'list-secrets'], ['auth', 'validate', 'file:api/key'], ['audit']];
  const ran = await Promise.all(commands.map((argv) => daemon.ctl(...argv)));
  return JSON.stringify([answers, ran, daemon.program.stdout(), daemon.program.stderr()]);
}

test('[env.remote-auth-file-root.default] [authref.file] S06 secrets are stored only in .clarity/secrets and its copy', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path, env: { HOME: workspace.path } });
  await daemon.json('auth', 'set-secret', 'file:api/key', CANARY);
  expect(await daemon.json('auth', 'validate', 'file:api/key')).toMatchObject({ valid: true, source: 'file' });
  const path = join(workspace.path, '.clarity', 'secrets', 'api', 'key');
  expect(await readFile(path, 'utf8')).toBe(CANARY);
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
  const seen = await everySurface(daemon);
  expect(seen).toContain('file:api/key');
  expect(seen).not.toContain(CANARY);
  await daemon.end();
  const holders = [...(await everyFileBelow(workspace.path))].filter(([, text]) => text.includes(CANARY));
  const copy = join(workspace.path, '.clarity', 'secrets-copy', 'api', 'key');
  expect(holders.map(([file]) => file).sort()).toEqual([copy, path]);
  expect(((await stat(copy)).mode & 0o777).toString(8)).toBe('600');
});

test('[env.remote-auth-file-root] [authref.env] [authref.legacy] [authref.header-env] daemon variables apply', async () => {
  await using workspace = await temporaryWorkspace();
  const root = join(workspace.path, 'elsewhere');
  await mkdir(root, { mode: 0o700 });
  const env = { CLARITY_REMOTE_AUTH_FILE_ROOT: root, CLARITY_REMOTE_AUTH_GIT_HUB: CANARY, UPSTREAM_KEY: CANARY };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  await daemon.json('auth', 'set-secret', 'file:key', CANARY);
  expect(await readFile(join(root, 'key'), 'utf8')).toBe(CANARY);
  const headersOf = async (ref: string): Promise<unknown> => (await daemon.json('auth', 'validate', ref))['headerKeys'];
  expect(await headersOf('git-hub')).toEqual(['Authorization']);
  expect(await headersOf('env:UPSTREAM_KEY')).toEqual(['Authorization']);
  expect(await headersOf('header_env:X-Api-Key:UPSTREAM_KEY')).toEqual(['X-Api-Key']);
  expect(await headersOf('file:key')).toEqual(['Authorization']);
  expect((await daemon.ctl('auth', 'validate', 'env:NOT_SET')).exitCode).toBe(1);
  expect(await everySurface(daemon)).not.toContain(CANARY);
});

test('[bootstrap.codex] [bootstrap.claude] the daemon edits the client files of its own user over HTTP', async () => {
  await using workspace = await temporaryWorkspace();
  const env = { HOME: workspace.path, CODEX_HOME: '', CLAUDE_CONFIG_DIR: '', XDG_CONFIG_HOME: '' };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  const ask = async (method: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ clients: ['codex', 'claude'], transport: 'http' });
    const { results } = (await (
      await fetch(`${daemon.url}/api/bootstrap`, {
        method,
        headers,
        body: method === 'POST' ? body : JSON.stringify({ clients: ['codex', 'claude'] }),
      })
    ).json()) as { results: { updated: boolean }[] };
    return results.map(({ updated }) => updated);
  };
  expect(await ask('POST')).toEqual([true, true]);
  expect(await ask('POST')).toEqual([false, false]);
  expect(await readFile(join(workspace.path, '.codex', 'config.toml'), 'utf8')).toBe(
    `[mcp_servers.clarity_gateway]\nurl = "${daemon.url}/mcp"\n`,
  );
  expect(JSON.parse(await readFile(join(workspace.path, '.claude.json'), 'utf8'))).toEqual({
    mcpServers: { clarity_gateway: { type: 'http', url: `${daemon.url}/mcp` } },
  });
  expect(await ask('DELETE')).toEqual([true, true]);
  expect((await readdir(workspace.path)).sort()).toEqual(['.clarity', '.codex', '.config']);
});
