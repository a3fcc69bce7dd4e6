import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { boundDefinition, cutText, DEFAULT_INTERFACE_LIMITS } from '../../../src/domain/interfaces/interface-limits.ts';
import { expectLinear } from '../../../../../test/support/linear-text.ts';

const text = fc.string({ unit: fc.constantFrom('a', '\u00e9', '\u4e2d', '\u{1f600}', '"', '\\', '\n'), maxLength: 80 });

test('R83 cutText returns a shorter text unchanged, and else at most maxLength units without half of a pair', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 90 }), (given, maxLength) => {
      const cut = cutText(given, maxLength);
      expect(cut.length).toBeLessThanOrEqual(Math.max(maxLength, 0));
      if (given.length <= maxLength) expect(cut).toBe(given);
      expect(cut).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
    }),
  );
});

test('R83 boundDefinition cuts exactly the texts above their limit and keeps every other member', () => {
  const limits = { ...DEFAULT_INTERFACE_LIMITS, descriptionLength: 40, titleLength: 20 };
  fc.assert(
    fc.property(text, text, text, fc.jsonValue(), (description, title, hint, rest) => {
      const given = { name: 'a', description, title, annotations: { title: hint, readOnlyHint: true }, rest };
      const { raw, cut } = boundDefinition(RawJson.fromText(JSON.stringify(given)), limits);
      expect(raw.value).toEqual(
        JSON.parse(
          JSON.stringify({
            ...given,
            description: cutText(description, 40),
            title: cutText(title, 20),
            annotations: { title: cutText(hint, 20), readOnlyHint: true },
          }),
        ),
      );
      const long = [description.length > 40, title.length > 20, hint.length > 20];
      expect(cut).toEqual(['description', 'title', 'annotations.title'].filter((_, i) => long[i]));
    }),
  );
});

test('R83 boundDefinition needs time linear in the length of a definition', () => {
  expectLinear(
    (part) => boundDefinition(RawJson.of({ name: part, description: part, title: part }), DEFAULT_INTERFACE_LIMITS),
    ['"description":'],
  );
});
