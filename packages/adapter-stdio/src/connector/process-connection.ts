import {
  ClarityError,
  systemClock,
  type Capabilities,
  type Era,
  type McpNotification,
  type Service,
} from '@clarity-runtime/core';
import type { CloseOptions, Connection, ConnectionEvents } from '@clarity-runtime/core/ports';
import type { Redactor } from '@clarity-runtime/core/internal';
import { JsonRpcConnection, ownNumber } from '@clarity-runtime/core/protocol';
import { launcherError } from './launcher-output.ts';
import { StderrLog } from './stderr-log.ts';
import { LineReader } from '../framing/line-framing.ts';
import type { ProcessLimits } from './options.ts';
import { CLIENT, listenToChanges, openProcess } from './process-handshake.ts';
import { ProcessTransport } from './process-transport.ts';
import type { LimitedChild } from '../isolation/limited-child.ts';

/** Dependencies of a `ProcessConnection`. */
export interface ProcessConnectionSpec {
  readonly service: Service;
  readonly events: ConnectionEvents;
  readonly limits: ProcessLimits;
  readonly redactor: Redactor | undefined;
  readonly mark?: string | undefined;
  /** The program may install a package before it is an MCP server. */
  readonly isPackageRunner: boolean;
}

/** Log lines of a start in which the cause of its failure is looked up. */
const MAX_START_LINES = 40;

/** A connection to a child process: one message per line on stdin and stdout, the log on stderr (MCP 2025-11-25, "stdio"). */
export class ProcessConnection implements Connection {
  readonly request: Connection['request'];
  /** Resolves at the first byte on stdout or at the end of the process. */
  readonly responds: Promise<unknown>;
  readonly #child: LimitedChild;
  readonly #spec: ProcessConnectionSpec;
  readonly #transport: ProcessTransport;
  readonly #rpc: JsonRpcConnection;
  #closing: Promise<void> | undefined;
  #isOpen = false;
  #startLines: readonly string[] = [];

  constructor(child: LimitedChild, spec: ProcessConnectionSpec) {
    const { events, limits } = spec;
    this.#child = child;
    this.#spec = spec;
    this.#transport = new ProcessTransport(child, spec.service.withoutCancelNotices !== true);
    const { redactor } = spec;
    const redact = (text: string): string => redactor?.redact(text) ?? text;
    const logClean = (text: string): void => {
      if (!this.#isOpen) this.#startLines = [...this.#startLines.slice(1 - MAX_START_LINES), text];
      events.onLog(text);
    };
    const log = (line: string): void => {
      logClean(redact(line));
    };
    this.responds = new Promise((resolve) => {
      child.stdout.once('data', resolve);
      void child.ended.then(resolve);
    });
    this.#rpc = new JsonRpcConnection(this.#transport, {
      clock: systemClock,
      client: CLIENT,
      clientCapabilities: events.clientCapabilities ?? {},
      redact,
      ...(redactor === undefined ? {} : { redactJson: (json: string) => redactor.redactJson(json) }),
      onLog: log,
      onListChanged: (list) => {
        if (this.#isOpen) events.onListChanged(list);
      },
      ...(events.onRequest === undefined ? {} : { onRequest: events.onRequest.bind(events) }),
      onNotification: (notification) => events.onNotification?.(notification),
      onLimit: (limit) => events.onLimit?.(limit),
    });
    this.request = this.#rpc.request.bind(this.#rpc);
    const lines = new LineReader(() => Math.max(limits.maxMessageBytes, this.#rpc.largestReply), {
      line: (bytes) => {
        this.#rpc.receive(bytes);
      },
      overlongMessage: (id) => {
        this.#rejectOversized(id);
      },
    });
    const errors = new StderrLog({ log: logClean, onDropped: () => events.onLimit?.('log.too_many'), redactor });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.#isOpen) events.onActivity?.();
      lines.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (!this.#isOpen) events.onActivity?.();
      errors.push(chunk);
    });
    void child.ended.then((reason) => {
      this.#onExit(reason);
    });
  }

  get era(): Era {
    return this.#rpc.era;
  }

  get capabilities(): Capabilities {
    return this.#rpc.capabilities;
  }

  get info() {
    return this.#rpc.info;
  }

  get revision(): string {
    return this.#rpc.revision;
  }

  get instructions() {
    return this.#rpc.instructions;
  }

  /** Detects the era of the process and opens the connection; `known` is the era of an earlier connection. */
  async open(known: Era | undefined, signal: AbortSignal): Promise<void> {
    const notify = (notification: McpNotification): void => {
      this.#transport.notify(notification);
    };
    const { events, limits, mark } = this.#spec;
    const options = { signal, limits, known, mark, clientCapabilities: events.clientCapabilities ?? {} };
    this.#rpc.acceptHandshake(await openProcess({ rpc: this.#rpc, notify }, options));
    this.#isOpen = true;
    this.#startLines = [];
    if (this.#rpc.era === 'modern') listenToChanges(this.#rpc, limits.maxMessageBytes);
  }

  notify(notification: McpNotification): void {
    this.#transport.notify(notification);
  }

  close(reason: string, { graceMs = this.#spec.limits.graceMs }: CloseOptions = {}): Promise<void> {
    return (this.#closing ??= this.#close(reason, graceMs));
  }

  /** Closes the input of the process, then sends SIGTERM and SIGKILL to it and its children, each after `graceMs`. */
  async #close(reason: string, graceMs: number): Promise<void> {
    this.#rpc.end(new ClarityError('UPSTREAM_LOST', `the connection was closed: ${reason}`));
    this.#child.stdin.end();
    if (await this.#exitsWithin(graceMs)) return;
    this.#child.kill('SIGTERM');
    if (await this.#exitsWithin(graceMs)) return;
    this.#child.kill('SIGKILL');
    await this.#child.ended;
  }

  async #exitsWithin(ms: number): Promise<boolean> {
    const ended = new AbortController();
    const timeout = systemClock.after(ms, ended.signal).then(() => false);
    try {
      return await Promise.race([this.#child.ended.then(() => true), timeout]);
    } finally {
      ended.abort();
    }
  }

  #onExit(reason: string): void {
    const { isPackageRunner } = this.#spec;
    const ofLauncher = this.#isOpen || !isPackageRunner ? undefined : launcherError(this.#startLines);
    const ofStart = this.#isOpen ? undefined : exceededAtStart(this.#child);
    this.#rpc.end(ofStart ?? ofLauncher ?? new ClarityError('UPSTREAM_LOST', reason));
    const cause = this.#transport.followsCancellation ? 'cancellation' : undefined;
    if (this.#closing === undefined && this.#isOpen) this.#spec.events.onClose(reason, cause);
  }

  /** Fails the request of an oversized reply, or every request in flight if no id was found. */
  #rejectOversized(id: string | undefined): void {
    const error = new ClarityError('PAYLOAD_TOO_LARGE', 'the reply exceeds the size limit of every request in flight');
    const number = ownNumber(id);
    if (id === undefined) this.#rpc.failAll(error);
    else if (number !== undefined) this.#rpc.fail(number, error);
  }
}

/** Another start has the same limits, so it is not tried at once. */
function exceededAtStart({ exceeded }: LimitedChild): ClarityError | undefined {
  const limit = exceeded();
  if (limit === undefined) return undefined;
  const { field, reason } = limit;
  return new ClarityError('PROCESS_START_FAILED', reason, { field, hint: `raise ${field}` });
}
