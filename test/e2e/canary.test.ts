import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { canariesIn, canary, spellingsOf } from '../support/canaries.ts';
import { childProgram } from '../support/child-program.ts';
import { startClarityd } from '../support/clarityd.ts';
import { recordingProxy } from '../support/recording-proxy.ts';
import { legacyRemote, modernRemote } from '../support/remote-services.ts';
import { Asking, everyCommand, everyGet, everyReadingTool, idsOf, thePage, theProcesses } from '../support/surfaces.ts';
import { repository, temporaryWorkspace } from '../support/workspace.ts';

const CHILD = childProgram(fileURLToPath(new URL('../support/stdio-server.ts', import.meta.url)));

/** One canary for every place where a user can put a secret. */
const canaries = {
  inbound: canary('inbound', '+/='),
  wrong: canary('wrong', '+/='),
  stored: canary('stored'),
  header: canary('header'),
  variable: canary('variable'),
  byTool: canary('byTool'),
  pasted: canary('pasted'),
  argument: canary('argument'),
};

async function filesThatHold(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const held = entry.isFile() ? canariesIn(await readFile(path, 'utf8'), canaries) : [];
    if (held.length > 0) found[relative(folder, path)] = held;
  }
  return found;
}

const processManifest = (env: readonly object[]) => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: 'near', module: 'near' },
  spec: {
    origin: { type: 'local_process', command: process.execPath, args: [CHILD], env },
    enabled: true,
    autostart: true,
    policyRef: 'default',
    restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
  },
});

test('S06 S07 U20 T-240 a secret appears only on the surface that it is for', async () => {
  await using workspace = await temporaryWorkspace();
  await using legacy = await legacyRemote();
  await using modern = await modernRemote();
  await using first = await recordingProxy(legacy);
  await using second = await recordingProxy(modern);
  const env = {
    HOME: workspace.path,
    CLARITYD_AUTH_TOKEN: canaries.inbound,
    CLARITY_ENABLE_MCP_PROVISIONING: '1',
    UPSTREAM_KEY: canaries.header,
  };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  const asking = new Asking(daemon, canaries.inbound);
  const shown: string[] = [];

  const control = join(repository, 'packages/cli/bin/clarityctl.js');
  const stored = spawnSync(process.execPath, [control, 'auth', 'set-secret', 'file:remote/key', '-'], {
    input: canaries.stored,
    env: { ...env, PATH: process.env['PATH'], CLARITYD_URL: daemon.url },
    encoding: 'utf8',
  });
  expect(stored.status).toBe(0);
  shown.push(stored.stdout + stored.stderr);
  const secret = { auth_ref: 'file:child/key', secret: canaries.byTool, services: ['near'] };
  shown.push(await asking.call('runtime__set_auth_secret', secret));
  shown.push(
    await asking.post('/api/services/apply', {
      manifest: processManifest([
        { name: 'KEY', value: canaries.variable },
        { name: 'OTHER', secretRef: 'file:child/key' },
      ]),
    }),
  );
  const [near = ''] = idsOf(shown.at(-1) ?? '');
  shown.push(await asking.post(`/api/services/${near}/start`, {}));
  const remotes = { first: [first.url, 'file:remote/key'], second: [second.url, 'header_env:X-Api-Key:UPSTREAM_KEY'] };
  for (const [module, [url = '', ref = '']] of Object.entries(remotes)) {
    shown.push(
      JSON.stringify(await daemon.json('add-remote', '--endpoint', url, '--module', module, '--auth-ref', ref)),
    );
  }
  // Failures that report: a response with the credential, a wrong token, a secret instead of a reference.
  shown.push(
    await asking.call('first__echo', { text: 'reflect' }),
    await asking.call('second__echo', { text: 'reflect' }),
  );
  await asking.call('second__echo', { text: canaries.argument });
  shown.push(await asking.call('second__nothing', { text: canaries.argument }));
  shown.push(await asking.call('runtime__get_service', { service_id: [canaries.argument] }));
  expect((await fetch(`${daemon.url}/api/status`, { headers: { 'x-clarity-token': canaries.wrong } })).status).toBe(
    401,
  );
  await asking.post('/api/security/auth/validate', { auth_ref: canaries.pasted });

  const answers = await everyGet(asking);
  for (const answer of answers) expect(answer).toMatch(/^\[(200|400|404|409),/);
  const tools = await everyReadingTool(asking);
  const page = await thePage(asking);
  const commands = await everyCommand(daemon);
  const elsewhere = await Promise.all(['/metrics', '/openapi.json', '/nowhere'].map((path) => asking.get(path)));
  // The requests cover every surface.
  expect([answers.length > 25, tools.length > 8, page.length > 2, commands.length > 8]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  shown.push(...answers, ...tools, ...page, ...commands, ...elsewhere);
  shown.push(daemon.program.stdout(), daemon.program.stderr());
  expect(shown.flatMap((text) => canariesIn(text, canaries).map((place) => [place, text.slice(0, 300)]))).toEqual([]);

  expect(canariesIn(first.received(), canaries)).toEqual(['stored']);
  expect(canariesIn(second.received(), canaries)).toEqual(['header', 'argument']);
  if (existsSync('/proc/self/environ')) {
    const { lines, children } = await theProcesses(daemon.program.pid);
    expect(canariesIn(lines, canaries)).toEqual([]);
    expect(canariesIn(children, canaries)).toEqual(['variable', 'byTool']);
  }
  const { stdout, stderr } = await daemon.end();
  expect(canariesIn(stdout + stderr, canaries)).toEqual([]);
  const holders = await filesThatHold(workspace.path);
  expect(holders).toEqual({
    '.clarity/runtime/registry.json': ['variable'],
    '.clarity/runtime/registry.json.bak': ['variable'],
    '.clarity/secrets-copy/child/key': ['byTool'],
    '.clarity/secrets-copy/remote/key': ['stored'],
    '.clarity/secrets/child/key': ['byTool'],
    '.clarity/secrets/remote/key': ['stored'],
  });
  for (const file of Object.keys(holders)) {
    expect([file, (await stat(join(workspace.path, file))).mode & 0o777]).toEqual([file, 0o600]);
  }
});

test('canariesIn finds a canary in every encoding', () => {
  const value = canary('here');
  const texts = [
    `x${value}y`,
    JSON.stringify({ a: value }),
    JSON.stringify(JSON.stringify(value)),
    `/?q=${encodeURIComponent(value)}`,
    new URLSearchParams({ q: value }).toString(),
    ...['', 'a', 'ab', 'abc'].map((before) => Buffer.from(`${before}${value}tail`).toString('base64')),
    Buffer.from(`Bearer ${value}`).toString('base64url'),
  ];
  for (const text of texts) expect([text, canariesIn(text, { here: value })]).toEqual([text, ['here']]);
  expect(canariesIn(texts.join(), { other: canary('other') })).toEqual([]);
  expect(Math.min(...spellingsOf(value).map(({ length }) => length))).toBeGreaterThan(20);
});
