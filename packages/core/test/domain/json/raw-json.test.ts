import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';

test('JSON.stringify writes the value of a RawJson, not its bytes', () => {
  const answer = { content: [], raw: RawJson.fromText('{"n":[1,"two"]}') };
  expect(JSON.stringify(answer)).toBe('{"content":[],"raw":{"n":[1,"two"]}}');
});
