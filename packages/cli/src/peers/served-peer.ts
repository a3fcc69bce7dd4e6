import type { TLSSocket } from 'node:tls';
import { ClarityError, isClarityError, type McpReply, type McpRequest } from '@clarity-runtime/core';
import { CancellationSource } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, PeerHost } from '@clarity-runtime/core/ports';
import { encodeRequest, notificationBytes, readMessage, replyBytes } from '@clarity-runtime/core/protocol';
import { failureOf } from './peer-failure.ts';
import { encodeFrame, encodeJsonFrame, FRAME, PeerFrameReader, type PeerFrame } from './peer-frames.ts';
import { limits, opening, readJson, type PeerOpening } from './peer-opening.ts';

/** Milliseconds until the first frame, and without any frame after which the other daemon counts as lost. */
const FIRST_MS = 5_000;
const SILENT_MS = 10_000;

/** One connection of another daemon, which has proved that it has the key. */
export class ServedPeer {
  readonly #socket: TLSSocket;
  readonly #host: PeerHost;
  readonly #ended = new AbortController();
  readonly #calls = new Map<number, CancellationSource>();
  readonly #asks = new Map<number, (reply: McpReply) => void>();
  #lastAsk = 0;
  #connection: Connection | undefined;
  #hasOpened = false;

  constructor(socket: TLSSocket, host: PeerHost) {
    this.#socket = socket;
    this.#host = host;
    const reader = new PeerFrameReader((frame) => {
      this.#receive(frame);
    });
    socket.setNoDelay(true);
    socket.setTimeout(FIRST_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#end();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        // A daemon of this key speaks the protocol: this one is broken or of another version.
        socket.destroy();
      }
    });
  }

  #receive(frame: PeerFrame): void {
    if (!this.#hasOpened) {
      this.#hasOpened = true;
      this.#socket.setTimeout(SILENT_MS);
      const wanted = opening.safeParse(readJson(frame.payload));
      const isOpening = frame.kind === FRAME.open && wanted.success;
      if (isOpening) void this.#open(wanted.data);
      else
        this.#refuse(
          new ClarityError(
            'UPSTREAM_UNREACHABLE',
            'it speaks another protocol, or a request came over a second daemon',
          ),
        );
      return;
    }
    const { kind, id, payload } = frame;
    if (kind === FRAME.request) void this.#call(id, payload);
    else if (kind === FRAME.cancel) this.#calls.get(id)?.cancel();
    else if (kind === FRAME.ping) this.#write(FRAME.pong, 0);
    else if (kind === FRAME.notify) this.#notify(payload);
    else if (kind === FRAME.answer) this.#answered(id, payload);
  }

  async #open(wanted: PeerOpening): Promise<void> {
    try {
      if (wanted.ask === 'logs') this.#finish({ lines: await this.#host.logs(wanted.serviceId, wanted.limit) });
      else if (wanted.ask === 'store') this.#finish({ isReached: await this.#host.reachesStore() });
      else await this.#attach(wanted);
    } catch (error) {
      this.#refuse(error);
    }
  }

  async #attach({
    serviceId,
    era,
    clientCapabilities,
    answers,
    mark,
  }: PeerOpening & { ask: 'service' }): Promise<void> {
    const events: ConnectionEvents = {
      ...(era === undefined ? {} : { era }),
      ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
      ...(answers === true ? { onRequest: (request) => this.#ask(0, request) } : {}),
      onListChanged: (what) => {
        this.#write(FRAME.listChanged, 0, Buffer.from(what));
      },
      onNotification: (notification) => {
        this.#write(FRAME.notification, 0, notificationBytes(notification));
      },
      onLimit: (limit) => {
        this.#write(FRAME.limit, 0, Buffer.from(limit));
      },
      // The lines of a service stay with its owner, which is asked for them.
      onLog: () => undefined,
      onClose: (why) => {
        this.#write(FRAME.closed, 0, Buffer.from(why));
        this.#socket.end();
      },
    };
    const options = { signal: this.#ended.signal, ...(mark === undefined ? {} : { mark }) };
    const connection = await this.#host.attach(serviceId, events, options);
    if (this.#ended.signal.aborted) return connection.close('the other daemon is gone');
    this.#connection = connection;
    const { era: own, isEraProven, capabilities, info, revision, instructions } = connection;
    const shown = { era: own, isEraProven, capabilities, info, revision, instructions };
    this.#socket.write(encodeJsonFrame(FRAME.opened, 0, shown));
  }

  async #call(id: number, payload: Buffer): Promise<void> {
    const source = new CancellationSource();
    const progress = { isSent: false };
    this.#calls.set(id, source);
    try {
      const headEnd = 2 + payload.readUInt16BE(0);
      const message = readMessage(payload.subarray(headEnd), 'client');
      if (this.#connection === undefined || message.kind !== 'request')
        throw new ClarityError('UPSTREAM_PROTOCOL', 'the owner got no request');
      const { maxMediaBytes, ...given } = limits.parse(readJson(payload.subarray(2, headEnd)));
      const reply = await this.#connection.request(message.request, {
        ...given,
        ...(maxMediaBytes === undefined ? {} : { maxMediaBytes }),
        cancellation: source,
        get signal() {
          return source.signal;
        },
        onNotification: (notification) => {
          this.#write(FRAME.note, id, notificationBytes(notification));
        },
        onRequest: (request) => this.#ask(id, request),
        onSent: () => {
          progress.isSent = true;
        },
      });
      this.#write(FRAME.reply, id, replyBytes(String(id), reply));
    } catch (error) {
      const failure = { ...failureOf(error), isSent: progress.isSent || !isClarityError(error) };
      this.#write(FRAME.failed, id, Buffer.from(JSON.stringify(failure)));
    } finally {
      this.#calls.delete(id);
    }
  }

  #notify(payload: Buffer): void {
    const message = readMessage(payload, 'client');
    if (message.kind === 'notification') this.#connection?.notify(message.notification);
  }

  #ask(requestId: number, request: McpRequest): Promise<McpReply> {
    const id = (this.#lastAsk += 1);
    return new Promise((resolve) => {
      this.#asks.set(id, resolve);
      const owner = Buffer.alloc(4);
      owner.writeUInt32BE(requestId);
      const { head, body, tail } = encodeRequest(String(id), request);
      this.#write(FRAME.ask, id, owner, Buffer.from(head), body, Buffer.from(tail));
    });
  }

  #answered(id: number, payload: Buffer): void {
    const message = readMessage(payload, 'client');
    const resolve = this.#asks.get(id);
    this.#asks.delete(id);
    if (message.kind === 'reply') resolve?.(message.reply);
  }

  #finish(value: unknown): void {
    this.#socket.end(encodeJsonFrame(FRAME.opened, 0, value));
  }

  #refuse(error: unknown): void {
    this.#socket.end(encodeJsonFrame(FRAME.refused, 0, failureOf(error)));
  }

  #write(kind: number, id: number, ...parts: readonly Uint8Array[]): void {
    if (!this.#ended.signal.aborted) this.#socket.write(encodeFrame(kind, id, ...parts));
  }

  /** The other daemon is gone: its calls are cancelled, and its questions have no answer. */
  #end(): void {
    this.#ended.abort();
    for (const source of this.#calls.values()) source.cancel();
    const error = { code: -32603, message: 'the client is gone' };
    for (const resolve of this.#asks.values()) resolve({ error });
    this.#asks.clear();
    void this.#connection?.close('the other daemon is gone').catch(() => undefined);
  }
}
