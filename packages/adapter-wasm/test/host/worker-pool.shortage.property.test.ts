import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isClarityError } from '@clarity-runtime/core';
import { THREAD_OPTIONS } from '../../src/host/guest-worker.ts';
import { goodThread } from '../support/broken-thread.ts';
import { call, outcome, roomy, testHost } from '../support/host.ts';
import { answers, buildModule } from '../support/wasm-module.ts';

const wasm = buildModule({ functions: [answers('one', 1)] });

/** A thread that cannot read its program: the error has the form that a failed system call has. */
const unreadable = (code: string): Worker =>
  new Worker(
    `throw Object.assign(new Error('${code}: open'), { code: '${code}', errno: -5, syscall: 'open', path: '/main.js' });`,
    { ...THREAD_OPTIONS, eval: true },
  );

/** A thread that the constructor refuses. */
const refused = (): never => {
  throw Object.assign(new Error('the thread cannot be created'), { code: 'ERR_WORKER_INIT_FAILED' });
};

const codes = fc.constantFrom(
  'EIO',
  'ENOSPC',
  'EACCES',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EPERM',
  'ENOENT',
  'EAGAIN',
  'refused',
);

test('T-510 a thread that cannot read its program fails no load alone, and a shortage is reported as one and passes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(codes, { minLength: 1, maxLength: 4 }), fc.boolean(), async (faults, isLoaded) => {
      const waiting: string[] = isLoaded ? [] : [...faults];
      const host = testHost({
        maxWorkers: 1,
        idleMs: 1,
        startThread: () => {
          const fault = waiting.shift();
          if (fault === undefined) return goodThread();
          return fault === 'refused' ? refused() : unreadable(fault);
        },
      });
      const { signal } = new AbortController();
      const load = () => host.load({ wasm, limits: roomy, onLog: () => undefined }, signal);
      // Each attempt starts two threads at most.
      const settled = async <T>(work: () => Promise<T>): Promise<T> => {
        for (let left = faults.length; ; left -= 2) {
          try {
            return await work();
          } catch (error) {
            expect(isClarityError(error) && error.code).toBe('RESOURCE_EXHAUSTED');
            expect(left).toBeGreaterThanOrEqual(2);
          }
        }
      };
      const module = await settled(load);
      // The call takes the thread of the load, which ends when the module is idle.
      if (isLoaded) expect(await outcome(call(module, 'one'))).toBe('value 1');
      waiting.push(...(isLoaded ? faults : []));
      while (isLoaded && host.stats.live > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(await settled(() => outcome(call(module, 'one')))).toBe('value 1');
      await host[Symbol.asyncDispose]();
    }),
    { numRuns: 12 },
  );
});
