import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { WorkerWasmHost } from '../host/worker-wasm-host.ts';
import { GuestHost } from './guest-host.ts';

// The program of a guest host: modules run on its threads, and the runtime has the other end of descriptor 3.

const STATS_MS = 1_000;

/** The end of the runtime is the end of this process, whatever its threads run. */
const end = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

try {
  // A system without memory ends this process before the runtime.
  writeFileSync('/proc/self/oom_score_adj', '800');
} catch {
  // Other systems have no such file.
}
process.on('unhandledRejection', () => undefined);

const stream = new Socket({ fd: 3, readable: true, writable: true });
const threads = new WorkerWasmHost();
const guests = new GuestHost(threads, (bytes) => stream.write(bytes));
stream.on('data', (bytes) => {
  guests.receive(bytes);
});
for (const event of ['end', 'error', 'close'] as const) stream.on(event, end);
guests.begin();

let last = threads.stats;
setInterval(() => {
  const { stats } = threads;
  if (isDeepStrictEqual(stats, last)) return;
  last = stats;
  guests.sendStats(stats);
}, STATS_MS).unref();
