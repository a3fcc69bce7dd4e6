import { expect, test } from '@jest/globals';
import { StoreError, type Failure, type StoreErrorKind } from '@clarity-runtime/core';
import { storeFailure } from '../../../src/application/support/store-failure.ts';

const failureOf = (kind: StoreErrorKind, current?: string): Failure =>
  (
    storeFailure(new StoreError(kind, 'a file: a reason', current === undefined ? {} : { current })) as {
      failure: Failure;
    }
  ).failure;

test.each([
  ['forbidden', 'STORE_UNAVAILABLE', 'grant the user of clarityd write access'],
  ['unavailable', 'STORE_UNAVAILABLE', 'try again'],
  ['exhausted', 'STORAGE_FULL', 'free some space'],
  ['too_large', 'PAYLOAD_TOO_LARGE', 'shorten the arguments'],
  ['fenced', 'STORE_UNAVAILABLE', 'another daemon'],
  ['invalid', 'REQUEST_INVALID', 'correct the field'],
] as const)('F25 storeFailure converts %s to %s with a hint', (kind, code, hint) => {
  expect(failureOf(kind)).toMatchObject({ code, hint: expect.stringContaining(hint) });
});

test('F2 storeFailure reports the stored revision of a conflict, and an unknown outcome as not settled', () => {
  expect(failureOf('conflict', 'r7')).toMatchObject({ code: 'REVISION_CONFLICT', data: { current: 'r7' } });
  expect(failureOf('indeterminate')).toMatchObject({ code: 'STORE_UNAVAILABLE', data: { settled: false } });
  expect(failureOf('unavailable').data).toBeUndefined();
});

test('storeFailure returns other errors unchanged', () => {
  const error = new Error('x');
  expect(storeFailure(error)).toBe(error);
});
