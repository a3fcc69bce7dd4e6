import { parentPort } from 'node:worker_threads';
import { answerOrders } from './answer-orders.ts';
import type { WorkerOrder } from './messages.ts';
import { ReplyRing } from './reply-ring.ts';

// Guests share this thread, so `process` is removed. A rejection that a guest causes must not end the thread unnoticed.
process.on('unhandledRejection', () => undefined);
Object.defineProperty(globalThis, 'process', { value: undefined });

const ring = new ReplyRing();
const answer = answerOrders((report) => parentPort?.postMessage(report), ring);
parentPort?.on('message', (order: WorkerOrder) => {
  answer(order);
});
parentPort?.postMessage({ type: 'ready', replies: ring.shared });
