import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, isClarityError, type Caller, type Runtime, type ServiceArtifact } from '@clarity-runtime/core';
import { ClarityError } from '../../../src/domain/errors/clarity-error.ts';
import type { AdmissionLimits } from '../../../src/ports/index.ts';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';

const MAX_BYTES = 10_000;

/** Stores modules of a chosen size, as the connector of local modules does: not above the limit of the admission. */
class StoringConnector extends FakeConnector {
  /** Bytes of the next module. */
  bytes = 0;
  stored = 0;
  storedBytes = 0;

  override admit(_manifest?: unknown, { maxArtifactBytes }: AdmissionLimits = { maxArtifactBytes: Infinity }) {
    if (this.bytes > maxArtifactBytes) return Promise.reject(new ClarityError('QUOTA_EXCEEDED', 'too large'));
    this.stored += 1;
    this.storedBytes += this.bytes;
    const wasmSha256 = String(this.stored).padStart(64, '0');
    return Promise.resolve({ wasmSha256, bytes: this.bytes } satisfies ServiceArtifact) as never;
  }
}

const named = (id: string): Caller => ({
  ...operator,
  principal: { kind: 'user', id },
  credential: { kind: 'opaque', id },
  door: 'mcp',
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (isClarityError(error) ? error.code : 'other'),
  );

async function stage(): Promise<{ runtime: Runtime; connector: StoringConnector }> {
  const connector = new StoringConnector();
  return { connector, runtime: await createRuntime({ connectors: [connector] }, { maxDiskBytes: MAX_BYTES }) };
}

const step = fc.record({
  who: fc.constantFrom('ann', 'bob'),
  module: fc.integer({ min: 0, max: 5 }),
  bytes: fc.integer({ min: 0, max: 5_000 }),
  isRemoval: fc.boolean(),
});

test('T-416 the registrations of a principal never store more than its share, and those of others do not count', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { runtime, connector } = await stage();
      await using _ = runtime;
      const kept = new Map<string, { readonly who: string; readonly bytes: number; readonly id: string }>();
      /** Bytes of all modules that a principal has stored: nothing is deleted within a day. */
      const modules = new Map([
        ['ann', 0],
        ['bob', 0],
      ]);
      const manifests = (who: string, without?: string): number =>
        [...kept].reduce((sum, [key, use]) => sum + (use.who === who && key !== without ? use.bytes : 0), 0);
      for (const { who, module, bytes, isRemoval } of steps) {
        const key = `${who}${String(module)}`;
        const before = kept.get(key);
        if (isRemoval) {
          if (before === undefined) continue;
          await runtime.services.remove(named(who), before.id);
          kept.delete(key);
          continue;
        }
        connector.bytes = bytes;
        const manifest = manifestOf(key);
        const size = new TextEncoder().encode(JSON.stringify(manifest)).length;
        const storedBefore = connector.stored;
        const code = await codeOf(runtime.services.apply(named(who), manifest));
        const stored = modules.get(who) ?? 0;
        const hasRoom = manifests(who, key) + size + stored + bytes <= MAX_BYTES;
        expect([key, code]).toEqual([key, hasRoom ? 'done' : 'QUOTA_EXCEEDED']);
        // A refusal stores nothing.
        expect(connector.stored).toBe(storedBefore + (hasRoom ? 1 : 0));
        if (!hasRoom) continue;
        const id = runtime.services.list(operator).find(({ service }) => service.namespace === key)?.service.serviceId;
        kept.set(key, { who, bytes: size, id: id ?? '' });
        modules.set(who, stored + bytes);
      }
    }),
    { numRuns: 40 },
  );
});

test('T-416 modules whose registration fails count until they are deleted after a day', async () => {
  const { runtime, connector } = await stage();
  await using _ = runtime;
  await runtime.services.apply(operator, manifestOf('taken'));
  connector.bytes = 3_000;
  const codes: string[] = [];
  for (let at = 0; at < 10; at += 1) {
    const manifest = manifestOf('other', { toolNamespace: 'taken', wasmPath: `/src/${String(at)}.wasm` });
    codes.push(await codeOf(runtime.services.apply(named('ann'), manifest)));
  }
  expect(codes.slice(0, 3)).toEqual(['NAMESPACE_TAKEN', 'NAMESPACE_TAKEN', 'NAMESPACE_TAKEN']);
  expect(new Set(codes.slice(3))).toEqual(new Set(['QUOTA_EXCEEDED']));
  expect(connector.storedBytes).toBeLessThanOrEqual(MAX_BYTES);
  expect(await codeOf(runtime.services.apply(named('bob'), manifestOf('bobs')))).toBe('done');
});

test('T-416 concurrent registrations of a principal stay below its share together', async () => {
  const { runtime, connector } = await stage();
  await using _ = runtime;
  connector.bytes = 3_000;
  const codes = await Promise.all(
    Array.from({ length: 8 }, (_each, at) =>
      codeOf(runtime.services.apply(named('ann'), manifestOf(`m${String(at)}`))),
    ),
  );
  expect(codes.filter((code) => code === 'done').length).toBeLessThanOrEqual(3);
  expect(codes).toContain('QUOTA_EXCEEDED');
});

test('T-416 the refusal names the field, the bytes and the setting', async () => {
  const { runtime } = await stage();
  await using _ = runtime;
  const large = (at: number) => manifestOf(`large${String(at)}`, { wasmPath: `/${'x'.repeat(4_000)}.wasm` });
  for (const at of [1, 2]) await runtime.services.apply(named('ann'), large(at));
  const error = await runtime.services.apply(named('ann'), large(3)).catch((thrown: unknown) => thrown);
  const { failure } = error as ClarityError;
  expect(failure).toMatchObject({ code: 'QUOTA_EXCEEDED', field: 'spec.origin' });
  expect(failure.message).toContain('of 10000 bytes');
  // An embedder has options in place of the settings of the daemon.
  expect(failure.hint).toContain('`maxDiskBytes`');
});
