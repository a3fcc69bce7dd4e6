import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { systemClock } from '@clarity-runtime/core';

test('T-275 systemClock.after waits longer than the longest timer, until the signal aborts', async () => {
  const cancel = new AbortController();
  let isOver = false;
  const waited = systemClock.after(2 ** 40, cancel.signal).then(() => {
    isOver = true;
  });
  await sleep(20);
  expect(isOver).toBe(false);
  cancel.abort();
  await waited;
  expect(isOver).toBe(true);
});

test('T-273 systemClock.after waits at least the given time on the monotonic clock', async () => {
  const from = systemClock.monotonic();
  await systemClock.after(15);
  expect(systemClock.monotonic() - from).toBeGreaterThanOrEqual(15);
});
