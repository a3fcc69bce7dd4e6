// The floor of a call into a worker: each message is a batch of orders, and the whole batch goes back.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (batch) => parentPort.postMessage(batch));
