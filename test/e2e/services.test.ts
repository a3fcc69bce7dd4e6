import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { connectStock, stockClients, type CalledTool, type StockClient } from '../support/stock-clients.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

async function withClient<T>({ url }: Clarityd, use: (client: StockClient) => Promise<T>): Promise<T> {
  const client = await connectStock(`${url}/mcp`);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const call = (daemon: Clarityd, name: string, args: Record<string, unknown>): Promise<CalledTool> =>
  withClient(daemon, (client) => client.call(name, args));

test('[onboarding.add] [architecture.local-is-wasm] [why.one-daemon-one-cli] an example serves calls until it is removed', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.example('ledger');
  await using daemon = await startClarityd({ cwd: workspace.path });
  const added = await daemon.json('add', 'examples/ledger');
  expect(added).toMatchObject({ ok: true, namespace: 'ledger', endpoint: `${daemon.url}/mcp` });
  expect(await daemon.json('list')).toMatchObject({
    items: [{ serviceId: added['serviceId'], namespace: 'ledger', lifecycle: 'RUNNING', health: 'HEALTHY' }],
  });
  expect((await readFile(String(added['wasmPath']))).subarray(0, 4)).toEqual(Buffer.from('\0asm'));
  const split = await call(daemon, 'ledger__fn__split_amount', { cents: 1000, people: 3 });
  expect(split.structuredContent).toEqual({ result: [334, 333, 333] });
  expect(await daemon.json('remove', 'ledger', '--yes')).toMatchObject({ removed: true });
  expect(await daemon.json('list')).toEqual({ items: [] });
  expect((await withClient(daemon, (client) => client.list())).filter(({ name }) => name.startsWith('ledger'))).toEqual(
    [],
  );
});

test('[gives.persistent-registry] [registry.file] services run with the same id after a restart', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.example('ledger');
  const first = await startClarityd({ cwd: workspace.path });
  const { serviceId } = await first.json('add', 'examples/ledger');
  expect(await first.end()).toMatchObject({ exitCode: 0, signal: null });
  const registry = await readFile(join(workspace.path, '.clarity/runtime/registry.json'), 'utf8');
  expect(registry).toContain(String(serviceId));
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    await using daemon = await startClarityd({ cwd: workspace.path });
    expect(await daemon.json('list')).toMatchObject({ items: [{ serviceId, lifecycle: 'RUNNING' }] });
    const shown = await call(daemon, 'ledger__fn__format_cents', { cents: -5 });
    expect(shown.structuredContent).toEqual({ result: '-0.05' });
    expect((await daemon.end(signal)).exitCode).toBe(signal === 'SIGINT' ? 0 : null);
  }
});

test('[gives.deterministic-identity] a changed source runs its new code under the same id after add', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  const source = (word: string): string => `module hello\n\nfunction greet() -> String { "${word}" }\n`;
  await workspace.write('hello.clarity', source('one'));
  const first = await daemon.json('add', 'hello');
  expect((await call(daemon, 'hello__fn__greet', {})).structuredContent).toEqual({ result: 'one' });
  await workspace.write('hello.clarity', source('two'));
  const second = await daemon.json('add', 'hello.clarity');
  expect(second['serviceId']).toBe(first['serviceId']);
  expect((await call(daemon, 'hello__fn__greet', {})).structuredContent).toEqual({ result: 'two' });
});

test('[flow.lifecycle] [gives.lifecycle] every lifecycle command changes the state of a service', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.example('text-tools');
  await using daemon = await startClarityd({ cwd: workspace.path });
  await daemon.json('add', 'examples/text-tools');
  await withClient(daemon, async (client) => {
    const offered = async (): Promise<boolean> =>
      (await client.list()).some(({ name }) => name === 'text_tools__fn__slug');
    expect(await offered()).toBe(true);
    await daemon.json('stop', 'text_tools');
    expect(await daemon.json('list')).toMatchObject({ items: [{ lifecycle: 'STOPPED' }] });
    expect(await offered()).toBe(false);
    await daemon.json('start', 'text_tools');
    expect(await offered()).toBe(true);
    await daemon.json('restart', 'text_tools');
    const called = await client.call('text_tools__fn__slug', { text: 'Hello, World!' });
    expect(called.structuredContent).toEqual({ result: 'hello-world' });
    const { interface: offers } = await daemon.json('introspect', 'text_tools');
    expect(offers).toMatchObject({ tools: expect.arrayContaining([expect.objectContaining({ name: 'fn__slug' })]) });
    await daemon.json('remove', 'text_tools', '--yes');
    expect(await offered()).toBe(false);
  });
});

test('[gives.single-endpoint] [why.one-wiring] a configured client reaches services that are added later', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.example('ledger');
  await workspace.example('text-tools');
  await using daemon = await startClarityd({ cwd: workspace.path });
  await withClient(daemon, async (client) => {
    expect(await daemon.json('add-all', 'examples', '--recursive')).toMatchObject({ ok: true, added: 2 });
    const names = (await client.list()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['ledger__fn__balance', 'text_tools__fn__slug']));
    const balance = await client.call('ledger__fn__balance', { entries: [{ account: 'a', cents: 7 }] });
    expect(balance.structuredContent).toEqual({ result: 7 });
    expect((await client.call('text_tools__fn__slug', { text: 'A b' })).structuredContent).toEqual({ result: 'a-b' });
  });
});

test('a source with a compile error does not change the running service', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  await workspace.write('hello.clarity', 'module hello\n\nfunction greet() -> String { "one" }\n');
  await daemon.json('add', 'hello');
  await workspace.write('hello.clarity', 'module hello\n\nfunction greet() -> String { 1 }\n');
  const { exitCode, stderr } = await daemon.ctl('add', 'hello');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('--> hello.clarity:3:');
  expect((await call(daemon, 'hello__fn__greet', {})).structuredContent).toEqual({ result: 'one' });
});

test('D13 T-285 SIGTERM during a hanging call ends the daemon with 0, and SIGHUP does not end it', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write('loop.clarity', 'module loop\n\nfunction spin(n: Int64) -> Int64 { spin(n + 1) }\n');
  const env = { CLARITY_LOCAL_FN_TIMEOUT_MS: '60000' };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  await daemon.json('add', 'loop');
  const idle = [];
  for (const [, connect] of stockClients) idle.push(await connect(`${daemon.url}/mcp`));
  daemon.program.kill('SIGHUP');
  const hanging = call(daemon, 'loop__fn__spin', { n: 0 }).catch(() => ({ isError: true }));
  await daemon.json('list');
  expect(await daemon.end('SIGTERM')).toMatchObject({ exitCode: 0, signal: null });
  expect((await hanging).isError).toBe(true);
  for (const client of idle) await client.close();
});

test('[cli.remove.cleanup-artifacts] [http.remove.cleanup] W12 W13 remove deletes only built files', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.example('ledger');
  await using daemon = await startClarityd({ cwd: workspace.path });
  const { wasmPath } = await daemon.json('add', 'examples/ledger');
  expect(await daemon.json('remove', 'ledger', '--yes')).toEqual(expect.not.objectContaining({ removedFiles: [] }));
  const bytes = await readFile(String(wasmPath));
  await daemon.json('add', 'examples/ledger');
  const { removedFiles, left } = await daemon.json('remove', 'ledger', '--yes', '--cleanup-artifacts');
  expect([removedFiles, left]).toEqual([expect.arrayContaining([wasmPath]), []]);
  await expect(readFile(String(wasmPath))).rejects.toMatchObject({ code: 'ENOENT' });
  const victim = await workspace.write('victim.wasm', '');
  await writeFile(victim, bytes);
  const flags = ['--source', 'victim.clarity', '--module', 'victim', '--wasm', 'victim.wasm'];
  await daemon.json('add-local', ...flags);
  const kept = await daemon.ctl('remove', 'victim', '--yes', '--cleanup-artifacts');
  expect(kept).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`${victim} was kept`) });
  expect(await readFile(victim)).toEqual(bytes);
});
