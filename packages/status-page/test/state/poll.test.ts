import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { poll } from '../../src/state/poll.ts';

const page = Object.assign(new EventTarget(), { hidden: false });

beforeEach(() => {
  jest.useFakeTimers();
  page.hidden = false;
  Object.assign(globalThis, { document: page });
});

afterEach(() => {
  jest.useRealTimers();
  Reflect.deleteProperty(globalThis, 'document');
});

function show(visible: boolean): void {
  page.hidden = !visible;
  page.dispatchEvent(new Event('visibilitychange'));
}

test('poll runs the task at once and after every pause until it is stopped', async () => {
  const task = jest.fn(() => Promise.resolve());
  const stop = poll(1_000, task);
  expect(task).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(2_000);
  expect(task).toHaveBeenCalledTimes(3);
  stop();
  show(true);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(task).toHaveBeenCalledTimes(3);
});

test('poll pauses while the page is hidden and runs when it becomes visible', async () => {
  const task = jest.fn(() => Promise.resolve());
  const stop = poll(1_000, task);
  await jest.advanceTimersByTimeAsync(0);
  show(false);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(task).toHaveBeenCalledTimes(1);
  show(true);
  expect(task).toHaveBeenCalledTimes(2);
  stop();
});

test('poll does not start the task again while it runs', async () => {
  const task = jest.fn(() => new Promise<void>(() => undefined));
  const stop = poll(1_000, task);
  await jest.advanceTimersByTimeAsync(10_000);
  show(true);
  expect(task).toHaveBeenCalledTimes(1);
  stop();
});
