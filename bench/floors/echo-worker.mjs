// Baseline of a call into a worker: each message is a batch of requests that is sent back unchanged.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (batch) => parentPort.postMessage(batch));
