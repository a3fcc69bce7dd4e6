import { expect, test } from '@jest/globals';
import { localWasmConnector } from '@clarity-runtime/adapter-wasm';
import { MemoryArtifactStore } from '@clarity-runtime/core/memory';
import type { WasmHost } from '@clarity-runtime/core/ports';
import { Files, manifestOf } from '../support/connector.ts';
import { roomy } from '../support/host.ts';
import { sampleWasm } from '../support/sample-service.ts';

/** A host whose threads are all busy. */
const busyHost = (loads: string[], name: string): WasmHost => ({
  load: (_spec, signal) => {
    loads.push(name);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('the wait was aborted'));
      });
    });
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

test('T-421 R22b admit ends with WASM_BUSY at its deadline and does not wait for threads of running modules', async () => {
  const loads: string[] = [];
  const connector = localWasmConnector({
    host: busyHost(loads, 'calls'),
    admissionHost: busyHost(loads, 'admission'),
    admissionMs: 20,
    artifacts: new MemoryArtifactStore(),
    source: new Files(sampleWasm),
    defaults: roomy,
  });
  await expect(connector.admit(manifestOf())).rejects.toMatchObject({ code: 'WASM_BUSY' });
  expect(loads).toEqual(['admission']);
});
