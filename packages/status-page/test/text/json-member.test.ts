import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findMemberText } from '../../src/text/json-member.ts';

test('the text of a member is exactly its JSON, at any place', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.jsonValue(),
      fc.integer({ min: 0, max: 2 }),
      (others, value, indent) => {
        const json = JSON.stringify({ ...others, result: value, after: 1 }, null, indent);
        expect(JSON.parse(findMemberText(json, 'result') ?? 'null')).toEqual(JSON.parse(JSON.stringify(value)));
      },
    ),
  );
});

test('an integer keeps its digits', () => {
  expect(findMemberText('{"a":{"result":1},"result":{"n":9007199254740993},"b":2}', 'result')).toBe(
    '{"n":9007199254740993}',
  );
});

test('a member that is absent, or only deeper, is undefined', () => {
  expect(findMemberText('{"a":{"result":1}}', 'result')).toBeUndefined();
  expect(findMemberText('{}', 'result')).toBeUndefined();
});
