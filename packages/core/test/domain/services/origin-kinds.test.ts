import { expect, test } from '@jest/globals';
import { childProcess, localWasm, remote } from '../../../src/domain/services/manifest-defaults.ts';
import {
  BUILT_IN_KINDS,
  isRemote,
  originKind,
  originKinds,
  workspaceFileOf,
  type OriginKind,
} from '../../../src/domain/services/origin-kinds.ts';
import { object, text } from '../../../src/domain/services/schema-parts.ts';
import { deriveServiceId } from '../../../src/domain/services/service-id.ts';
import { redactedManifest } from '../../../src/domain/services/shown-manifest.ts';
import { manifestPolicy } from '../../../src/domain/calls/effective-policy.ts';
import { parseManifest } from '../../../src/validation/index.ts';

const queue: OriginKind<{ readonly type: 'acme_queue'; readonly topic: string }> = {
  schema: object(['type', 'topic'], { type: { const: 'acme_queue' }, topic: text(64), vars: { type: 'array' } }),
  location: ({ topic }) => topic,
  isRemote: true,
  runsCommand: false,
  isBuiltFromSource: false,
  environment: 'vars' as never,
  legacyPolicy: [],
  callDefaults: { timeoutMs: 1_000 },
};
const kinds = originKinds([{ origin: 'acme_queue', kind: queue as unknown as OriginKind }]);

const queueManifest = (origin: object) => {
  const { spec, ...head } = remote('http://a.example', { module: 'q', sourceFile: 'orders' });
  return { ...head, spec: { ...spec, origin: { type: 'acme_queue', ...origin } } };
};

test('the built-in rows differ in remote, command, source and workspace file exactly as the types do', () => {
  const rows = [...BUILT_IN_KINDS].map(([type, row]) => [
    type,
    row.isRemote,
    row.runsCommand,
    row.isBuiltFromSource,
    row.workspaceFile,
  ]);
  expect(rows).toEqual([
    ['local_wasm', false, false, true, 'wasmPath'],
    ['remote_mcp', true, false, false, undefined],
    ['local_process', false, true, false, undefined],
  ]);
  expect(isRemote(remote('http://a.example'))).toBe(true);
  expect(workspaceFileOf(localWasm('/w/a.wasm'))).toBe('/w/a.wasm');
  expect(workspaceFileOf(childProcess('node'))).toBeUndefined();
});

test('manifestPolicy maps older members of a remote origin to knobs and ignores an empty allowedTools', () => {
  const spec = (options: object) => manifestPolicy(remote('http://a.example', options).spec);
  expect(spec({ timeoutMs: 500, allowedTools: [], maxPayloadBytes: 2048, maxConcurrency: 2 })).toStrictEqual({
    timeoutMs: 500,
    maxRequestBytes: 2048,
    maxResponseBytes: 2048,
    maxConcurrency: 2,
  });
  expect(spec({ allowedTools: ['a'], policy: { allowTools: ['b'] } })).toStrictEqual({ allowTools: ['b'] });
});

test('parseManifest accepts the origin type of a connector only with its kinds', () => {
  const manifest = queueManifest({ topic: 'orders' });
  expect(parseManifest(manifest, kinds)).toEqual(manifest);
  expect(() => parseManifest(manifest)).toThrow('local_wasm | remote_mcp | local_process');
  expect(() => parseManifest(queueManifest({ topic: '' }), kinds)).toThrow('spec.origin.topic');
  expect(() => parseManifest(queueManifest({ topic: 'a', other: 1 }), kinds)).toThrow(
    "unknown field 'spec.origin.other'",
  );
});

test('the id and the redaction of a service of a connector type follow its row', () => {
  const manifest = parseManifest(queueManifest({ topic: 'orders', vars: [{ name: 'A', value: 'secret' }] }), kinds);
  const other = parseManifest(queueManifest({ topic: 'bills' }), kinds);
  expect(deriveServiceId(manifest, kinds)).not.toBe(deriveServiceId(other, kinds));
  expect(redactedManifest(manifest, kinds).spec.origin).toMatchObject({ vars: [{ name: 'A', value: '***' }] });
});

test('a connector cannot replace a built-in row, and an unknown type is assumed to run a command', () => {
  const own = originKinds([{ origin: 'remote_mcp', kind: queue as unknown as OriginKind }]);
  expect(originKind('remote_mcp', own)).toBe(BUILT_IN_KINDS.get('remote_mcp'));
  expect(originKind('elsewhere', own)).toMatchObject({ runsCommand: true, isRemote: false });
});
