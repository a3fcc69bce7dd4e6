import { expect, test } from '@jest/globals';
import { RawJson, type InterfaceDocument, type Service } from '@clarity-runtime/core';
import { deriveServiceId, sha256Hex } from '@clarity-runtime/core/internal';
import { MemoryArtifactStore } from '@clarity-runtime/core/memory';
import { localWasmConnector } from '@clarity-runtime/adapter-wasm';
import { roomy, testHost } from '../support/host.ts';
import { ask, Files, manifestOf, open, PATH, say, withFiles } from '../support/connector.ts';
import { sampleDocument, sampleWasm } from '../support/sample-service.ts';
import { add, buildModule, op } from '../support/wasm-module.ts';

test('admission stores module and document by digest and returns the compiler', async () => {
  const artifact = await withFiles(new Files(sampleWasm, sampleDocument)).admit(manifestOf(sha256Hex(sampleWasm)));
  expect(artifact).toEqual({
    wasmSha256: sha256Hex(sampleWasm),
    interfaceSha256: sha256Hex(RawJson.of(sampleDocument).bytes),
    compiler: sampleDocument.compiler,
    bytes: sampleWasm.length + RawJson.of(sampleDocument).bytes.length,
  });
});

test('W16 T-254 the admitted module runs also after a change of the file', async () => {
  const files = new Files(sampleWasm, sampleDocument);
  const connector = withFiles(files);
  const manifest = manifestOf(sha256Hex(sampleWasm));
  files.files.set(PATH, buildModule({ functions: [add] }));
  await expect(connector.admit(manifest)).rejects.toMatchObject({ failure: { code: 'ARTIFACT_DIGEST_MISMATCH' } });
  files.files.set(PATH, sampleWasm);
  const { connection } = await open(connector, manifest);
  files.files.clear();
  expect(await say(connection, 'fn__sum', '{"a":2,"b":3}')).toContain('"result":5');
});

test('a module without a document has tools for functions over numbers, with numbered parameters', async () => {
  const { connection } = await open(withFiles(new Files(sampleWasm)));
  const reply = await ask(connection, 'tools/list');
  const { tools } = ('result' in reply ? reply.result.value : {}) as { tools: readonly { name: string }[] };
  expect(tools.map(({ name }) => name).slice(2)).toEqual(sampleDocument.functions.map(({ name: own }) => `fn__${own}`));
  expect(await say(connection, 'fn__sum', '{"arg0":2,"arg1":3}')).toContain('"result":5');
});

const [sum, ...others] = sampleDocument.functions;
const int32 = { kind: 'Bool' } as const;

test.each<[string, unknown, string]>([
  ['is no JSON object', [1], 'is not what it should be'],
  ['describes another build', { ...sampleDocument, wasmSha256: sha256Hex('other') }, 'another build'],
  ['names a function that is not there', withFunction({ name: 'ghost' }), 'the module does not export ghost'],
  ['gives a function another result', withFunction({ result: int32 }), 'sum would be (i64, i64) -> i32'],
  ['gives a function fewer parameters', withFunction({ params: [] }), 'sum would be () -> i64'],
  ['uses a type that it does not define', { ...sampleDocument, types: {} }, 'the type Point'],
  ['has a name that no tool may have', withFunction({ name: 'a b' }), 'functions.0.name'],
  ['has a name along the prototype chain', withFunction({ name: '__proto__' }), 'functions.0.name'],
  ['has a function twice', { ...sampleDocument, functions: [sum, sum] }, 'the function sum twice'],
  ['nests types without end', withFunction({ result: nested(40) }), 'nested too deeply'],
])('admission rejects a document that %s', async (_, document, reason) => {
  await expect(withFiles(new Files(sampleWasm, document)).admit(manifestOf())).rejects.toMatchObject({
    failure: { code: 'INTERFACE_MISMATCH', message: expect.stringContaining(reason) },
  });
});

function withFunction(over: Partial<InterfaceDocument['functions'][number]>): unknown {
  return { ...sampleDocument, functions: [{ ...sum, ...over }, ...others] };
}

function nested(depth: number): InterfaceDocument['functions'][number]['result'] {
  return depth === 0 ? { kind: 'Int64' } : { kind: 'List', element: nested(depth - 1) };
}

test('W06 W09 admission rejects a module that cannot run before it is stored', async () => {
  const bad = [
    new Uint8Array(),
    buildModule({ imports: [{ name: 'system' }] }),
    buildModule({ functions: [{ body: op.i32(1) }] }),
  ];
  for (const wasm of bad) {
    await expect(withFiles(new Files(wasm)).admit(manifestOf())).rejects.toMatchObject({
      failure: { code: 'MODULE_INVALID' },
    });
  }
});

test('connect fails when the stored copy does not exist', async () => {
  const files = new Files(sampleWasm, sampleDocument);
  const artifact = await withFiles(files).admit(manifestOf());
  const identity = { schema: 1, serviceId: 'svc_1', namespace: 'sample', revision: '1' } as const;
  const events = { onListChanged: () => undefined, onLog: () => undefined, onClose: () => undefined };
  for (const kept of [{}, { artifact }]) {
    const service = { ...identity, manifest: manifestOf(), ...kept } as Service;
    const connecting = withFiles(files).connect(service, events, new AbortController());
    await expect(connecting).rejects.toMatchObject({ failure: { code: 'ARTIFACT_UNREADABLE' } });
  }
});

test('T-416 admission refuses a module above the room of its caller, and stores nothing', async () => {
  const bytes = sampleWasm.length + RawJson.of(sampleDocument).bytes.length;
  const connector = withFiles(new Files(sampleWasm, sampleDocument));
  const manifest = manifestOf(sha256Hex(sampleWasm));
  await expect(connector.admit(manifest, { maxArtifactBytes: bytes - 1 })).rejects.toMatchObject({
    failure: { code: 'QUOTA_EXCEEDED', field: 'spec.origin.wasmPath' },
  });
  expect(await connector.admit(manifest, { maxArtifactBytes: bytes })).toMatchObject({ bytes });
});

test.each(['args', 'env'] as const)('admit refuses spec.origin.%s, which reaches no module', async (field) => {
  const manifest = manifestOf();
  const dead = { args: ['x'], env: [{ name: 'TOKEN', secretRef: 'file:t' }] }[field];
  const origin = { ...manifest.spec.origin, [field]: dead };
  const connector = withFiles(new Files(sampleWasm, sampleDocument));
  await expect(connector.admit({ ...manifest, spec: { ...manifest.spec, origin } })).rejects.toMatchObject({
    failure: { code: 'MANIFEST_INVALID', field: `spec.origin.${field}` },
  });
});

test('a stored record with env starts, and its log and warnings name it and every export without a tool', async () => {
  const pair = { name: 'pair', results: ['i64', 'i64'] as const, body: [...op.i64(1), ...op.i64(2)] };
  const wasm = buildModule({ functions: [add, pair, { ...add, name: 'kebab-name' }] });
  const artifacts = new MemoryArtifactStore();
  const wasmSha256 = await artifacts.put('default', 'wasm', wasm);
  const manifest = manifestOf();
  const origin = { ...manifest.spec.origin, env: [{ name: 'TOKEN', value: 'x' }] } as typeof manifest.spec.origin;
  const stored = { ...manifest, spec: { ...manifest.spec, origin } };
  const connector = localWasmConnector({ host: testHost(), artifacts, source: new Files(wasm), defaults: roomy });
  const lines: string[] = [];
  const identity = { schema: 1, serviceId: deriveServiceId(stored), namespace: 'sample', revision: '1' } as const;
  const connection = await connector.connect(
    { ...identity, manifest: stored, artifact: { wasmSha256 } },
    { onListChanged: () => undefined, onLog: (line) => lines.push(line), onClose: () => undefined },
    new AbortController(),
  );
  expect(lines).toEqual([
    'spec.origin.env has no effect: it does not reach the module.',
    'Export without a tool: pair (it returns 2 values).',
    'Export without a tool: kebab-name (its name is not a valid tool name).',
  ]);
  expect(connection.warnings).toEqual(lines);
  expect(await say(connection, 'describe_service')).toContain('pair (it returns 2 values)');
});
