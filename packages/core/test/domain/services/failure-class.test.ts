import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClarityError, type ErrorCode } from '@clarity-runtime/core';
import {
  afterProvoked,
  crashClass,
  endsCancelNotices,
  failureClass,
  isOutside,
  PERMANENT,
} from '../../../src/domain/services/failure-class.ts';
import { ERROR_TABLE } from '../../../src/domain/errors/error-table.ts';

const CODES = Object.keys(ERROR_TABLE) as ErrorCode[];

test.each<[ErrorCode, string, string]>([
  ['UPSTREAM_UNREACHABLE', 'transient', 'transient'],
  ['UPSTREAM_FAILED', 'transient', 'transient'],
  ['SERVICE_START_TIMEOUT', 'transient', 'transient'],
  ['UPSTREAM_LOST', 'transient', 'counted'],
  ['UPSTREAM_PROTOCOL', 'doubtful', 'counted'],
  ['UPSTREAM_UNAUTHORIZED', 'credential', 'credential'],
  ['PROCESS_START_FAILED', 'counted', 'counted'],
  ['CREDENTIAL_MISSING', 'counted', 'counted'],
])('M3 %s is %s for a remote and %s for a child process', (code, ofRemote, ofChild) => {
  const error = new ClarityError(code, '');
  expect([failureClass(error, true), failureClass(error, false)]).toEqual([ofRemote, ofChild]);
});

test('M3 an error without a code is counted', () => {
  expect(failureClass(new Error('x'), true)).toBe('counted');
});

test('[first-hour.28] law: a failure is permanent exactly if it says so, and never both permanent and retried', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CODES), fc.boolean(), fc.boolean(), (code, isRemote, isPermanent) => {
      const found = failureClass(new ClarityError(code, '', isPermanent ? { data: PERMANENT } : {}), isRemote);
      expect(found === 'permanent').toBe(isPermanent);
      // Only a remote is doubtful: a local program that replies with anything else has a defect.
      if (!isRemote) expect(found).not.toBe('doubtful');
      if (isPermanent) expect(isOutside(found)).toBe(false);
    }),
  );
});

test('M3 law: a code that is transient for a local service is transient for a remote one', () => {
  for (const code of CODES) {
    const error = new ClarityError(code, '');
    if (failureClass(error, false) === 'transient') expect(failureClass(error, true)).toBe('transient');
  }
});

test('[first-hour.29] a crash after a cancellation is provoked, except that of a remote', () => {
  expect(crashClass(false, 'cancellation')).toBe('provoked');
  expect(crashClass(false)).toBe('counted');
  expect(crashClass(true, 'cancellation')).toBe('transient');
});

test('[first-hour.29] law: notices of cancellations end exactly at the third provoked crash within an hour', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2_400_000 }), { maxLength: 20 }), (gaps) => {
      let [now, kept] = [0, [] as readonly number[]];
      const all: number[] = [];
      for (const gap of gaps) {
        now += gap;
        all.push(now);
        kept = afterProvoked(kept, now);
        const inHour = all.filter((at) => now - at < 3_600_000).length;
        expect(endsCancelNotices(kept)).toBe(inHour >= 3);
      }
    }),
  );
});
