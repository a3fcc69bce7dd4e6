import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StateMarks, withDigest } from '../../src/trust/state-marks.ts';
import { workspaceSeal } from '../../src/trust/workspace-seal.ts';
import { runs } from '../../../../test/support/runs.ts';

const LABEL = 'boot.json';
const seal = workspaceSeal([randomBytes(32)], 'a'.repeat(16));
const marksOf = (seen: ReadonlyMap<string, number>): StateMarks =>
  new StateMarks({ seal, seen, isTrusted: () => true, onSaved: () => Promise.resolve() });

/** Effect of a write on the file: it succeeds, fails before it, or fails after the new content is in place. */
type Write = 'done' | 'before' | 'after';

test('law: whatever writes fail, the newest file is valid, an older one is rolled back, and no counter is used twice', async () => {
  const acts = fc.array(fc.constantFrom<Write | 'restart' | 'judge'>('done', 'before', 'after', 'restart', 'judge'), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(acts, async (given) => {
      let marks = marksOf(new Map());
      const files: Uint8Array[] = [];
      const used: number[] = [];
      for (const [index, act] of given.entries()) {
        const present = files.at(-1);
        if (act === 'restart') marks = marksOf(new Map(marks.counters));
        if (act === 'done' || act === 'before' || act === 'after') {
          const write = (bytes: Uint8Array): Promise<void> => {
            used.push(
              (JSON.parse(Buffer.from(bytes).toString()) as { integrity: { counter: number } }).integrity.counter,
            );
            if (act !== 'before') files.push(bytes);
            return act === 'done' ? Promise.resolve() : Promise.reject(new Error('EIO'));
          };
          await marks.save(LABEL, withDigest({ index }), write).catch(() => undefined);
        } else if (present !== undefined) {
          expect(marks.judge(LABEL, present).kind).toBe('valid');
          const old = files.at(-2);
          if (old !== undefined) expect(marks.judge(LABEL, old).kind).toBe('rolled_back');
        }
      }
      // A restart knows the counters of confirmed writes only, so that it may use one of a write that failed again.
      if (!given.includes('restart')) expect(new Set(used).size).toBe(used.length);
    }),
    { numRuns: runs(200) },
  );
});
