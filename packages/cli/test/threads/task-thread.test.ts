import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { TaskThread } from '../../src/threads/task-thread.ts';

/** A thread that echoes its input; `loop` never ends, `fill` fills the heap, `throw` fails, `exit` ends the thread. */
const SCRIPT = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ input }) => {
    if (input === 'loop') for (;;);
    if (input === 'fill') { const all = []; for (;;) all.push(new Array(1e5).fill({})); }
    if (input === 'exit') process.exit(1);
    if (input === 'throw') parentPort.postMessage({ type: 'failed', error: new TypeError('a bug') });
    else parentPort.postMessage({ type: 'done', output: input });
  });
  parentPort.postMessage({ type: 'ready' });`;

const open = new AbortController().signal;

interface Stage extends AsyncDisposable {
  readonly thread: TaskThread;
  readonly starts: () => number;
  /** Runs a task; returns its output, or the code or reason of its failure. */
  run(input: string, owner?: string, signal?: AbortSignal): Promise<unknown>;
}

function stage({ limitMs = 10_000, script = SCRIPT, idleMs = 60_000 } = {}): Stage {
  let starts = 0;
  const start = (): Worker => {
    starts += 1;
    return new Worker(script, { eval: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  };
  const thread = new TaskThread({ kind: 'compile', limitMs, idleMs, start });
  return {
    thread,
    starts: () => starts,
    run: (input, owner = '', signal = open) =>
      thread.run(input, { owner, signal }).catch((error: unknown) => {
        const { code, reason, message } = error as { code?: string; reason?: string; message: string };
        return code ?? reason ?? message;
      }),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

test('R11b TaskThread runs every task in one thread', async () => {
  await using s = stage();
  for (let i = 0; i < 100; i += 1) expect(await s.run(String(i))).toBe(String(i));
  expect(s.starts()).toBe(1);
});

test('R11b TaskThread ends a task at its limit and runs the waiting one in a new thread', async () => {
  await using s = stage({ limitMs: 50 });
  expect(await Promise.all([s.run('loop'), s.run('next')])).toEqual(['late', 'next']);
  expect(s.starts()).toBe(2);
});

test.each([
  ['fill', 'memory'],
  ['exit', 'the thread ended'],
  ['throw', 'a bug'],
])('R11b TaskThread rejects %s with %s and runs the next task', async (input, outcome) => {
  await using s = stage();
  expect(await Promise.all([s.run(input), s.run('next')])).toEqual([outcome, 'next']);
});

test('R11b TaskThread rejects with CALL_CANCELLED when a running or a waiting task is aborted', async () => {
  await using s = stage();
  const [first, second] = [new AbortController(), new AbortController()];
  const all = [s.run('loop', '', first.signal), s.run('never', '', second.signal), s.run('next')];
  second.abort();
  expect(await all[1]).toBe('CALL_CANCELLED');
  first.abort();
  expect(await Promise.all(all)).toEqual(['CALL_CANCELLED', 'CALL_CANCELLED', 'next']);
  expect(await s.run('late', '', first.signal)).toBe('CALL_CANCELLED');
});

test('R11b TaskThread rejects with QUOTA_EXCEEDED when 4 tasks of the same principal wait', async () => {
  await using s = stage({ limitMs: 300 });
  const outcomes = await Promise.all(['loop', '1', '2', '3', '4', '5', '6'].map((input) => s.run(input, 'a')));
  expect(outcomes).toEqual(['late', '1', '2', '3', '4', 'QUOTA_EXCEEDED', 'QUOTA_EXCEEDED']);
});

test('R11b TaskThread runs another principal next, and takes a place in the full queue from the first', async () => {
  await using s = stage({ limitMs: 300 });
  const ended: string[] = [];
  const run = async (input: string, owner: string): Promise<unknown> => {
    const outcome = await s.run(input, owner);
    ended.push(input);
    return outcome;
  };
  const mine = ['loop', '1', '2', '3', '4'].map((input) => run(input, 'a'));
  const other = run('other', 'b');
  expect(await Promise.all(mine)).toEqual(['late', '1', '2', '3', 'QUOTA_EXCEEDED']);
  expect(await other).toBe('other');
  expect(ended).toEqual(['4', 'loop', 'other', '1', '2', '3']);
});

test('R11b TaskThread rejects with RESOURCE_EXHAUSTED when its thread does not start, and tries again', async () => {
  await using s = stage({ script: 'throw new Error("no")' });
  expect(await Promise.all([s.run('a'), s.run('b')])).toEqual(['RESOURCE_EXHAUSTED', 'RESOURCE_EXHAUSTED']);
  expect(s.starts()).toBe(2);
});

test('R11b TaskThread ends an idle thread, and starts a new one for the next task', async () => {
  await using s = stage({ idleMs: 1 });
  expect(await s.run('a')).toBe('a');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await s.run('b')).toBe('b');
  expect(s.starts()).toBe(2);
});

test('R11b TaskThread rejects all tasks with SHUTTING_DOWN when it is disposed', async () => {
  const s = stage();
  const all = [s.run('loop'), s.run('next')];
  await s.thread[Symbol.asyncDispose]();
  expect(await Promise.all([...all, s.run('late')])).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN', 'SHUTTING_DOWN']);
});
