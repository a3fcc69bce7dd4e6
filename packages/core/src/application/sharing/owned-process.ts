import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';
import type {
  Clock,
  Connection,
  ConnectionEvents,
  ConnectOptions,
  ServiceConnector,
  UpstreamRequestOptions,
} from '../../ports/index.ts';
import type { Ownership } from './ownership.ts';

/** Milliseconds between the end of the input, SIGTERM and SIGKILL of a process whose ownership has ended: both fit in the rest of the lease. */
const GRACE_MS = 500;
/** Milliseconds that requests have to end when this daemon ends the process; a daemon has 5 s to end. */
const DRAIN_MS = 3_000;

/** The events that one user of the process receives. */
type Listener = Pick<ConnectionEvents, 'onListChanged' | 'onNotification' | 'onClose'>;

/** Dependencies of `OwnedProcess`. */
export interface OwnedProcessParts {
  readonly connector: ServiceConnector;
  readonly ownership: Ownership;
  readonly clock: Clock;
  /** Whether the ownership belongs to this process, not to one that was started later. */
  readonly isCurrent: (process: OwnedProcess) => boolean;
}

/** The process of one service that this daemon owns, and the connections of its users: this daemon, and the others. */
export class OwnedProcess {
  readonly service: Service;
  readonly ownership: Ownership;
  readonly #parts: OwnedProcessParts;
  readonly #others = new Set<Listener>();
  readonly #sessions = new Set<Connection>();
  #shared: Connection | undefined;
  #own: ConnectionEvents | undefined;
  #inFlight = 0;
  #onIdle: (() => void) | undefined;
  #isClosing = false;

  constructor(service: Service, parts: OwnedProcessParts) {
    this.service = service;
    this.ownership = parts.ownership;
    this.#parts = parts;
    parts.ownership.ended.addEventListener('abort', () => {
      this.#lose();
    });
  }

  /** Whether the process runs and accepts requests. */
  get isRunning(): boolean {
    return this.#shared !== undefined && !this.#isClosing && this.ownership.isValid;
  }

  /** Starts the process for this daemon. Closing the connection ends the process and the ownership. */
  async start(events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    this.#own = events;
    const connection = await this.#parts.connector.connect(this.service, this.#fanned(events), options);
    if (!this.ownership.isValid) {
      await connection.close('another daemon owns the service', { graceMs: GRACE_MS });
      throw this.#notOwned();
    }
    this.#shared = connection;
    return this.#view(connection, async (reason) => {
      await this.#drain();
      this.#tell(this.#others, `its owner ended it: ${reason}`);
      await this.#closeAll(connection, reason);
      // A later process of the service may have the ownership.
      if (this.#parts.isCurrent(this)) await this.ownership.release();
    });
  }

  /** Opens a connection of another daemon, or one of a single client, which is a process of its own. */
  async attach(events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const shared = this.#shared;
    if (shared === undefined || !this.isRunning) throw this.#notOwned();
    if (events.clientCapabilities !== undefined) return this.#session(events, options);
    this.#others.add(events);
    return this.#view(shared, () => {
      this.#others.delete(events);
      return Promise.resolve();
    });
  }

  async #session(events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const session = await this.#parts.connector.connect(this.service, events, options);
    this.#sessions.add(session);
    if (!this.isRunning) {
      await session.close('another daemon owns the service', { graceMs: GRACE_MS });
      throw this.#notOwned();
    }
    return this.#view(session, async (reason) => {
      this.#sessions.delete(session);
      await session.close(reason);
    });
  }

  #fanned(events: ConnectionEvents): ConnectionEvents {
    return {
      ...events,
      onListChanged: (what) => {
        events.onListChanged(what);
        for (const other of this.#others) other.onListChanged(what);
      },
      onNotification: (notification) => {
        events.onNotification?.(notification);
        for (const other of this.#others) other.onNotification?.(notification);
      },
      onClose: (why, cause) => {
        this.#shared = undefined;
        events.onClose(why, cause);
        this.#tell(this.#others, why);
      },
    };
  }

  #view(connection: Connection, close: Connection['close']): Connection {
    const { era, capabilities, info, revision, instructions, isEraProven } = connection;
    return {
      era,
      capabilities,
      ...(isEraProven === undefined ? {} : { isEraProven }),
      ...(info === undefined ? {} : { info }),
      ...(revision === undefined ? {} : { revision }),
      ...(instructions === undefined ? {} : { instructions }),
      request: this.#request.bind(this, connection),
      notify: (notification) => {
        if (this.ownership.isValid) connection.notify(notification);
      },
      close,
    };
  }

  async #request(connection: Connection, request: McpRequest, options: UpstreamRequestOptions): Promise<McpReply> {
    if (this.#isClosing || !this.ownership.isValid) throw this.#notOwned();
    this.#inFlight += 1;
    try {
      return await connection.request(request, options);
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle?.();
    }
  }

  /** Waits for the requests in flight. New ones are refused before they are sent, so that their callers try elsewhere. */
  async #drain(): Promise<void> {
    this.#isClosing = true;
    if (this.#inFlight === 0 || this.#others.size === 0) return;
    const over = new AbortController();
    const idle = new Promise<void>((resolve) => (this.#onIdle = resolve));
    await Promise.race([idle, this.#parts.clock.after(DRAIN_MS, over.signal)]);
    over.abort();
  }

  /** The ownership has ended: nothing is sent to the process any more, and it ends before another daemon may start one. */
  #lose(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const reason = 'another daemon may own the service now';
    const shared = this.#shared;
    this.#shared = undefined;
    if (shared !== undefined) void this.#closeAll(shared, reason).catch(() => undefined);
    if (shared !== undefined && this.#own !== undefined) this.#tell([this.#own], reason);
    this.#tell(this.#others, reason);
  }

  async #closeAll(shared: Connection, reason: string): Promise<void> {
    const isLost = this.ownership.ended.aborted;
    const all = [shared, ...this.#sessions];
    this.#sessions.clear();
    await Promise.all(all.map((each) => each.close(reason, isLost ? { graceMs: GRACE_MS } : {})));
  }

  #tell(listeners: Iterable<Listener>, why: string): void {
    for (const { onClose } of [...listeners]) onClose(why, 'elsewhere');
    this.#others.clear();
  }

  #notOwned(): ClarityError {
    return new ClarityError('UPSTREAM_UNREACHABLE', `this daemon does not run '${this.service.namespace}'`);
  }
}
