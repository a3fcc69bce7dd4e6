import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/support/runs.ts';
import { contractOf } from '../../src/contract/component-contract.ts';
import { ComponentRefusal } from '../../src/decoder/component-bytes.ts';
import { readComponent } from '../../src/decoder/read-component.ts';
import { arbitraryType } from '../support/arbitrary-type.ts';
import { componentOf, echoComponent, WORKING } from '../support/components.ts';

test('the types of generated components are read as they were written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryType, { minLength: 1, maxLength: 40 }), async (types) => {
      const { functions, leftOut } = contractOf(readComponent(await componentOf(echoComponent(types))));
      expect(leftOut).toEqual([]);
      expect(functions.map(({ result }) => result)).toEqual(types.map((element) => ({ kind: 'list', element })));
      expect(functions.map(({ path }) => path)).toEqual(types.map((_, index) => [`echo${String(index)}`]));
    }),
    { numRuns: runs(8), endOnFailure: true },
  );
});

test('T-569 damaged and random bytes of a component are refused by value, in bounded time', async () => {
  const whole = await componentOf(WORKING);
  const damaged = fc
    .array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((edits) => edits.reduce((bytes, [at, byte]) => bytes.with(at, byte), whole));
  const cut = fc.nat(whole.length).map((length) => whole.slice(0, length));
  const noise = fc
    .uint8Array({ maxLength: 400 })
    .map((rest) => Uint8Array.of(0, 0x61, 0x73, 0x6d, 13, 0, 1, 0, ...rest));
  fc.assert(
    fc.property(fc.oneof(damaged, cut, noise), (bytes) => {
      try {
        contractOf(readComponent(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(ComponentRefusal);
      }
    }),
    { numRuns: runs(2_000) },
  );
});
