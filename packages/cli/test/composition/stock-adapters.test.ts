import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequestListener } from '@clarity-runtime/adapter-http';
import { compile } from '@clarity-runtime/compiler';
import { createRuntime, embeddedCaller, localWasm } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { expect, test } from '@jest/globals';
import { writeBuilt } from '@clarity-runtime/adapter-toolchain';
import { stockAdapters } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SOURCE = 'module m\n\nfunction twice(n: Int64) -> Int64 { n + n }\n';

async function build(folder: string) {
  const compiled = compile({ file: 'm.clarity', text: SOURCE });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  const wasmPath = join(folder, 'm.wasm');
  await writeBuilt(wasmPath, compiled);
  return localWasm(wasmPath, {
    sourceFile: join(folder, 'm.clarity'),
    module: 'm',
    artifactSha256: sha256Hex(compiled.wasm),
    workspaceRoot: folder,
  });
}

test('stockAdapters persist a registered service when a program hosts the runtime in its own server', async () => {
  await using folder = await temporaryFolder();
  const manifest = await build(folder.path);
  {
    await using runtime = await createRuntime(await stockAdapters({ workspace: folder.path }));
    const { service } = await runtime.services.apply(embeddedCaller, manifest);
    expect((await runtime.services.start(embeddedCaller, service.serviceId)).status.lifecycle).toBe('RUNNING');
  }
  await using runtime = await createRuntime(await stockAdapters({ workspace: folder.path }));
  await runtime.autostart();
  const server = createServer(createRequestListener(runtime, { host: '127.0.0.1' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const listed = await fetch(`http://127.0.0.1:${String(port)}/api/services`);
  expect(await listed.json()).toMatchObject({ items: [{ namespace: 'm', lifecycle: 'RUNNING' }] });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('an adapter of stockAdapters is replaced when another is spread over it', async () => {
  await using folder = await temporaryFolder();
  const stock = await stockAdapters({ workspace: folder.path });
  await stock.registry[Symbol.asyncDispose]();
  await using runtime = await createRuntime({ ...stock, registry: new MemoryServiceRegistry() });
  await runtime.services.apply(embeddedCaller, await build(folder.path));
  expect(runtime.services.list(embeddedCaller)).toHaveLength(1);
  expect(await readdir(join(folder.path, '.clarity', 'runtime'))).not.toContain('registry.json');
});
