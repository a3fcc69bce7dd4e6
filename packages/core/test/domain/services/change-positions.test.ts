import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChangePositions } from '../../../src/domain/services/change-positions.ts';

const names = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.record({ name: names, kind: fc.constantFrom('changed', 'removed', 'reset') });

test('law: a reader that applies the changes after any of its positions has the present state', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, leaves) => {
      const positions = new ChangePositions();
      const truth = new Map<string, number>();
      let reader = { position: 0, seen: new Map<string, number>() };
      for (const [index, { name, kind }] of steps.entries()) {
        if (kind === 'changed') {
          truth.set(name, index);
          positions.changed(name);
        } else if (kind === 'removed' && truth.delete(name)) positions.removed(name, `note of ${name}`);
        else if (kind === 'reset') positions.reset();
        if (index === leaves) reader = { position: positions.position, seen: new Map(truth) };
      }
      const missed = positions.after(reader.position);
      if (missed === undefined)
        expect(steps.slice(reader.position === 0 ? 0 : leaves).some(({ kind }) => kind === 'reset')).toBe(true);
      else {
        for (const { name, note } of missed.removed) {
          expect(note).toBe(`note of ${name}`);
          reader.seen.delete(name);
        }
        for (const name of missed.changed) reader.seen.set(name, truth.get(name) ?? -1);
        expect(reader.seen).toEqual(truth);
      }
    }),
  );
});

test('a position before the oldest kept removal, and one that never was, are not known', () => {
  const positions = new ChangePositions();
  for (let i = 0; i < 1_001; i += 1) {
    positions.changed(String(i));
    positions.removed(String(i), '');
  }
  expect(positions.after(1)).toBeUndefined();
  expect(positions.after(2)?.removed).toHaveLength(1_000);
  expect(positions.after(positions.position + 1)).toBeUndefined();
});
