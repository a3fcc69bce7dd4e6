import { ClarityError, RawJson } from '@clarity-runtime/core';
import type { WasmModuleSpec, WasmReply } from '@clarity-runtime/core/ports';
import { deferred } from '../host/deferred.ts';
import type { PoolStats } from '../host/worker-pool.ts';
import { encodeFrame, FrameReader, FrameWriter, type Frame } from './frames.ts';
import type { GuestProcess } from './guest-process.ts';
import {
  Answer,
  decodeJson,
  encodeCall,
  encodeLoad,
  MAX_FRAME_BYTES,
  Order,
  type CallMessage,
  type FailedCall,
  type LoadedMessage,
  type Rejection,
} from './host-messages.ts';

/** The guest host ended before it answered. */
export class HostEnded extends Error {
  override readonly name = 'HostEnded';
}

export interface GuestListener {
  log(key: number, line: string): void;
  ended(): void;
}

export interface LinkOptions {
  /** Milliseconds that a guest host may take to start. */
  readonly bootMs: number;
  /** Milliseconds after which a guest host that does not answer is ended. */
  readonly silentMs: number;
}

interface Request {
  readonly answer: (frame: Frame) => void;
  readonly fail: (error: Error) => void;
}

/** The requests of this process to one run of a guest host. */
export class HostLink {
  readonly ready: Promise<undefined>;
  readonly #process: GuestProcess;
  readonly #listener: GuestListener;
  readonly #options: LinkOptions;
  readonly #writer: FrameWriter;
  readonly #reader = new FrameReader(MAX_FRAME_BYTES);
  readonly #requests = new Map<number, Request>();
  readonly #booted = deferred<undefined>();
  readonly #gone = deferred<undefined>();
  #lastId = 0;
  #stats: PoolStats = { live: 0, wedged: 0, waiting: 0 };
  #isReady = false;
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #pingedAt = 0;

  constructor(process: GuestProcess, listener: GuestListener, options: LinkOptions) {
    this.#process = process;
    this.#listener = listener;
    this.#options = options;
    this.#writer = new FrameWriter((bytes) => {
      process.write(bytes);
    });
    this.ready = this.#booted.promise;
    process.hold();
    process.listen({
      data: (bytes) => {
        this.#receive(bytes);
      },
      ended: (reason) => {
        this.#end(reason);
      },
    });
    this.#timer = setTimeout(() => {
      process.kill();
    }, options.bootMs).unref();
  }

  get isReady(): boolean {
    return this.#isReady && !this.#isEnded;
  }

  get stats(): PoolStats {
    return this.#stats;
  }

  /** @throws HostEnded, and ClarityError when the module is rejected or the caller aborts. */
  async load(key: number, spec: WasmModuleSpec, signal: AbortSignal): Promise<LoadedMessage> {
    const { wasm, document, limits, program } = spec;
    const engine = program === undefined ? {} : { engine: program.engine };
    const message = { key, limits, ...engine, ...(document === undefined ? {} : { document }) };
    const frame = await this.#request(Order.load, encodeLoad(message, program?.data ?? wasm), signal);
    if (frame.kind !== Answer.loaded) throw rejected(frame);
    return decodeJson(frame.payload) as LoadedMessage;
  }

  /** @throws HostEnded, and ClarityError when the caller aborts or the module is closed. */
  async call(message: CallMessage, signal: AbortSignal): Promise<WasmReply> {
    const { kind, payload } = await this.#request(Order.call, encodeCall(message), signal);
    // The payload is a part of a buffer with other replies, which would stay in memory with it.
    if (kind === Answer.value) return { type: 'value', json: RawJson.fromBytes(Uint8Array.from(payload)) };
    if (kind === Answer.err) return { type: 'err', json: RawJson.fromBytes(Uint8Array.from(payload)) };
    if (kind !== Answer.failure) throw rejected({ kind, payload });
    const { code, message: text } = decodeJson(payload) as FailedCall;
    return { type: 'failure', code, message: text };
  }

  close(key: number): void {
    this.#writer.send(encodeFrame(Order.close, key));
  }

  /** Ends the guest host. Resolves when it has ended. */
  async end(): Promise<void> {
    this.#process.hold();
    this.#process.kill();
    await this.#gone.promise;
  }

  #request(kind: number, payload: readonly Uint8Array[], signal: AbortSignal): Promise<Frame> {
    if (signal.aborted) return Promise.reject(cancelled());
    if (this.#isEnded) return Promise.reject(new HostEnded('it has ended'));
    this.#lastId = (this.#lastId % 0xffff_ffff) + 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        signal.removeEventListener('abort', abort);
        this.#requests.delete(id);
        if (this.#requests.size === 0) this.#rest();
      };
      const abort = (): void => {
        settle();
        this.#writer.send(encodeFrame(Order.cancel, id));
        reject(cancelled());
      };
      this.#requests.set(id, {
        answer: (frame) => {
          settle();
          resolve(frame);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      });
      signal.addEventListener('abort', abort, { once: true });
      if (this.#requests.size === 1) this.#work();
      this.#writer.send(encodeFrame(kind, id, ...payload));
    });
  }

  #receive(bytes: Uint8Array): void {
    this.#heardAt = performance.now();
    try {
      for (const frame of this.#reader.read(bytes)) this.#accept(frame);
    } catch {
      // It does not follow the protocol of this program.
      this.#process.kill();
    }
  }

  #accept(frame: Frame): void {
    const { kind, id, payload } = frame;
    if (kind === Answer.log) this.#listener.log(id, payload.toString('utf8'));
    else if (kind === Answer.stats) this.#stats = decodeJson(payload) as PoolStats;
    else if (kind === Answer.ready) this.#begin();
    else if (kind !== Answer.pong) this.#requests.get(id)?.answer(frame);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isReady = true;
    this.#booted.resolve(undefined);
    if (this.#requests.size === 0) this.#rest();
    else this.#work();
  }

  #rest(): void {
    if (!this.#isReady) return;
    this.#process.release();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #work(): void {
    this.#process.hold();
    if (this.#timer === undefined && this.#isReady) this.#watch();
  }

  /** Ends a guest host that answers nothing while it has requests: its first thread runs no guest. */
  #watch(): void {
    const { silentMs } = this.#options;
    this.#pingedAt = performance.now();
    this.#writer.send(encodeFrame(Order.ping, 0));
    this.#timer = setTimeout(() => {
      // This thread may be late, too: read first.
      setImmediate(() => {
        if (this.#timer === undefined) return;
        if (this.#heardAt < this.#pingedAt) this.#process.kill();
        else this.#watch();
      });
    }, silentMs).unref();
  }

  #end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gone.resolve(undefined);
    const ended = new HostEnded(reason);
    this.#booted.reject(ended);
    for (const request of [...this.#requests.values()]) request.fail(ended);
    this.#listener.ended();
  }
}

const cancelled = (): ClarityError => new ClarityError('CALL_CANCELLED', '');

function rejected({ kind, payload }: Omit<Frame, 'id'>): Error {
  if (kind !== Answer.rejected) return new HostEnded('it sent another answer');
  const { code, message } = decodeJson(payload) as Rejection;
  return new ClarityError(code, message);
}
