import { RawJson, RpcCode, type McpNotification, type McpRequest } from '@clarity-runtime/core';
import { idKey, idOfMessage, readMessage, withoutMark, type InvalidMessage } from '@clarity-runtime/core/protocol';
import { LineReader } from '../framing/line-framing.ts';
import { STDIO_BRIDGE_LIMITS, type StdioBridgeLimits, type StdioBridgeOptions } from './bridge-options.ts';
import { BridgeConversation } from './conversation.ts';
import { StdioDaemonClient } from './daemon-client.ts';
import { bridgeError, errorMessage, NO_ID, thrown, type IdText } from './response.ts';
import { exchange, post, unreachable, type ExchangeDependencies } from './exchange.ts';
import { StdioLineWriter } from './line-writer.ts';
import { keepNotificationStream } from './notification-stream.ts';

const OPEN_BRACKET = 0x5b;
const NEWLINE = Uint8Array.of(0x0a);
const LISTEN = 'subscriptions/listen';
/** Milliseconds in which the daemon must accept a notification, or the end of a session. */
const NOTIFICATION_MS = 2_000;

/**
 * Serves MCP over standard streams (MCP, stdio: one message per line) and forwards every message to a daemon over HTTP.
 * Resolves when the input has ended and running requests have replies, or when the output closes.
 * A failure becomes an error response with the id of its request; only messages are written to the output.
 */
export const serveStdioBridge = (options: StdioBridgeOptions): Promise<void> => new StdioBridge(options).serve();

interface RunningRequest {
  readonly control: AbortController;
  readonly done: Promise<void>;
  /** A subscription, which ends only by cancellation. */
  readonly isEndless: boolean;
}

class StdioBridge {
  readonly #options: StdioBridgeOptions;
  readonly #limits: StdioBridgeLimits;
  readonly #writer: StdioLineWriter;
  readonly #client: StdioDaemonClient;
  readonly #conversation = new BridgeConversation();
  readonly #dependencies: ExchangeDependencies;
  readonly #ended = new AbortController();
  readonly #running = new Map<string, RunningRequest>();
  #notifications: Promise<void> = Promise.resolve();
  #stream: AbortController | undefined;

  constructor(options: StdioBridgeOptions) {
    const { endpoint, token, output } = options;
    this.#options = options;
    this.#limits = { ...STDIO_BRIDGE_LIMITS, ...options.limits };
    this.#client = new StdioDaemonClient(endpoint, token, options.headers);
    this.#writer = new StdioLineWriter(output, () => {
      this.#ended.abort();
    });
    this.#dependencies = {
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
        this.#receive(Uint8Array.from(bytes));
      },
      overlongMessage: (id) => {
        const limit = String(this.#limits.maxLineBytes);
        this.#reply(errorMessage(id ?? NO_ID, RpcCode.invalidRequest, `a message has at most ${limit} bytes`));
      },
    });
    const ended = new Promise<void>((resolve) => {
      input.on('end', resolve).on('close', resolve).on('error', resolve);
      this.#ended.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    input.on('data', (chunk: Uint8Array) => {
      reader.push(chunk);
      if (this.#writer.isFull) this.#pauseInput();
    });
    await ended;
    reader.push(NEWLINE);
    await this.#finish();
  }

  #receive(received: Uint8Array): void {
    const line = withoutMark(received);
    if (line[0] === OPEN_BRACKET) {
      this.#start({ line, id: NO_ID, message: undefined });
      return;
    }
    const message = readMessage(line, 'client');
    switch (message.kind) {
      case 'request':
        this.#start({ line, id: message.request.id, message: message.request });
        break;
      case 'notification':
        this.#notify(line, message.notification);
        break;
      case 'reply':
        this.#forward(line, undefined);
        break;
      case 'invalid':
        this.#reject(line, message);
    }
  }

  #reject(line: Uint8Array, { error, reason, id }: InvalidMessage): void {
    const known = id ?? (error.code === RpcCode.parseError ? NO_ID : (idOfMessage(line) ?? NO_ID));
    this.#reply(errorMessage(known, error.code, `the message cannot be read: ${reason}`));
  }

  #start({ line, id, message }: { line: Uint8Array; id: IdText; message: McpRequest | undefined }): void {
    const key = message === undefined ? `batch ${String(Math.random())}` : idKey(RawJson.fromText(id));
    const isRunning = this.#running.has(key);
    if (isRunning || this.#running.size >= this.#limits.maxRequests) {
      const why = isRunning ? 'a request with this id is running' : 'too many requests are running';
      this.#reply(message === undefined ? bridgeError(NO_ID, why) : errorMessage(id, RpcCode.invalidRequest, why));
      return;
    }
    if (message?.method === 'initialize') {
      this.#stream?.abort();
      this.#stream = undefined;
      this.#conversation.begin(line);
    }
    const control = new AbortController();
    const signal = AbortSignal.any([control.signal, this.#ended.signal]);
    // The daemon gets earlier notifications first.
    const done = this.#notifications
      .then(() => exchange(this.#dependencies, { line, id, message, signal }))
      .then((reply) => {
        if (!control.signal.aborted && reply.length > 0) this.#reply(reply);
      })
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.log(`a request failed: ${thrown(error).message}`);
      })
      .finally(() => {
        this.#running.delete(key);
      });
    this.#running.set(key, { control, done, isEndless: message?.method === LISTEN });
  }

  #notify(line: Uint8Array, notification: McpNotification): void {
    const cancelled =
      notification.method === 'notifications/cancelled' ? notification.params.get('requestId') : undefined;
    const running = cancelled === undefined ? undefined : this.#running.get(idKey(cancelled));
    // Without a session, the closed connection cancels the request at the daemon. With one, only the notification does.
    running?.control.abort();
    if (cancelled !== undefined && this.#conversation.session === undefined) return;
    this.#forward(line, notification);
    if (notification.method === 'notifications/initialized') this.#openStream();
  }

  /** Forwards a message without a reply, in the order of the input. */
  #forward(line: Uint8Array, message: McpNotification | undefined): void {
    this.#notifications = this.#notifications.then(async () => {
      const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(NOTIFICATION_MS)]);
      try {
        const response = await post(this.#dependencies, { line, id: NO_ID, message, signal });
        const status = response.statusCode ?? 0;
        response.resume();
        if (status >= 300) this.#options.log(`the daemon has rejected a message: status ${String(status)}`);
      } catch (error) {
        if (!this.#ended.signal.aborted) this.#options.log(unreachable(this.#client.place, error));
      }
    });
  }

  #openStream(): void {
    this.#stream?.abort();
    const control = new AbortController();
    this.#stream = control;
    const signal = AbortSignal.any([control.signal, this.#ended.signal]);
    const { reopenMs } = this.#limits;
    void this.#notifications.then(() => keepNotificationStream(this.#dependencies, { signal, reopenMs }));
  }

  #reply(message: Uint8Array): void {
    this.#writer.write(message, true);
  }

  /** Reads no input until the client has read the output. */
  #pauseInput(): void {
    const { input } = this.#options;
    input.pause();
    void this.#writer.flushed().then(() => {
      input.resume();
    });
  }

  async #finish(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { control } of running.filter(({ isEndless }) => isEndless)) control.abort();
    const cut = setTimeout(() => {
      this.#ended.abort();
    }, this.#limits.drainMs);
    await Promise.all([this.#notifications, ...running.map(({ done }) => done)]);
    clearTimeout(cut);
    await this.#writer.flushed();
    this.#stream?.abort();
    await this.#endSession();
    this.#ended.abort();
    this.#client.close();
  }

  async #endSession(): Promise<void> {
    if (this.#conversation.session === undefined || this.#ended.signal.aborted) return;
    const headers = this.#conversation.headersOf(undefined);
    await this.#client
      .send({ method: 'DELETE', headers, signal: AbortSignal.timeout(NOTIFICATION_MS) })
      .then((response) => response.resume())
      .catch(() => undefined);
  }
}
