import { Worker } from 'node:worker_threads';
import { THREAD_OPTIONS } from '../../src/host/guest-worker.ts';

export const WORKER_ENTRY = new URL('../../dist/worker/main.js', import.meta.url);

export const goodThread = (): Worker => new Worker(WORKER_ENTRY, THREAD_OPTIONS);

/** Starts working threads until `broken` is set, then threads that end at once. */
export class Threads {
  broken = false;

  readonly start = (): Worker =>
    this.broken ? new Worker('process.exit(1)', { ...THREAD_OPTIONS, eval: true }) : goodThread();
}
