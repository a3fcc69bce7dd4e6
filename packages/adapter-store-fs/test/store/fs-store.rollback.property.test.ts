import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recordedHead, verifyTelemetry, type FsStore } from '@clarity-runtime/adapter-store-fs';
import { samplePolicy, sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { atWorkspace } from '../support/workspace-place.ts';

const sumOf = (counts: Readonly<Record<string, number>> = {}): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

async function repeated(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

async function bootCounter(folder: string): Promise<number> {
  const file = JSON.parse(await readFile(join(folder, 'boot.json'), 'utf8')) as { integrity: { counter: number } };
  return file.integrity.counter;
}

const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('service', 'policy', 'event', 'copy', 'rewind') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('stop', 'kill', 'killSoon') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('putBack'), copy: fc.nat(5) }) },
);

/** A decision to trust writes `boot.json` without a start. */
const TRUSTED_TWICE: (typeof act extends fc.Arbitrary<infer Act> ? Act : never)[] = [
  ...[{ do: 'service' as const }, { do: 'copy' as const }, { do: 'putBack' as const, copy: 0 }],
  ...[{ do: 'service' as const }, { do: 'copy' as const }, { do: 'putBack' as const, copy: 3 }],
  { do: 'service' },
];

/** Content of a workspace according to its acknowledged writes. */
interface Facts {
  /** Counter of the mark of `boot.json`. A start writes the file once, a decision to trust once more. */
  readonly boot: number;
  readonly changes: number;
}

test('T-471 T-473 a stop or a kill never makes a workspace untrusted, and an older copy always does, until it is trusted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), async (acts) => {
      const at = await atWorkspace();
      const copies: Facts[] = [];
      let store: FsStore | undefined;
      let [starts, changes, writes] = [0, 0, 0];
      /** The copy that was put back since the last start. */
      let back: Facts | undefined;

      const start = async (): Promise<FsStore> => {
        if (store !== undefined) return store;
        const seen = starts > 0 ? await at.record() : undefined;
        store = await at.open();
        const { state } = store.trust;
        const found = (await store.registry.list('default')).items.length;
        const policies = (await store.policies.list('default')).items.length;
        if (back === undefined) {
          // The record is never ahead of the files.
          expect(state).toEqual({ trusted: true });
          expect(found + policies).toBe(changes);
        } else {
          const recorded = sumOf(seen?.changes);
          const isOlder = back.changes < recorded || back.boot < (seen?.counters['boot.json'] ?? 0);
          if (isOlder) expect(state.trusted).toBe(false);
          changes = back.changes;
          back = undefined;
          await store.trust.grant();
        }
        starts += 1;
        return store;
      };
      const end = async (isKilled: boolean): Promise<void> => {
        if (store === undefined) return;
        await (isKilled ? at.kill(store) : store[Symbol.asyncDispose]());
        store = undefined;
        const seen = await at.record();
        const recorded = sumOf(seen.changes);
        expect(recorded).toBeLessThanOrEqual(changes);
        if (isKilled) return;
        expect(recorded).toBe(changes);
        const known = await recordedHead({ root: at.root, state: at.folders.state });
        expect(known?.hash).toBe((await verifyTelemetry({ folder: at.folder, known })).head);
      };

      for (const one of acts) {
        writes += 1;
        const name = `n${String(writes)}`;
        if (one.do === 'stop') await end(false);
        if (one.do === 'kill') await end(true);
        if (one.do === 'killSoon' && store !== undefined) {
          // The process ends between the write of the files and the record.
          await store.registry.put('default', sampleRecord(name), 'absent', sampleWrite());
          changes += 1;
          await end(true);
        }
        if (one.do === 'putBack' && copies.length > 0) {
          await end((one as { copy: number }).copy > 2);
          const index = (one as { copy: number }).copy % copies.length;
          await rm(at.folder, { recursive: true });
          await cp(join(at.top, `copy-${String(index)}`), at.folder, { recursive: true });
          back = copies[index];
        }
        if (one.do === 'rewind') {
          // A copy of the same start: only the number of changes is different.
          const running = await start();
          const copy = join(at.top, 'rewind');
          await rm(copy, { recursive: true, force: true });
          await repeated(() => cp(at.folder, copy, { recursive: true }));
          const before = changes;
          await running.registry.put('default', sampleRecord(name), 'absent', sampleWrite());
          changes += 1;
          await at.recorded((seen) => sumOf(seen.changes) === changes);
          await end(true);
          await rm(at.folder, { recursive: true });
          await cp(copy, at.folder, { recursive: true });
          back = { boot: await bootCounter(copy), changes: before };
        }
        if (one.do === 'service') {
          await (await start()).registry.put('default', sampleRecord(name), 'absent', sampleWrite());
          changes += 1;
        }
        if (one.do === 'policy') {
          await (await start()).policies.put('default', samplePolicy(name), 'absent', sampleWrite());
          changes += 1;
        }
        if (one.do === 'event') {
          const now = new Date().toISOString();
          const event = { at: now, kind: 'service.tool_called', level: 'info', message: name } as const;
          await (await start()).telemetry.append('default', [event]);
        }
        if (one.do === 'copy' && starts > 0 && back === undefined) {
          // A running store can rename a file meanwhile.
          const copy = join(at.top, `copy-${String(copies.length)}`);
          await repeated(() => cp(at.folder, copy, { recursive: true }));
          copies.push({ boot: await bootCounter(copy), changes });
        }
      }
      await end(false);
    }),
    { numRuns: 20, examples: [[TRUSTED_TWICE]] },
  );
}, 120_000);
