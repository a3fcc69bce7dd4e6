import { expect, test } from '@jest/globals';
import { StoreError, type StoreErrorKind } from '@clarity-runtime/core';
import { storeFailure } from '../../../src/application/support/settled-write.ts';

const convert = (kind: StoreErrorKind) =>
  (storeFailure(new StoreError(kind, 'a file: a reason')) as { failure: object }).failure;

test.each([
  ['exhausted', 'STORAGE_FULL', /space/],
  ['unavailable', 'STORE_UNAVAILABLE', /moment/],
  ['forbidden', 'STORE_UNAVAILABLE', /write access to the workspace/],
  ['corrupt', 'STORE_CORRUPT', /./],
] as const)('storeFailure converts %s to %s with a hint', (kind, code, hint) => {
  expect(convert(kind)).toMatchObject({ code, hint: expect.stringMatching(hint) });
});

test('storeFailure returns other errors unchanged', () => {
  const error = new TypeError('something else');
  expect(storeFailure(error)).toBe(error);
});
