import { parentPort } from 'node:worker_threads';
import { answerOrders } from './answer-orders.ts';
import type { WorkerOrder } from './messages.ts';
import { ReplyRing } from './reply-ring.ts';

// What guests run beside has no need of the process, and nothing that one of them causes may end it unseen.
process.on('unhandledRejection', () => undefined);
Object.defineProperty(globalThis, 'process', { value: undefined });

const ring = new ReplyRing();
const answer = answerOrders((report) => parentPort?.postMessage(report), ring);
parentPort?.on('message', (order: WorkerOrder) => {
  answer(order);
});
parentPort?.postMessage({ type: 'ready', replies: ring.shared });
