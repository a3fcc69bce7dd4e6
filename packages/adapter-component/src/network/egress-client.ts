import { Buffer } from 'node:buffer';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { NetworkGrant } from '@clarity-runtime/core/ports';
import type { EgressAddress } from './egress-listener.ts';
import { decodeMessage, encodeMessage, type ReplyHead, type EgressHead } from './message.ts';

/** The grant and the address of the requests of a guest. */
export interface GrantedNetwork extends NetworkGrant, EgressAddress {
  /** Path of the built `egress-thread`. */
  readonly thread: string;
}

export interface EgressThreadData {
  /** Number of the last order that has an answer. */
  readonly signal: Int32Array;
}

export interface EgressOrder extends EgressAddress {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly timeoutMs: number;
}

export interface EgressReply {
  readonly head: ReplyHead;
  readonly body: Uint8Array;
}

const LOST: EgressReply = { head: { type: 'failure', code: 'UPSTREAM_LOST' }, body: new Uint8Array() };
/** Milliseconds that the daemon may take beyond the timeout of its own request. */
const GRACE_MS = 2_000;

/** Sends requests through the daemon while this thread waits. The host ends the thread at the deadline of the call. */
class EgressClient {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #port: MessagePort;
  #last = 0;

  constructor(thread: string, onEnd: () => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.unref();
    const worker = new Worker(thread, {
      env: {},
      workerData: { port: port2, signal: this.#signal },
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    worker.unref();
    worker.on('error', () => undefined);
    worker.on('exit', onEnd);
  }

  send(network: GrantedNetwork, head: EgressHead, body?: Uint8Array): EgressReply {
    const { socket, key } = network;
    const id = (this.#last + 1) | 0;
    const before = this.#last;
    this.#last = id;
    const timeoutMs = network.timeoutMs + GRACE_MS;
    const order: EgressOrder = { id, socket, key, bytes: encodeMessage(head, body), timeoutMs };
    this.#port.postMessage(order);
    // An order that timed out before can still be answered, and wakes this thread too early.
    for (let seen = before; ;) {
      if (Atomics.wait(this.#signal, 0, seen, timeoutMs + GRACE_MS) === 'timed-out') return LOST;
      seen = Atomics.load(this.#signal, 0);
      if (seen === id) return this.#received(id);
    }
  }

  #received(id: number): EgressReply {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as
        { readonly message: { readonly id: number; readonly bytes?: Uint8Array } } | undefined;
      if (received === undefined) return LOST;
      const { id: of, bytes } = received.message;
      if (of === id) return bytes === undefined ? LOST : (decodeMessage(Buffer.from(bytes)) as EgressReply);
    }
  }
}

/** The client of this thread. All programs share it, because only one of them runs. */
let client: EgressClient | undefined;

/** Sends a request of a component and waits for the reply. */
export function sendThroughDaemon(network: GrantedNetwork, head: EgressHead, body?: Uint8Array): EgressReply {
  client ??= new EgressClient(network.thread, () => {
    client = undefined;
  });
  return client.send(network, head, body);
}
