import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { componentTranspiler } from '@clarity-runtime/adapter-component';
import { ProcessWasmHost, WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import type { WasmHost } from '@clarity-runtime/core/ports';
import { wasmHostContract } from '@clarity-runtime/core/testing';
import { componentOf, ENDLESS, WORKING } from '../support/components.ts';

const kit = { describe, test, expect };
const transpiler = componentTranspiler({ cacheFolder: mkdtempSync(join(tmpdir(), 'clarity-components-')) });
const { signal } = new AbortController();
const open: WasmHost[] = [];

async function setupOf(host: WasmHost) {
  open.push(host);
  const [working, endless] = await Promise.all([componentOf(WORKING), componentOf(ENDLESS)]);
  const prepare = async (wasm: Uint8Array) => ({
    wasm: new Uint8Array(),
    program: await transpiler.prepare(wasm, {}, signal),
  });
  return { host, working, endless, prepare };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

wasmHostContract(kit, 'components in threads', () => setupOf(new WorkerWasmHost({ loadMs: 3_000 })));
wasmHostContract(kit, 'components in processes', () => setupOf(new ProcessWasmHost()));
