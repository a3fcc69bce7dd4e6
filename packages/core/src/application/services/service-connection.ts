import { isCancelled } from '../../domain/calls/cancellation.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { LossCause } from '../../domain/services/restart-policy.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Connection, ServiceConnector, UpstreamRequestOptions } from '../../ports/index.ts';
import { withDeadline } from '../support/async.ts';

/** Receives the events of a connection until the connection ends. */
export interface ConnectionListener {
  changed(): void;
  log(line: string): void;
  /** A byte of the service arrived before the connection was open. */
  alive?(): void;
  lost(reason: string, cause?: LossCause): void;
  /** A request succeeded, or failed with `error`. Requests that their caller cancelled are not reported. */
  answered(error?: unknown): void;
}

/** One connection from the connection attempt to its end. Events after the end are ignored. */
export class ObservedConnection {
  readonly #listener: ConnectionListener;
  readonly #end = new AbortController();
  #raw: Connection | undefined;
  #connection: Connection | undefined;
  /** Requests in flight, and the function that is called when the last one has ended. */
  #inFlight = 0;
  #onIdle: (() => void) | undefined;

  constructor(listener: ConnectionListener) {
    this.#listener = listener;
  }

  /** Writes a line to the log of the service. */
  log(line: string): void {
    this.#notify(() => {
      this.#listener.log(line);
    });
  }

  /** The connection that reports the outcome of each request to the listener. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** The unobserved connection of the connector. */
  get raw(): Connection | undefined {
    return this.#raw;
  }

  /** Aborts when the connection is closed or lost. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** Rejects when this object ends first; a connection that opens afterwards is closed. */
  async connect(connector: ServiceConnector, service: Service, signal: AbortSignal): Promise<Connection> {
    const events = {
      onListChanged: () => {
        this.#notify(() => {
          this.#listener.changed();
        });
      },
      onLog: (line: string) => {
        this.log(line);
      },
      onActivity: () => {
        this.#notify(() => this.#listener.alive?.());
      },
      onClose: (reason: string, cause?: LossCause) => {
        this.#notify(() => {
          this.#end.abort(new ClarityError('SERVICE_LOST', reason));
          this.#listener.lost(reason, cause);
        });
      },
    };
    const options = { signal: AbortSignal.any([signal, this.ended]) };
    const connecting = connector.connect(service, events, options).then((connection) => {
      if (signal.aborted || this.ended.aborted) void connection.close('too late').catch(() => undefined);
      return connection;
    });
    const raw = await this.whileOpen(connecting);
    this.#raw = raw;
    this.#connection = {
      era: raw.era,
      capabilities: raw.capabilities,
      ...(raw.info === undefined ? {} : { info: raw.info }),
      ...(raw.instructions === undefined ? {} : { instructions: raw.instructions }),
      ...(raw.warnings === undefined ? {} : { warnings: raw.warnings }),
      // Bound, so that the call path has no wrapper here.
      request: this.#request.bind(this, raw),
      notify: (notification) => {
        raw.notify(notification);
      },
      close: (reason) => raw.close(reason),
    };
    return this.#connection;
  }

  /** Settles like `work`, but rejects when the connection ends first. */
  whileOpen<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        reject(this.ended.reason as Error);
      };
      if (this.ended.aborted) end();
      this.ended.addEventListener('abort', end, { once: true });
      work.then(resolve, reject).finally(() => {
        this.ended.removeEventListener('abort', end);
      });
    });
  }

  /** Closes the connection within `ms` milliseconds. Never rejects; returns the error of the close, if any. */
  async close(reason: string, clock: Clock, ms: number): Promise<unknown> {
    const raw = this.#raw;
    this.#raw = undefined;
    this.#connection = undefined;
    this.#end.abort(new ClarityError('SERVICE_STOPPED', reason));
    if (raw === undefined) return undefined;
    const late = (): Error => new Error(`not closed within ${String(ms)} ms`);
    try {
      await withDeadline({ clock, ms, late }, () => raw.close(reason));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Closes the connection when its requests have ended, at the latest after `idleMs` or when `signal` aborts. Never rejects. */
  async closeWhenIdle(
    reason: string,
    { clock, idleMs, closeMs, signal }: { clock: Clock; idleMs: number; closeMs: number; signal: AbortSignal },
  ): Promise<void> {
    if (this.#inFlight > 0) {
      const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
      await Promise.race([idle, clock.after(idleMs, AbortSignal.any([signal, this.ended])).catch(() => undefined)]);
    }
    await this.close(reason, clock, closeMs);
  }

  async #request(raw: Connection, request: McpRequest, options: UpstreamRequestOptions): Promise<McpReply> {
    let reply: McpReply;
    this.#inFlight += 1;
    try {
      reply = await raw.request(request, options);
    } catch (error) {
      if (!isCancelled(options) && !this.ended.aborted) this.#listener.answered(error);
      throw error;
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle?.();
    }
    if (!this.ended.aborted) this.#listener.answered();
    return reply;
  }

  #notify(event: () => void): void {
    if (!this.ended.aborted) event();
  }
}
