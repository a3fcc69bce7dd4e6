import type { InterfaceDocument } from '@clarity-runtime/core';
import { GuestWorker, startThread } from './guest-worker.ts';
import { disableDynamicTiering } from './keep-loops-endable.ts';
import { loadIntoWorker } from './load-into-worker.ts';
import type { Assertion } from '../guest/assertion.ts';
import type { GuestCallOutcome, WorkerReport } from '../worker/messages.ts';

/** A module with tests, and its interface. */
export interface TestModule {
  readonly wasm: Uint8Array;
  /** The module. Its functions are the tests and have no parameters. */
  readonly document: InterfaceDocument;
  /** Deadline of each test in milliseconds. */
  readonly deadlineMs: number;
  readonly maxMemoryBytes: number;
}

/** The result of one test. */
export interface TestOutcome {
  readonly name: string;
  /** Number of assertions. */
  readonly checked: number;
  /** Failed assertions. */
  readonly failures: readonly Assertion[];
  /** Reason why the test did not complete; undefined when it did. */
  readonly problem: string | undefined;
  /** Printed lines. */
  readonly log: readonly string[];
}

/** A worker of tests has one module. */
const KEY = 1;
const LOAD_MS = 10_000;
const MAX_RESULT_BYTES = 65_536;

/**
 * Runs the tests of a module on a worker thread, one after the other. @throws ClarityError when the module is rejected.
 */
export async function* runTests(module: TestModule): AsyncGenerator<TestOutcome> {
  disableDynamicTiering();
  let worker: GuestWorker | undefined;
  try {
    for (const { name } of module.document.functions) {
      worker ??= await startWorker(module);
      const outcome = await runTest(worker, name, module.deadlineMs);
      if (outcome.problem !== undefined) {
        await worker.end();
        worker = undefined;
      }
      yield outcome;
    }
  } finally {
    await worker?.end();
  }
}

async function startWorker({ wasm, document, deadlineMs, maxMemoryBytes }: TestModule): Promise<GuestWorker> {
  const worker = new GuestWorker(startThread());
  await worker.ready;
  const limits = { deadlineMs, maxMemoryBytes, maxResultBytes: MAX_RESULT_BYTES };
  const spec = { wasm, document, limits, onLog: () => undefined };
  await loadIntoWorker(worker, spec, {
    key: KEY,
    signal: new AbortController().signal,
    deadlineMs: LOAD_MS,
    tests: true,
  });
  return worker;
}

function runTest(worker: GuestWorker, name: string, deadlineMs: number): Promise<TestOutcome> {
  const log: string[] = [];
  return new Promise((resolve) => {
    const end = (problem: string | undefined, checked = 0, failures: readonly Assertion[] = []): void => {
      clearTimeout(timer);
      resolve({ name, checked, failures, problem, log });
    };
    const timer = setTimeout(() => {
      end(`it ran for ${String(deadlineMs)} ms`);
    }, deadlineMs);
    worker.listen({
      report: (report: WorkerReport) => {
        if (report.type === 'log') log.push(...report.lines);
        if (report.type !== 'reply') return;
        end(problemOf(report.outcome), report.assertions?.checked, report.assertions?.failures);
      },
      died: (death) => {
        end(death === 'memory' ? 'it used up the memory of its worker' : 'its worker ended');
      },
    });
    worker.send({ type: 'calls', calls: [{ id: 1, key: KEY, name, args: '{}', deadlineMs }] });
  });
}

/** A test that returns `Err` or `False` failed like a test that trapped. */
function problemOf(outcome: GuestCallOutcome): string | undefined {
  if (outcome.type === 'failure') return outcome.message;
  if (outcome.type === 'err') return `it gave back Err: ${outcome.json}`;
  return outcome.json === 'false' ? 'it gave back False' : undefined;
}
