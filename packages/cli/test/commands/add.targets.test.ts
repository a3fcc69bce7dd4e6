import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { embeddedCaller } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TOKEN = 'ghp_CANARY0123456789abcdefABCDEF0123';

const originOf = (stdout: string): unknown =>
  (JSON.parse(stdout) as { service: { manifest: { spec: { origin: unknown } } } }).service.manifest.spec.origin;

test('add -- <command> registers a program under the name of its package', async () => {
  await using daemon = await fakeDaemon();
  const { exitCode, stdout } = await daemon.ctl([
    'add',
    '--',
    'npx',
    '-y',
    '@modelcontextprotocol/server-github@2025.4.8',
  ]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ namespace: 'github', service: { runtime: { lifecycle: 'RUNNING' } } });
});

test('add <url> registers a remote service with headers and parameters of references', async () => {
  await using daemon = await fakeDaemon();
  const values = ['--header', 'X-Team=core', '--header', 'Authorization: Bearer ${secret:file:far}'];
  const query = ['--query', 'key=secret:file:key', '--query', 'region=env:REGION'];
  const { stdout } = await daemon.ctl(['add', 'https://mcp.sentry.dev/mcp', ...values, ...query, '--no-start']);
  expect(JSON.parse(stdout)).toMatchObject({ namespace: 'sentry' });
  expect(daemon.admitted[0]?.spec.origin).toMatchObject({
    endpoint: 'https://mcp.sentry.dev/mcp',
    headers: [
      { name: 'X-Team', value: 'core' },
      { name: 'Authorization', value: 'Bearer ${secret:file:far}' },
    ],
    query: [
      { name: 'key', secretRef: 'file:key' },
      { name: 'region', value: '${env:REGION}' },
    ],
  });
});

test('add <file>.wasm registers a module without its source', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  const { exitCode } = await daemon.ctl(['add', 'out/tally.wasm'], { cwd: folder.path });
  expect(exitCode).toBe(0);
  const wasmPath = join(folder.path, 'out/tally.wasm');
  expect(daemon.admitted[0]).toMatchObject({ metadata: { module: 'tally', sourceFile: wasmPath } });
  expect(daemon.admitted[0]?.spec.origin).toMatchObject({ type: 'local_wasm', wasmPath });
});

test('add <file>.json imports the servers of a configuration', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  await writeFile(join(folder.path, 'mcp.json'), '{ "mcpServers": { "notes": { "command": "notes-mcp" } } }');
  const env = { HOME: folder.path, XDG_STATE_HOME: join(folder.path, 'state') };
  const { exitCode } = await daemon.ctl(['add', 'mcp.json', '--yes'], { cwd: folder.path, env });
  expect([exitCode, daemon.admitted.map(({ metadata }) => metadata.module)]).toEqual([0, ['notes']]);
});

test.each([
  [['add'], 'nothing to add'],
  [['add', 'x', '--header', 'A=b', '--', 'node'], '--header is not a flag of a program'],
  [['add', 'https://a.example/mcp', '--env', 'A=b'], '--env is not a flag of a URL'],
  [['add', 'https://u:p@a.example/mcp'], 'the URL must be an http or https URL without a user name'],
  [['add', 'x', '--env', '1A=b', '--', 'node'], '--env must be NAME=VALUE'],
  [['add', 'x', '--env', 'ABSENT', '--', 'node'], 'the variable ABSENT is not set in this shell'],
  [['add', 'x', '--env', 'A=1', '--env', 'A=2', '--', 'node'], '--env A is set twice'],
])('%j is a usage error and registers nothing', async (argv, message) => {
  await using daemon = await fakeDaemon();
  const { exitCode, stderr } = await daemon.ctl(argv);
  expect([exitCode, daemon.admitted]).toEqual([2, []]);
  expect(stderr).toContain(message);
});

test('T-486 add moves a token of the command line to the secret store and prints its name only', async () => {
  await using daemon = await fakeDaemon();
  const argv = ['add', 'gh', '--env', `GITHUB_TOKEN=${TOKEN}`, '--env', 'LOG=info', '--', 'node', 's.mjs'];
  const { exitCode, stdout, stderr } = await daemon.ctl(argv);
  expect(exitCode).toBe(0);
  expect(originOf(stdout)).toMatchObject({
    env: [{ name: 'GITHUB_TOKEN', secretRef: 'file:add/gh/GITHUB_TOKEN' }, { name: 'LOG' }],
  });
  expect(stdout + stderr).not.toContain(TOKEN);
  expect(stderr).toContain('the value of file:add/gh/GITHUB_TOKEN is in the secret store');
  const kept = await daemon.ctl(['add', 'gh2', '--keep-plain', 'T', '--env', `T=${TOKEN}`, '--', 'node', 's.mjs']);
  expect(originOf(kept.stdout)).toMatchObject({ env: [{ name: 'T', value: '***' }] });
});

const POLICY = { timeoutMs: 4321, allowTools: ['fn__add'] };
const SURFACE = { tools: { fn__add: { description: 'adds' } } };

test('add refuses another target of a taken name and prints the command with --replace', async () => {
  await using daemon = await fakeDaemon();
  await daemon.ctl(['add', 'mem', '--', 'npx', '-y', '@acme/memori']);
  const argv = ['add', 'mem', '--env', `KEY=${TOKEN}`, '--', 'npx', '-y', '@acme/memory', '--token', TOKEN];
  const { exitCode, stdout, stderr } = await daemon.ctl(argv);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain("error: the name 'mem' belongs to npx -y @acme/memori; nothing was changed\n");
  expect(stderr).toContain("clarityctl add mem --replace --env KEY=… -- npx -y @acme/memory --token '***'");
  expect(stderr).not.toContain(TOKEN);
});

test('[first-hour.18] add --replace keeps policy, surface and old ids, and shows the difference', async () => {
  await using daemon = await fakeDaemon();
  const first = await daemon.ctl(['add', 'mem', '--max-memory', '64m', '--', 'npx', '-y', '@acme/memori']);
  const { serviceId: old } = JSON.parse(first.stdout) as { serviceId: string };
  const { service } = daemon.runtime.services.get(embeddedCaller, old);
  await daemon.runtime.services.apply(embeddedCaller, {
    ...service.manifest,
    spec: { ...service.manifest.spec, policy: POLICY, surface: SURFACE, autostart: false, pinInterface: true },
  });
  const argv = ['add', 'mem', '--replace', '--env', `KEY=${TOKEN}`, '--', 'npx', '-y', '@acme/memory'];
  const dry = await daemon.ctl([...argv.slice(0, 3), '--dry-run', ...argv.slice(3)]);
  expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, action: 'replace' });
  const { exitCode, stdout, stderr } = await daemon.ctl(argv);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('  spec.origin.args: ["-y","@acme/memori"] -> ["-y","@acme/memory"]\n');
  expect(stderr).toContain('  spec.origin.env[KEY]: secret file:add/mem/KEY (new)\n');
  expect(dry.stdout + dry.stderr + stdout + stderr).not.toContain(TOKEN);
  const listed = daemon.runtime.services.list(embeddedCaller);
  expect(listed.map(({ service: { namespace } }) => namespace)).toEqual(['mem']);
  expect(listed[0]?.service.manifest.spec).toMatchObject({
    policy: POLICY,
    surface: SURFACE,
    autostart: false,
    pinInterface: true,
    limits: { memoryBytes: 67_108_864 },
  });
  expect(JSON.parse((await daemon.ctl(['details', 'mem'])).stdout)).toMatchObject({ service: { namespace: 'mem' } });
  expect(daemon.runtime.services.get(embeddedCaller, old).service.namespace).toBe('mem');
});

test('add of the same target updates the service and exits 0', async () => {
  await using daemon = await fakeDaemon();
  const argv = ['add', 'mem', '--', 'npx', '-y', '@acme/memory'];
  const first = JSON.parse(
    (await daemon.ctl([...argv.slice(0, 2), '--deny-tools', 'a', ...argv.slice(2)])).stdout,
  ) as object;
  const again = await daemon.ctl(argv);
  expect(again.exitCode).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ serviceId: (first as { serviceId: string }).serviceId });
  expect(daemon.admitted.at(-1)?.spec.policy).toEqual({ denyTools: ['a'] });
});

test('a Clarity source replaces a service of another kind only with --replace, and keeps its limits', async () => {
  await using folder = await temporaryFolder();
  await using daemon = await fakeDaemon();
  await mkdir(folder.path, { recursive: true });
  await writeFile(join(folder.path, 'bills.clarity'), 'module bills\nfunction add(a: Int64) -> Int64 { a }\n');
  await daemon.ctl([
    'add',
    'http://localhost:9/mcp',
    '--module',
    'bills',
    '--allow-tools',
    'fn__add',
    '--timeout-ms',
    '1500',
  ]);
  const refused = await daemon.ctl(['add', 'bills'], { cwd: folder.path });
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('belongs to http://localhost:9/mcp') });
  expect((await daemon.ctl(['add', 'bills', '--replace'], { cwd: folder.path })).exitCode).toBe(0);
  const [view] = daemon.runtime.services.list(embeddedCaller);
  expect(view?.service.manifest.spec).toMatchObject({
    origin: { type: 'local_wasm' },
    policy: { allowTools: ['fn__add'], timeoutMs: 1500 },
  });
});
