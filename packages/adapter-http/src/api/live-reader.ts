import type { Caller } from '@clarity-runtime/core';
import { sseEvent } from '@clarity-runtime/core/protocol';
import type { ServerResponse } from 'node:http';

/** Pending bytes above which a client gets nothing more until it has read them. */
const MAX_PENDING_BYTES = 64 * 1024;
/** Log lines that wait for a client. A client that misses some gets the newest lines again. */
const MAX_LINES = 500;
/** Milliseconds after which a browser reconnects (WHATWG HTML §9.2, field `retry`). */
const RETRY_MS = 2_000;

export interface LiveTopics {
  readonly state: boolean;
  readonly figures: boolean;
  readonly calls: boolean;
  /** Id of the service whose log the client follows. */
  readonly log?: string | undefined;
}

/** Returns the text of one event. */
export const liveEvent = (event: string, data: object, id?: string): string =>
  sseEvent({ ...(id === undefined ? {} : { id }), event, data: JSON.stringify(data) });

/**
 * One client of the stream. It has a position of its own: a client that reads slowly gets nothing until it has read, and then
 * the present state instead of each change, so that it holds a bounded number of bytes.
 */
export class LiveReader {
  readonly caller: Caller;
  readonly topics: LiveTopics;
  /** Everything before it was sent. */
  position: string;
  /** Key of the rights at the last event. */
  rights: string;
  /** Monotonic milliseconds since when the client has not read; undefined while it reads. */
  stalledAt: number | undefined;
  #lines: string[] = [];
  #missesLines = false;
  readonly #res: ServerResponse;
  #isOver = false;

  constructor(
    res: ServerResponse,
    { caller, topics, position, rights }: Pick<LiveReader, 'caller' | 'topics' | 'position' | 'rights'>,
  ) {
    this.#res = res;
    this.caller = caller;
    this.topics = topics;
    this.position = position;
    this.rights = rights;
    // The connection ends with the stream, so that the close of the server does not wait for it.
    res.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    res.write(sseEvent({ retryMs: RETRY_MS }));
  }

  /** Returns whether the client has read enough to get more. */
  get canTake(): boolean {
    return !this.#isOver && this.#res.writableLength < MAX_PENDING_BYTES;
  }

  write(text: string | Uint8Array): void {
    if (!this.#isOver && text.length > 0) this.#res.write(text);
  }

  /** Calls `resume` when the client has read what waits for it. */
  onDrain(resume: () => void): void {
    this.#res.once('drain', resume);
  }

  /** Keeps a line for the next event. */
  line(text: string): void {
    if (this.#missesLines) return;
    if (this.#lines.length < MAX_LINES) this.#lines.push(text);
    else {
      this.#missesLines = true;
      this.#lines = [];
    }
  }

  /** Returns the lines that wait, or `missed` if some were dropped; undefined without any. */
  takeLines(): readonly string[] | 'missed' | undefined {
    if (this.#missesLines) {
      this.#missesLines = false;
      return 'missed';
    }
    if (this.#lines.length === 0) return undefined;
    const taken = this.#lines;
    this.#lines = [];
    return taken;
  }

  /** Ends the stream with a reason. */
  end(reason: string): void {
    if (this.#isOver) return;
    this.write(liveEvent('bye', { reason }));
    this.#isOver = true;
    this.#res.end();
  }

  /** Closes the connection of a client that does not read. */
  cut(): void {
    this.#isOver = true;
    this.#res.destroy();
  }
}
