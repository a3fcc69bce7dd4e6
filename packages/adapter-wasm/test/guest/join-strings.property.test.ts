import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinTexts } from '../../src/guest/join-strings.ts';
import { hostOver } from '../imports/host-fixture.ts';

/** Indexes of the texts to join; the last texts are the most likely. */
const place = fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(1_000) });
const fresh = fc.string({ unit: 'grapheme', maxLength: 60 });
const step = fc.record({ left: fc.oneof(place, fresh), right: fc.oneof(place, fresh) });

test('joined texts equal their concatenation, also after other joins', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const { state } = hostOver();
      const { memory } = state;
      const texts: { pointer: number; model: string }[] = [{ pointer: memory.writeString(''), model: '' }];
      const pick = (from: number | string): (typeof texts)[number] => {
        if (typeof from === 'string') return { pointer: memory.writeString(from), model: from };
        return texts.at(from < 0 ? -1 : from % texts.length) as never;
      };
      for (const { left, right } of steps) {
        const [first, second] = [pick(left), pick(right)];
        if (first.model.length + second.model.length > 5_000) continue;
        texts.push({ pointer: joinTexts(memory, first.pointer, second.pointer), model: first.model + second.model });
      }
      expect(texts.map(({ pointer }) => memory.readString(pointer))).toEqual(texts.map(({ model }) => model));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['end', (memory: never, text: number, piece: number) => joinTexts(memory, text, piece)],
  ['beginning', (memory: never, text: number, piece: number) => joinTexts(memory, piece, text)],
])('50,000 pieces joined at the %s take memory in proportion to their length', (_, join) => {
  const { memory } = hostOver().state;
  const piece = memory.writeString('0123456789');
  const before = memory.heapTop;
  let text = memory.writeString('');
  for (let left = 50_000; left > 0; left -= 1) text = join(memory as never, text, piece);
  expect(memory.readString(text)).toBe('0123456789'.repeat(50_000));
  expect(memory.heapTop - before).toBeLessThan(50_000 * (10 * 4 + 16));
});

test('a view or buffer that a module overwrote is read inside the memory or rejected', () => {
  const word = fc.oneof(fc.nat(300), fc.constantFrom(0, 0x8000_0040, 0xffff_ffff, 0x8000_0000, 65_500, 1_040));
  fc.assert(
    fc.property(fc.array(word, { minLength: 16, maxLength: 16 }), (words) => {
      const { memory } = hostOver({ maxBytes: 65_536 }).state;
      const base = memory.alloc(64);
      for (const [at, value] of words.entries()) memory.writeU32(base + at * 4, value);
      const good = memory.writeString('x'.repeat(80));
      try {
        const joined = memory.readString(joinTexts(memory, base, good));
        expect(joined.length).toBeLessThanOrEqual(65_536);
      } catch (error) {
        expect((error as Error).name).toMatch(/^(AbiError|GuestLimit)$/);
      }
    }),
    { numRuns: 500 },
  );
});
