import { outcomeOf } from './outcome.ts';
import type { RecordContractTools } from './record-contract-tools.ts';
import { sampleWrite } from './record-samples.ts';
import type { TestKit } from './test-kit.ts';

const DEADLINE_MS = 20;
/** Repetitions of an unsettled write. */
const MAX_REPETITIONS = 50;

/** Contract of a `RecordStore` whose storage does not answer for a time. */
export function recordDeadlineContract<T>(
  { test, expect }: TestKit,
  { samples: { make, idOf }, setup, ids }: RecordContractTools<T>,
): void {
  const [a, b] = [make('a'), make('b')];

  test('F13 T-519 writes to a store that does not answer end at their deadlines, and each repetition has one effect', async () => {
    const { open, stall } = await setup();
    if (stall === undefined) return;
    const r = await open();
    const resume = await stall();
    const writes = [a, b].map((value) => ({ value, write: sampleWrite() }));
    const outcomes = await Promise.all(
      writes.map(({ value, write }) =>
        outcomeOf(r.put('default', value, 'absent', { ...write, deadlineMs: DEADLINE_MS })),
      ),
    );
    for (const outcome of outcomes) expect(['unavailable', 'indeterminate'].includes(outcome)).toEqual(true);
    await resume();
    for (const { value, write } of writes) {
      const repeat = (): Promise<string> => outcomeOf(r.put('default', value, 'absent', write));
      let outcome = await repeat();
      for (let i = 0; i < MAX_REPETITIONS && outcome !== 'ok'; i += 1) outcome = await repeat();
      expect(outcome).toEqual('ok');
    }
    expect(await ids(r)).toEqual([idOf(a), idOf(b)]);
  });
  test('an abort ends the wait for a write, and a write that ended as not stored is never stored', async () => {
    const { open, stall } = await setup();
    if (stall === undefined) return;
    const r = await open();
    const resume = await stall();
    const end = new AbortController();
    const first = outcomeOf(r.put('default', a, 'absent', { ...sampleWrite(), deadlineMs: DEADLINE_MS }));
    await first;
    const second = outcomeOf(r.put('default', b, 'absent', { ...sampleWrite(), signal: end.signal }));
    end.abort();
    const outcome = await second;
    expect(['aborted', 'unavailable', 'indeterminate'].includes(outcome)).toEqual(true);
    await resume();
    if (outcome === 'indeterminate') return;
    // A later write shows that the store has done everything before it.
    for (let i = 0; i < MAX_REPETITIONS; i += 1)
      if ((await outcomeOf(r.put('default', make('c'), 'any', sampleWrite()))) === 'ok') break;
    expect((await ids(r)).includes(idOf(b))).toEqual(false);
  });
}
