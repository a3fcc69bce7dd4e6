import {
  ClarityError,
  type Capabilities,
  type Era,
  type McpNotification,
  type McpReply,
  type McpRequest,
  type Secret,
  type Service,
} from '@clarity-runtime/core';
import { callBounds } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { JsonRpcConnection, type HandshakeResult } from '@clarity-runtime/core/protocol';
import { StderrLog } from './stderr-log.ts';
import { LineReader } from '../framing/line-framing.ts';
import type { ProcessLimits } from './options.ts';
import { CLIENT, openProcess } from './process-handshake.ts';
import { ProcessTransport } from './process-transport.ts';
import type { GuardedChild } from '../process/guarded-child.ts';
import { startTimer } from '../start-timer.ts';

export interface ProcessConnectionSpec {
  readonly service: Service;
  readonly events: ConnectionEvents;
  readonly limits: ProcessLimits;
  readonly secrets: readonly Secret[];
}

/** An MCP server that is a child process: one message per line, standard error is its log. */
export class ProcessConnection implements Connection {
  readonly #child: GuardedChild;
  readonly #spec: ProcessConnectionSpec;
  readonly #carrier: ProcessTransport;
  readonly #channel: JsonRpcConnection;
  #opened: HandshakeResult = { era: 'legacy', revision: '', capabilities: {} };
  #closing: Promise<void> | undefined;
  #isOpen = false;

  constructor(child: GuardedChild, spec: ProcessConnectionSpec) {
    const { events, limits } = spec;
    this.#child = child;
    this.#spec = spec;
    this.#carrier = new ProcessTransport(child);
    const redact = (text: string): string => spec.secrets.reduce((clean, secret) => secret.redact(clean), text);
    const log = (line: string): void => {
      events.onLog(redact(line));
    };
    this.#channel = new JsonRpcConnection(this.#carrier, {
      startTimer,
      client: CLIENT,
      offers: events.clientCapabilities ?? {},
      redact,
      log,
      changed: (what) => {
        if (this.#isOpen) events.onListChanged(what);
      },
      notified: (notification) => events.onNotification?.(notification),
      refused: (what) => events.onLimit?.(what),
    });
    const lines = new LineReader(() => Math.max(limits.maxMessageBytes, this.#channel.largestReply), {
      line: (bytes) => {
        this.#channel.receive(bytes);
      },
      overlong: (head) => {
        this.#overlong(head);
      },
    });
    const errors = new StderrLog(log, () => events.onLimit?.('log.too_many'));
    child.stdout.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors.push(chunk);
    });
    void child.ended.then((why) => {
      this.#ended(why);
    });
  }

  get era(): Era {
    return this.#opened.era;
  }

  get capabilities(): Capabilities {
    return this.#opened.capabilities;
  }

  get info() {
    return this.#opened.info;
  }

  get revision(): string {
    return this.#opened.revision;
  }

  get instructions() {
    return this.#opened.instructions;
  }

  /** Finds out which era the process speaks and opens the conversation; `known` is what was seen of it before. */
  async open(known: Era | undefined, signal: AbortSignal): Promise<void> {
    const notify = (notification: McpNotification): void => {
      this.#carrier.notify(notification);
    };
    const { events, limits } = this.#spec;
    const terms = { signal, limits, known, offers: events.clientCapabilities ?? {} };
    this.#opened = await openProcess({ channel: this.#channel, notify }, terms);
    this.#isOpen = true;
  }

  request(request: McpRequest, exchange: UpstreamRequestOptions): Promise<McpReply> {
    const { service, limits } = this.#spec;
    const bounds = callBounds(service.manifest.spec, exchange, {
      totalMs: limits.callTimeoutMs,
      maxReplyBytes: limits.maxMessageBytes,
    });
    return this.#channel.request(request, {
      ...bounds,
      signal: exchange.signal,
      onNotification: (notification) => {
        exchange.onNotification(notification);
      },
      onRequest: (asked) => exchange.onRequest(asked),
      onSent: () => {
        exchange.onSent();
      },
    });
  }

  notify(notification: McpNotification): void {
    this.#carrier.notify(notification);
  }

  close(reason: string): Promise<void> {
    return (this.#closing ??= this.#close(reason));
  }

  /** The end of its input asks the process to go; what does not hear is signalled, with everything that it started. */
  async #close(reason: string): Promise<void> {
    this.#channel.end(new ClarityError('UPSTREAM_LOST', `the connection was closed: ${reason}`));
    const { graceMs } = this.#spec.limits;
    this.#child.stdin.end();
    if (await this.#endsWithin(graceMs)) return;
    this.#child.kill('SIGTERM');
    if (await this.#endsWithin(graceMs)) return;
    this.#child.kill('SIGKILL');
    await this.#child.ended;
  }

  #endsWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const stop = startTimer(ms, () => {
        resolve(false);
      });
      void this.#child.ended.then(() => {
        stop();
        resolve(true);
      });
    });
  }

  #ended(why: string): void {
    this.#channel.end(new ClarityError('UPSTREAM_LOST', why));
    if (this.#closing === undefined && this.#isOpen) this.#spec.events.onClose(why);
  }

  /** A reply that nobody can hold: its beginning says whose it is, else every call has to be taken for it. */
  #overlong(head: Uint8Array): void {
    const id = /"id"\s*:\s*(\d+)/.exec(Buffer.from(head).toString('latin1'))?.[1];
    const error = new ClarityError('PAYLOAD_TOO_LARGE', 'the reply is larger than anybody allows');
    if (id === undefined) this.#channel.failAll(error);
    else this.#channel.fail(Number(id), error);
  }
}
