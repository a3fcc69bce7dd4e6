import { RpcCode } from '@clarity-runtime/core';
import { readMessage, type InvalidMessage } from '@clarity-runtime/core/protocol';
import { LineReader } from '../framing/line-framing.ts';
import { STDIO_BRIDGE_LIMITS, type StdioBridgeLimits, type StdioBridgeOptions } from './bridge-options.ts';
import { BridgeConversation, type RpcCall } from './conversation.ts';
import { StdioDaemonClient } from './daemon-client.ts';
import { bridgeError, errorMessage, idInHead, thrown, type RpcId } from './response.ts';
import { exchange, post, unreachable, type ExchangeDependencies } from './exchange.ts';
import { StdioLineWriter } from './line-writer.ts';
import { keepNotificationStream } from './notification-stream.ts';

const OPEN_BRACKET = 0x5b;
const NEWLINE = Uint8Array.of(0x0a);
const LISTEN = 'subscriptions/listen';
/** Milliseconds for a notification to be taken, and for the end of a session. */
const NOTICE_MS = 2_000;

/**
 * Speaks MCP over standard streams and forwards to a daemon: each message is one line. Resolves when the input has ended
 * and what was asked is answered, or when nobody reads the output any more. What goes wrong is an error with the id of its
 * request; nothing else but messages is ever written.
 */
export const serveStdioBridge = (options: StdioBridgeOptions): Promise<void> => new StdioBridge(options).serve();

interface Running {
  readonly control: AbortController;
  readonly done: Promise<void>;
  readonly isEndless: boolean;
}

class StdioBridge {
  readonly #options: StdioBridgeOptions;
  readonly #limits: StdioBridgeLimits;
  readonly #writer: StdioLineWriter;
  readonly #client: StdioDaemonClient;
  readonly #conversation = new BridgeConversation();
  readonly #parts: ExchangeDependencies;
  readonly #over = new AbortController();
  readonly #running = new Map<RpcId, Running>();
  #notices: Promise<void> = Promise.resolve();
  #stream: AbortController | undefined;

  constructor(options: StdioBridgeOptions) {
    const { endpoint, token, output } = options;
    this.#options = options;
    this.#limits = { ...STDIO_BRIDGE_LIMITS, ...options.limits };
    this.#client = new StdioDaemonClient(endpoint, token);
    this.#writer = new StdioLineWriter(output, () => {
      this.#over.abort();
    });
    this.#parts = {
      client: this.#client,
      conversation: this.#conversation,
      maxReplyBytes: this.#limits.maxReplyBytes,
      passOn: (message) => {
        this.#writer.write(message, false);
      },
      log: options.log,
    };
  }

  async serve(): Promise<void> {
    const { input } = this.#options;
    const reader = new LineReader(() => this.#limits.maxLineBytes, {
      line: (bytes) => {
        this.#take(Uint8Array.from(bytes));
      },
      overlong: (head) => {
        const most = String(this.#limits.maxLineBytes);
        this.#answer(errorMessage(idInHead(head), RpcCode.invalidRequest, `a message has at most ${most} bytes`));
      },
    });
    const ended = new Promise<void>((resolve) => {
      input.on('end', resolve).on('close', resolve).on('error', resolve);
      this.#over.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    input.on('data', (chunk: Uint8Array) => {
      reader.push(chunk);
      if (this.#writer.isFull) this.#hold();
    });
    await ended;
    reader.push(NEWLINE);
    await this.#finish();
  }

  #take(line: Uint8Array): void {
    if (line[0] === OPEN_BRACKET) {
      this.#start({ line, id: null, spoken: undefined });
      return;
    }
    const message = readMessage(line);
    switch (message.kind) {
      case 'request':
        this.#start({ line, id: message.id, spoken: message.request });
        break;
      case 'notification':
        this.#notify(line, message.notification);
        break;
      case 'reply':
        this.#forward(line, undefined);
        break;
      case 'broken':
        this.#refuse(line, message);
    }
  }

  #refuse(line: Uint8Array, { why, id }: InvalidMessage): void {
    const isUnread = why === 'it is not JSON';
    const code = isUnread ? RpcCode.parseError : RpcCode.invalidRequest;
    const known =
      typeof id === 'string' || typeof id === 'number' ? id : isUnread ? null : idInHead(line.subarray(0, 512));
    this.#answer(errorMessage(known, code, `the message cannot be read: ${why}`));
  }

  #start({ line, id, spoken }: { line: Uint8Array; id: RpcId; spoken: RpcCall | undefined }): void {
    if (this.#running.size >= this.#limits.maxRequests || (id !== null && this.#running.has(id))) {
      const why = this.#running.has(id) ? 'a request with this id is running' : 'too many requests are running';
      this.#answer(spoken === undefined ? bridgeError(null, why) : errorMessage(id, RpcCode.invalidRequest, why));
      return;
    }
    if (spoken?.method === 'initialize') {
      this.#stream?.abort();
      this.#stream = undefined;
      this.#conversation.begin(line);
    }
    const control = new AbortController();
    const key = id ?? `batch ${String(Math.random())}`;
    const signal = AbortSignal.any([control.signal, this.#over.signal]);
    // What was said before a request is heard before it.
    const done = this.#notices
      .then(() => exchange(this.#parts, { line, id, spoken, signal }))
      .then((reply) => {
        if (!control.signal.aborted && reply.length > 0) this.#answer(reply);
      })
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.log(`a request failed: ${thrown(error).message}`);
      })
      .finally(() => {
        this.#running.delete(key);
      });
    this.#running.set(key, { control, done, isEndless: spoken?.method === LISTEN });
  }

  #notify(line: Uint8Array, notification: RpcCall): void {
    const cancelled =
      notification.method === 'notifications/cancelled' ? notification.params.get('requestId') : undefined;
    const running = cancelled === undefined ? undefined : this.#running.get(cancelled.value as RpcId);
    // The daemon hears of it by the end of the connection; one with a session only by the notice.
    running?.control.abort();
    if (cancelled !== undefined && this.#conversation.session === undefined) return;
    this.#forward(line, notification);
    if (notification.method === 'notifications/initialized') this.#openStream();
  }

  /** In the order in which they were said; there is no answer. */
  #forward(line: Uint8Array, spoken: RpcCall | undefined): void {
    this.#notices = this.#notices.then(async () => {
      const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(NOTICE_MS)]);
      try {
        const answer = await post(this.#parts, { line, id: null, spoken, signal });
        const status = answer.statusCode ?? 0;
        answer.resume();
        if (status >= 300) this.#options.log(`the daemon did not take a message: status ${String(status)}`);
      } catch (error) {
        if (!this.#over.signal.aborted) this.#options.log(unreachable(this.#client.place, error));
      }
    });
  }

  #openStream(): void {
    this.#stream?.abort();
    const control = new AbortController();
    this.#stream = control;
    const signal = AbortSignal.any([control.signal, this.#over.signal]);
    const { reopenMs } = this.#limits;
    void this.#notices.then(() => keepNotificationStream(this.#parts, { signal, reopenMs }));
  }

  #answer(message: Uint8Array): void {
    this.#writer.write(message, true);
  }

  /** A client that does not read is not read from. */
  #hold(): void {
    const { input } = this.#options;
    input.pause();
    void this.#writer.flushed().then(() => {
      input.resume();
    });
  }

  async #finish(): Promise<void> {
    const waiting = [...this.#running.values()];
    for (const { control } of waiting.filter(({ isEndless }) => isEndless)) control.abort();
    const cut = setTimeout(() => {
      this.#over.abort();
    }, this.#limits.drainMs);
    await Promise.all([this.#notices, ...waiting.map(({ done }) => done)]);
    clearTimeout(cut);
    await this.#writer.flushed();
    this.#stream?.abort();
    await this.#endSession();
    this.#over.abort();
    this.#client.close();
  }

  async #endSession(): Promise<void> {
    if (this.#conversation.session === undefined || this.#over.signal.aborted) return;
    const headers = this.#conversation.headersOf(undefined);
    await this.#client
      .send({ method: 'DELETE', headers, signal: AbortSignal.timeout(NOTICE_MS) })
      .then((answer) => answer.resume())
      .catch(() => undefined);
  }
}
