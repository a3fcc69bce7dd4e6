import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diffLines } from '../../src/text/line-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 30 });

test('context and removals are the former text, context and additions are the present text', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLines(before.join('\n'), after.join('\n'));
      const of = (kind: string): string[] =>
        diff.filter((line) => line.kind === kind || line.kind === 'ctx').map(({ text }) => text);
      expect(of('del')).toEqual(before);
      expect(of('add')).toEqual(after);
    }),
  );
});

test('equal texts have only context', () => {
  expect(diffLines('a\nb', 'a\nb').map(({ kind }) => kind)).toEqual(['ctx', 'ctx']);
});

test('a long text is shown as removed and added', () => {
  const long = 'x\n'.repeat(50_000);
  expect(diffLines(long, 'y')).toHaveLength(50_002);
});
