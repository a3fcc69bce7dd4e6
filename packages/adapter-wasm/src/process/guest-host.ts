import { isClarityError, RawJson } from '@clarity-runtime/core';
import type { WasmHost, WasmModule, WasmReply } from '@clarity-runtime/core/ports';
import type { PoolStats } from '../host/worker-pool.ts';
import { encodeFrame, FrameReader, FrameWriter, type Frame } from './frames.ts';
import { Answer, decodeCall, decodeLoad, encodeJson, MAX_FRAME_BYTES, Order, type Rejection } from './host-messages.ts';

/** The host of modules in this process. */
export type ServedHost = WasmHost & { readonly stats?: PoolStats };

/** Serves a WASM host over a stream of frames. */
export class GuestHost {
  readonly #host: ServedHost;
  readonly #writer: FrameWriter;
  readonly #reader = new FrameReader(MAX_FRAME_BYTES);
  readonly #modules = new Map<number, Promise<WasmModule>>();
  /** Loads and calls that run, by request. */
  readonly #running = new Map<number, AbortController>();

  constructor(host: ServedHost, write: (bytes: Uint8Array) => void) {
    this.#host = host;
    this.#writer = new FrameWriter(write);
  }

  /** Reports that the host accepts orders. */
  begin(): void {
    this.#send(Answer.ready, 0);
  }

  receive(bytes: Uint8Array): void {
    for (const frame of this.#reader.read(bytes)) this.#obey(frame);
  }

  sendStats(stats: PoolStats): void {
    this.#send(Answer.stats, 0, encodeJson(stats));
  }

  #obey({ kind, id, payload }: Frame): void {
    if (kind === Order.call) void this.#run(id, (signal) => this.#call(id, payload, signal));
    else if (kind === Order.load) void this.#run(id, (signal) => this.#load(id, payload, signal));
    else if (kind === Order.cancel) this.#running.get(id)?.abort();
    else if (kind === Order.ping) this.#send(Answer.pong, id);
    else if (kind === Order.close) this.#close(id);
  }

  async #run(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const caller = new AbortController();
    this.#running.set(id, caller);
    try {
      await work(caller.signal);
    } catch (error) {
      this.#send(Answer.rejected, id, encodeJson(rejection(error)));
    } finally {
      this.#running.delete(id);
    }
  }

  async #load(id: number, payload: Buffer, signal: AbortSignal): Promise<void> {
    const { message, wasm } = decodeLoad(payload);
    const { key, document, limits, engine } = message;
    const loading = this.#host.load(
      {
        ...(engine === undefined ? { wasm } : { wasm: new Uint8Array(), program: { engine, data: wasm } }),
        limits,
        ...(document === undefined ? {} : { document }),
        onLog: (line) => {
          this.#send(Answer.log, key, Buffer.from(line));
        },
      },
      signal,
    );
    this.#modules.set(key, loading);
    try {
      const { functions, leftOut = [] } = await loading;
      this.#send(Answer.loaded, id, encodeJson({ functions, leftOut }));
    } catch (error) {
      this.#modules.delete(key);
      throw error;
    }
  }

  async #call(id: number, payload: Buffer, signal: AbortSignal): Promise<void> {
    const { key, deadlineMs, name, args } = decodeCall(payload);
    const module = await this.#modules.get(key);
    if (module === undefined) throw new Error('the module was closed');
    this.#reply(id, await module.call(name, RawJson.fromBytes(args), { signal, deadlineMs }));
  }

  #reply(id: number, reply: WasmReply): void {
    if (reply.type === 'failure') this.#send(Answer.failure, id, encodeJson(reply));
    else this.#send(Answer[reply.type], id, reply.json.bytes);
  }

  #close(key: number): void {
    const module = this.#modules.get(key);
    this.#modules.delete(key);
    void module?.then((loaded) => loaded.close()).catch(() => undefined);
  }

  #send(kind: number, id: number, payload: Uint8Array = new Uint8Array()): void {
    this.#writer.send(encodeFrame(kind, id, payload));
  }
}

const rejection = (error: unknown): Rejection =>
  isClarityError(error)
    ? { code: error.code, message: error.failure.message }
    : { code: 'SERVICE_STOPPED', message: 'the module was closed' };
