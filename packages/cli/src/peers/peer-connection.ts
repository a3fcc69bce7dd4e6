import type { TLSSocket } from 'node:tls';
import { ClarityError, systemClock, type McpNotification, type McpReply, type McpRequest } from '@clarity-runtime/core';
import { toCancellation } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { encodeRequest, notificationBytes, readMessage, replyBytes } from '@clarity-runtime/core/protocol';
import { encodeFrame, FRAME, PeerFrameReader, type PeerFrame } from './peer-frames.ts';
import { errorOf } from './peer-failure.ts';
import { facts, readJson } from './peer-opening.ts';

/** Milliseconds between two signs of life, and without one after which the owner counts as lost. */
const PING_MS = 1_000;
const SILENT_MS = 4_000;

interface Waiting {
  readonly options: UpstreamRequestOptions;
  readonly settle: (outcome: McpReply | ClarityError, isSent: boolean) => void;
}

type Facts = Omit<Connection, 'request' | 'notify' | 'close'>;

/** A connection to a service over the daemon that owns its process. */
export class PeerConnection {
  readonly #socket: TLSSocket;
  readonly #events: ConnectionEvents;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended = new AbortController();
  readonly #opened: PromiseWithResolvers<Facts> = withResolvers();
  #lastId = 0;
  #aliveAt = systemClock.monotonic();
  #isOpen = false;
  #isClosing = false;

  constructor(socket: TLSSocket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    const reader = new PeerFrameReader((frame) => {
      this.#receive(frame);
    });
    socket.removeAllListeners('error').removeAllListeners('close');
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#end('the connection to its owner was lost');
    });
    socket.on('data', (chunk: Buffer) => {
      this.#aliveAt = systemClock.monotonic();
      try {
        reader.push(chunk);
      } catch {
        this.#end('its owner sent a message that cannot be read');
      }
    });
    // The reason is that of `opened`.
    this.#opened.promise.catch(() => undefined);
    void this.#watch();
  }

  /** Opens the connection with its first frame. @throws ClarityError */
  async open(first: Buffer, signal: AbortSignal): Promise<Connection> {
    const abort = (): void => {
      this.#end('the attempt was given up');
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#socket.write(first);
    try {
      const shown = await this.#opened.promise;
      return { ...shown, request: this.#request, notify: this.#notify, close: this.#close };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  readonly #request: Connection['request'] = (request, options) => {
    if (this.#ended.signal.aborted) return Promise.reject(this.#ended.signal.reason as ClarityError);
    const cancellation = toCancellation(options);
    if (cancellation.isCancelled) return Promise.reject(new ClarityError('CALL_CANCELLED', ''));
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#socket.write(encodeFrame(FRAME.cancel, id));
        settle(new ClarityError('CALL_CANCELLED', ''), true);
      };
      const settle: Waiting['settle'] = (outcome, isSent) => {
        if (!this.#waiting.delete(id)) return;
        cancellation.unsubscribe(cancel);
        // Without an answer of the owner the service can have read the request.
        if (isSent) options.onSent();
        if (outcome instanceof ClarityError) reject(outcome);
        else resolve(outcome);
      };
      this.#waiting.set(id, { options, settle });
      cancellation.subscribe(cancel);
      const { idleMs, totalMs, maxReplyBytes, maxMediaBytes } = options;
      const head = Buffer.from(JSON.stringify({ idleMs, totalMs, maxReplyBytes, maxMediaBytes }));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(head.length);
      this.#socket.write(encodeFrame(FRAME.request, id, length, head, ...requestParts(id, request)));
    });
  };

  readonly #notify = (notification: McpNotification): void => {
    if (!this.#ended.signal.aborted) this.#socket.write(encodeFrame(FRAME.notify, 0, notificationBytes(notification)));
  };

  readonly #close = (reason: string): Promise<void> => {
    this.#isClosing = true;
    this.#end(`the connection was closed: ${reason}`);
    return Promise.resolve();
  };

  #receive({ kind, id, payload }: PeerFrame): void {
    const waiting = this.#waiting.get(id);
    switch (kind) {
      case FRAME.opened:
        this.#isOpen = true;
        this.#opened.resolve(facts.parse(readJson(payload)) as Facts);
        break;
      case FRAME.refused:
        this.#opened.reject(errorOf(payload).error);
        this.#end('its owner refused the connection');
        break;
      case FRAME.reply: {
        const message = readMessage(payload, 'server');
        if (message.kind === 'reply') waiting?.settle(message.reply, true);
        else waiting?.settle(new ClarityError('UPSTREAM_PROTOCOL', 'the reply is invalid'), true);
        break;
      }
      case FRAME.failed: {
        const { error, isSent } = errorOf(payload);
        waiting?.settle(error, isSent);
        break;
      }
      case FRAME.note:
        this.#pass(payload, (notification) => waiting?.options.onNotification(notification));
        break;
      case FRAME.notification:
        this.#pass(payload, (notification) => this.#events.onNotification?.(notification));
        break;
      case FRAME.ask:
        void this.#answer(id, payload);
        break;
      case FRAME.listChanged:
        this.#events.onListChanged(payload.toString('utf8') as 'tools' | 'resources' | 'prompts');
        break;
      case FRAME.limit:
        this.#events.onLimit?.(payload.toString('utf8') as never);
        break;
      case FRAME.closed:
        this.#end(payload.toString('utf8'));
    }
  }

  #pass(payload: Buffer, to: (notification: McpNotification) => void): void {
    const message = readMessage(payload, 'server');
    if (message.kind === 'notification') to(message.notification);
  }

  /** Answers a question of the service. Its payload names the request that it belongs to in its first four bytes. */
  async #answer(id: number, payload: Buffer): Promise<void> {
    const message = readMessage(payload.subarray(4), 'server');
    if (message.kind !== 'request') return;
    const asked = this.#waiting.get(payload.readUInt32BE(0))?.options ?? this.#events;
    const refused: McpReply = { error: { code: -32601, message: 'no client answers' } };
    const reply = (await asked.onRequest?.(message.request).catch(() => undefined)) ?? refused;
    if (!this.#ended.signal.aborted) this.#socket.write(encodeFrame(FRAME.answer, id, replyBytes('0', reply)));
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ended;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      await systemClock.after(PING_MS, signal);
      if (isOver()) return;
      if (systemClock.monotonic() - this.#aliveAt > SILENT_MS) this.#end('its owner does not answer');
      else this.#socket.write(encodeFrame(FRAME.ping, 0));
    }
  }

  #end(reason: string): void {
    if (this.#ended.signal.aborted) return;
    const error = new ClarityError('UPSTREAM_LOST', reason);
    this.#ended.abort(error);
    this.#socket.destroy();
    this.#opened.reject(new ClarityError('UPSTREAM_UNREACHABLE', reason));
    for (const waiting of [...this.#waiting.values()]) waiting.settle(error, true);
    if (this.#isOpen && !this.#isClosing) this.#events.onClose(reason, 'elsewhere');
  }
}

function requestParts(id: number, request: McpRequest): readonly Uint8Array[] {
  const { head, body, tail } = encodeRequest(String(id), request);
  return [Buffer.from(head), body, Buffer.from(tail)];
}

/** `Promise.withResolvers` of later versions of Node.js. */
interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((done, failed) => {
    [resolve, reject] = [done, failed];
  });
  return { promise, resolve, reject };
}
