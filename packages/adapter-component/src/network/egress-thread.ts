import { Buffer } from 'node:buffer';
import { Agent, request } from 'node:http';
import { workerData, type MessagePort } from 'node:worker_threads';
import type { EgressOrder, EgressThreadData } from './egress-client.ts';

// The thread that sends the requests of one guest thread, which waits meanwhile. It follows the orders one after the other.

const { port, signal } = workerData as EgressThreadData & { readonly port: MessagePort };
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

port.on('message', (order: EgressOrder) => {
  send(order).then(
    (bytes) => {
      answer(order.id, bytes);
    },
    () => {
      answer(order.id, undefined);
    },
  );
});

/** A guest that waits is woken once; one that gave up ignores the answer by its number. */
function answer(id: number, bytes: Uint8Array | undefined): void {
  port.postMessage({ id, bytes });
  Atomics.store(signal, 0, id);
  Atomics.notify(signal, 0);
}

const send = ({ socket, key, bytes, timeoutMs }: EgressOrder): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const sent = request({
      socketPath: socket,
      agent,
      method: 'POST',
      path: '/',
      headers: { 'x-clarity-grant': key, 'content-length': bytes.length },
      signal: AbortSignal.timeout(timeoutMs),
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Uint8Array.from(Buffer.concat(parts)));
        else reject(new Error('the daemon refused the grant'));
      });
    });
    sent.end(bytes);
  });
