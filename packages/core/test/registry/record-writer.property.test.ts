import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { systemCaller } from '../../src/domain/access/caller.ts';
import { MemoryRecordStore } from '../../src/memory/memory-record-store.ts';
import { inMemory, type RecordEntry } from '../../src/registry/record-backing.ts';
import { outcomeOf } from '../../src/testing/outcome.ts';

interface Note {
  readonly id: string;
}

/** A storage that stores each batch when it is told so. */
function steppedStorage() {
  const batches: { readonly entries: readonly RecordEntry<Note>[]; readonly store: () => void }[] = [];
  const stored: string[] = [];
  return {
    stored,
    storeNext: () => {
      const batch = batches.shift();
      stored.push(...(batch?.entries ?? []).map(({ id }) => id));
      batch?.store();
    },
    backing: {
      ...inMemory<Note>(),
      timeout: (ms: number) => AbortSignal.timeout(ms),
      append: (entries: readonly RecordEntry<Note>[]) =>
        new Promise<void>((store) => {
          batches.push({ entries, store });
        }),
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('T-519 law: a write that ended as not stored is never stored, one that is not settled was on its way, and the others are stored', async () => {
  const steps = fc.array(fc.constantFrom('write', 'abort', 'store'), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { backing, stored, storeNext } = steppedStorage();
      const store = new MemoryRecordStore<Note>({ idOf: ({ id }) => id, backing });
      const writes: { readonly id: string; readonly end: AbortController; readonly outcome: Promise<string> }[] = [];
      for (const step of all) {
        const id = `n${String(writes.length)}`;
        const end = new AbortController();
        if (step === 'write') {
          const context = { caller: systemCaller, op: id, signal: end.signal };
          writes.push({ id, end, outcome: outcomeOf(store.put('default', { id }, 'absent', context)) });
        } else if (step === 'store') storeNext();
        else writes.at(-1)?.end.abort();
        await turn();
      }
      for (let i = 0; i <= writes.length; i += 1) {
        storeNext();
        await turn();
      }
      for (const { id, end, outcome } of writes) {
        const kind = await outcome;
        expect([id, kind, stored.includes(id)]).toEqual([id, kind, kind !== 'aborted']);
        if (!end.signal.aborted) expect(kind).toBe('ok');
      }
    }),
  );
});

test.each([
  ['the storage does not answer', 1, 'indeterminate'],
  ['the writes before it are not stored yet', 2, 'unavailable'],
] as const)('T-519 a write ends at its deadline while %s', async (_, count, kind) => {
  const { backing } = steppedStorage();
  const store = new MemoryRecordStore<Note>({ idOf: ({ id }) => id, backing });
  const outcomes: Promise<string>[] = [];
  for (let i = 0; i < count; i += 1) {
    const context = { caller: systemCaller, op: String(i), deadlineMs: 20 };
    outcomes.push(outcomeOf(store.put('default', { id: String(i) }, 'absent', context)));
    await turn();
  }
  expect(await outcomes.at(-1)).toBe(kind);
});
