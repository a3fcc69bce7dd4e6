import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { deriveServiceId, sha256Hex } from '@clarity-runtime/core/internal';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const SOURCE = 'module bills\n\n// Adds.\nfunction add(a: Int64, b: Int64) -> Int64 { a + b }\n';

async function workspace(sources: Record<string, string> = { 'bills.clarity': SOURCE }): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(sources)) {
    await mkdir(join(folder.path, path, '..'), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  return folder;
}

test('[install.artifact-path] [cli.add] add <name> builds .clarity/build/<name>.wasm and starts it', async () => {
  await using folder = await workspace();
  await using daemon = await fakeDaemon();
  const { exitCode, stdout, stderr } = await daemon.ctl(['add', 'bills'], { cwd: folder.path });
  expect([exitCode, stderr]).toEqual([0, '']);
  const wasmPath = join(folder.path, '.clarity', 'build', 'bills.wasm');
  const [manifest] = daemon.admitted;
  expect(manifest).toMatchObject({
    metadata: {
      sourceFile: join(folder.path, 'bills.clarity'),
      module: 'bills',
      workspaceRoot: folder.path,
      artifactSha256: sha256Hex(await readFile(wasmPath)),
    },
    spec: { origin: { type: 'local_wasm', wasmPath, entry: 'mcp_main' }, autostart: true },
  });
  expect(JSON.parse(stdout)).toEqual({
    ok: true,
    serviceId: manifest && deriveServiceId(manifest),
    namespace: 'bills',
    sourceFile: join(folder.path, 'bills.clarity'),
    wasmPath,
    module: 'bills',
    endpoint: `${daemon.url}/mcp`,
    tools: ['fn__add'],
  });
  const document = JSON.parse(await readFile(wasmPath.replace('.wasm', '.interface.json'), 'utf8')) as unknown;
  expect(document).toMatchObject({ module: 'bills', compiler: { kind: 'embedded' } });
});

test('[cli.add.path] add accepts a path and prints state, tools and endpoint on a terminal', async () => {
  await using folder = await workspace({ 'deep/bills.clarity': SOURCE });
  await using daemon = await fakeDaemon();
  const { stdout } = await daemon.ctl(['add', 'deep/bills.clarity'], { cwd: folder.path, columns: 120 });
  expect(stdout).toMatch(/^bills \(svc_[a-f0-9]{12}\) is RUNNING\n/);
  expect(stdout).toContain('fn__add  Adds two numbers.\n');
  expect(stdout).toContain(`all services: ${daemon.url}/mcp (tools are named bills__<tool>)\n`);
  expect(stdout).toContain(`this service: ${daemon.url}/mcp/bills\n`);
});

test('add prints line, column and hint of a compile error, and writes and registers nothing', async () => {
  await using folder = await workspace({ 'bad.clarity': 'module bad\nfunction f() -> Int64 { "x" }\n' });
  await using daemon = await fakeDaemon();
  const { exitCode, stdout, stderr } = await daemon.ctl(['add', 'bad'], { cwd: folder.path });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain('error: bad.clarity does not compile\n\nerror[TYPE_MISMATCH]');
  expect(stderr).toContain('--> bad.clarity:2:25');
  expect(daemon.admitted).toEqual([]);
  expect(await readdir(folder.path)).toEqual(['bad.clarity']);
});

test('add exits 1 with the reason when the start fails', async () => {
  await using folder = await workspace();
  await using daemon = await fakeDaemon();
  daemon.startFailure = new ClarityError('MODULE_INVALID', 'no memory');
  const { exitCode, stdout, stderr } = await daemon.ctl(['add', 'bills'], { cwd: folder.path });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'error: bills did not start: the module cannot be run: no memory\nhint: see `clarityctl logs bills`\n',
  );
});

test('add requires another module name for a second source of the same name', async () => {
  await using folder = await workspace({ 'a/bills.clarity': SOURCE, 'b/bills.clarity': SOURCE });
  await using daemon = await fakeDaemon();
  expect((await daemon.ctl(['add', 'a'], { cwd: folder.path })).exitCode).toBe(0);
  const refused = await daemon.ctl(['add', 'b'], { cwd: folder.path });
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--module <name>') });
  const added = await daemon.ctl(['add', 'b', '--module', 'more'], { cwd: folder.path });
  const { wasmPath, namespace } = JSON.parse(added.stdout) as { wasmPath: string; namespace: string };
  expect(namespace).toBe('more');
  expect(wasmPath).toMatch(/\/\.clarity\/build\/bills-[a-f0-9]{6}\.wasm$/);
  expect((await daemon.ctl(['add', 'a'], { cwd: folder.path })).exitCode).toBe(0);
  expect(JSON.parse((await daemon.ctl(['list'])).stdout)).toMatchObject({
    items: [{ namespace: 'bills' }, { namespace: 'more' }],
  });
});

test('add registers the values of --module, --wasm, --entry and --name', async () => {
  await using folder = await workspace();
  await using daemon = await fakeDaemon();
  const flags = ['--module', 'm', '--wasm', 'out/x.wasm', '--entry', 'go', '--name', 'My bills'];
  expect((await daemon.ctl(['add', 'bills', ...flags], { cwd: folder.path })).exitCode).toBe(0);
  expect(daemon.admitted[0]).toMatchObject({
    metadata: { module: 'm', displayName: 'My bills' },
    spec: { origin: { wasmPath: join(folder.path, 'out', 'x.wasm'), entry: 'go' } },
  });
});

test('add accepts the agent flags of the upstream compiler with a warning', async () => {
  await using folder = await workspace();
  await using daemon = await fakeDaemon();
  const flags = ['--service-type', 'agent', '--agent-id', 'a1', '--agent-hitl', '--agent-depends-on', 'x'];
  const { exitCode, stderr } = await daemon.ctl(['add', 'bills', ...flags], { cwd: folder.path });
  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    'warning: agents are not run, their functions become tools; ignored flags: --agent-id, --agent-depends-on, --agent-hitl\n',
  );
  expect(daemon.admitted[0]?.metadata.serviceType).toBe('agent');
  expect((await daemon.ctl(['add', 'bills', '--service-type', 'x'], { cwd: folder.path })).exitCode).toBe(2);
});

test('add registers a module without an interface, with a note, when it does not match its source', async () => {
  await using folder = await workspace();
  await using daemon = await fakeDaemon();
  const compiler = join(folder.path, 'fakec');
  await writeFile(compiler, '#!/bin/sh\necho wasm > "$4"\n', { mode: 0o755 });
  let tries = 0;
  daemon.admission = () => {
    tries += 1;
    if (tries === 1) throw new ClarityError('INTERFACE_MISMATCH', 'add');
  };
  const { exitCode, stderr } = await daemon.ctl(['add', 'bills', '--compiler-bin', compiler], { cwd: folder.path });
  // The daemon admits a module without a stored copy once more at its start.
  expect([exitCode, tries]).toEqual([0, 3]);
  expect(stderr).toContain('wrote no interface that matches its module');
  expect(await readdir(join(folder.path, '.clarity', 'build'))).toEqual(['bills.wasm']);
});
