import { expect, test } from '@jest/globals';
import { ClarityError, type ErrorCode } from '@clarity-runtime/core';
import { failureClass } from '../../../src/domain/services/failure-class.ts';

test.each<[ErrorCode, string, string]>([
  ['UPSTREAM_UNREACHABLE', 'transient', 'transient'],
  ['UPSTREAM_FAILED', 'transient', 'transient'],
  ['SERVICE_START_TIMEOUT', 'transient', 'transient'],
  ['UPSTREAM_LOST', 'transient', 'counted'],
  ['UPSTREAM_PROTOCOL', 'doubtful', 'counted'],
  ['PROCESS_START_FAILED', 'counted', 'counted'],
  ['CREDENTIAL_MISSING', 'counted', 'counted'],
])('M3 %s is %s for a remote and %s for a child process', (code, ofRemote, ofChild) => {
  const error = new ClarityError(code, '');
  expect([failureClass(error, true), failureClass(error, false)]).toEqual([ofRemote, ofChild]);
});

test('M3 an error without a code is counted', () => {
  expect(failureClass(new Error('x'), true)).toBe('counted');
});
