import { expect, test } from '@jest/globals';
import { failureClass, RetrySchedule, retryTransient } from '../../src/files/retry-schedule.ts';
import { failure } from '../support/failing-files.ts';

test('R14a RetrySchedule doubles from 50 ms to 4.5 s and slows to 30 s after 20 minutes of EACCES', () => {
  const schedule = new RetrySchedule();
  const delays: number[] = [];
  let now = 0;
  while (now < 21 * 60_000) {
    schedule.failed(failure('EACCES'), now);
    delays.push(schedule.delayMs);
    now += schedule.delayMs;
  }
  expect(delays.slice(0, 9)).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 4_500, 4_500]);
  expect(delays.at(-1)).toBe(30_000);
  schedule.succeeded();
  expect(schedule.isFailing).toBe(false);
});

test('R14a RetrySchedule stays at 4.5 s while descriptors are exhausted', () => {
  const schedule = new RetrySchedule();
  for (let now = 0; now < 60 * 60_000; now += 4_500) schedule.failed(failure('EMFILE'), now);
  expect(schedule.delayMs).toBe(4_500);
});

test('R14a failureClass makes EIO transient once and no code final', () => {
  expect([failureClass(failure('EIO')), failureClass(failure('EIO'), true)]).toEqual(['transient', 'lasting']);
  expect(['ENOSPC', 'EROFS', 'EWHATEVER'].map((code) => failureClass(failure(code)))).toEqual([
    'transient',
    'lasting',
    'lasting',
  ]);
});

test.each([
  ['EMFILE', 3, 4, 'done'],
  ['EMFILE', 4, 4, 'EMFILE'],
  ['EIO', 1, 2, 'done'],
  ['EIO', 2, 2, 'EIO'],
  ['EACCES', 1, 1, 'EACCES'],
  ['ENOSPC', 1, 1, 'ENOSPC'],
])('R14a retryTransient tries again when %s fails %i times: %i attempts', async (code, failures, attempts, outcome) => {
  let count = 0;
  const waits: number[] = [];
  const work = async (): Promise<string> => {
    count += 1;
    if (count <= failures) throw failure(code);
    return Promise.resolve('done');
  };
  const after = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  const reply = await retryTransient(work, after).catch((error: unknown) => (error as { code: string }).code);
  expect([reply, count]).toEqual([outcome, attempts]);
  expect(waits).toEqual([50, 100, 200].slice(0, attempts - 1));
});
