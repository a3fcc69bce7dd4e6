import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Capabilities, Era, McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Connection, ServiceConnector } from '../../ports/index.ts';
import type { ClientConnection } from '../services/capability-gated-tools.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

/** A connection of one client. */
export interface PooledConnection {
  readonly serviceId: string;
  readonly connection: Connection;
  readonly isCostly: boolean;
  /** Milliseconds without a call after which the connection closes. */
  readonly idleMs: number;
  /** Calls in progress, and a counter of uses that invalidates older idle timers. */
  calls: number;
  uses: number;
  /** Called when the connection closes, so that its users drop it. */
  readonly onEnd: () => void;
}

export interface ConnectionRequest {
  readonly service: Service;
  readonly era: Era;
  readonly clientCapabilities: Capabilities;
  readonly onNotification: (notification: McpNotification) => void;
  /** Answers a request of the service while no call is in flight. */
  readonly onRequest?: (request: McpRequest) => Promise<McpReply>;
  readonly onEnd: () => void;
}

const MAX_CONNECTIONS = 128;
const MAX_COSTLY = 16;
const OPEN_LIMIT_MS = 15_000;
/** Idle ends: a process for questions, any connection of `per-client`, every other connection. */
const QUESTIONS_IDLE_MS = 60_000;
const PER_CLIENT_IDLE_MS = 30 * 60_000;
const IDLE_MS = 5 * 60_000;

/** Reads what a service shows on a new connection that declares capabilities of a client. */
export type OnOpened = (service: Service, opened: ClientConnection) => void;

/** Opens and closes connections of single clients: at most 128, of them 16 processes, each closed after its idle time. */
export class OwnConnectionPool {
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #observer: UpstreamObserver;
  readonly #clock: Clock;
  readonly #onOpened: OnOpened;
  readonly #open = new Set<PooledConnection>();
  readonly #uses = new WeakMap<Connection, PooledConnection>();
  /** Counts the changes of each service, to detect a connection that opened too late. */
  readonly #generations = new Map<string, number>();
  #opening = 0;

  constructor(
    connectors: ReadonlyMap<OriginType, ServiceConnector>,
    observer: UpstreamObserver,
    clock: Clock,
    onOpened: OnOpened,
  ) {
    this.#connectors = connectors;
    this.#observer = observer;
    this.#clock = clock;
    this.#onOpened = onOpened;
  }

  get size(): number {
    return this.#open.size;
  }

  has(pooled: PooledConnection): boolean {
    return this.#open.has(pooled);
  }

  /** Counts a call over a connection of `ofClient`. Returns the function that ends it and restarts the idle time. */
  use(connection: Connection): () => void {
    const pooled = this.#uses.get(connection);
    if (pooled === undefined) return () => undefined;
    pooled.calls += 1;
    pooled.uses += 1;
    return () => {
      pooled.calls -= 1;
      this.#closeWhenIdle(pooled);
    };
  }

  /** Starts the idle time of a connection again. */
  touch(pooled: PooledConnection): void {
    pooled.uses += 1;
    this.#closeWhenIdle(pooled);
  }

  async close(pooled: PooledConnection, reason: string): Promise<void> {
    this.#open.delete(pooled);
    pooled.onEnd();
    await pooled.connection.close(reason).catch(() => undefined);
  }

  /** Closes the connections of a service that stopped or changed. */
  drop(serviceId: string): void {
    this.#generations.set(serviceId, this.#generation(serviceId) + 1);
    for (const pooled of [...this.#open])
      if (pooled.serviceId === serviceId) void this.close(pooled, 'the service has changed');
  }

  #hasRoom(isCostly: boolean): boolean {
    const costly = [...this.#open].filter((pooled) => pooled.isCostly).length;
    return this.#open.size + this.#opening < MAX_CONNECTIONS && (!isCostly || costly + this.#opening < MAX_COSTLY);
  }

  /** Opens a connection; undefined if the limits are reached, the service changed meanwhile or the attempt failed. */
  async open({
    service,
    era,
    clientCapabilities,
    onNotification,
    onRequest,
    onEnd,
  }: ConnectionRequest): Promise<PooledConnection | undefined> {
    const { serviceId, manifest } = service;
    const generation = this.#generation(serviceId);
    const connector = this.#connectors.get(manifest.spec.origin.type);
    if (connector === undefined) return undefined;
    const isCostly = connector.sessions === 'costly';
    const declares = Object.keys(clientCapabilities).length > 0;
    if (!this.#hasRoom(isCostly)) {
      this.#observer.refused('connection.too_many');
      return undefined;
    }
    const deadline = new AbortController();
    const opened = new AbortController();
    void this.#clock.after(OPEN_LIMIT_MS, opened.signal).then(() => {
      deadline.abort();
    });
    let pooled: PooledConnection | undefined;
    this.#opening += 1;
    try {
      const connection = await connector.connect(
        service,
        {
          clientCapabilities,
          era,
          onNotification,
          ...(onRequest === undefined ? {} : { onRequest }),
          onListChanged: (list) => {
            this.#observer.changed(serviceId, list);
            if (pooled !== undefined && declares)
              this.#onOpened(service, { connection: pooled.connection, declared: clientCapabilities });
          },
          onLog: () => undefined,
          onLimit: (limit: LimitName) => {
            this.#observer.refused(limit);
          },
          onClose: () => {
            if (pooled !== undefined) this.#open.delete(pooled);
            onEnd();
          },
        },
        this.#observer.marked(service, { signal: deadline.signal }),
      );
      if (connection.era !== era || generation !== this.#generation(serviceId)) {
        await connection.close('the connection is not usable').catch(() => undefined);
        return undefined;
      }
      const idleMs = idleMsOf(service, isCostly);
      pooled = { serviceId, connection, isCostly, idleMs, calls: 0, uses: 0, onEnd };
      this.#open.add(pooled);
      this.#uses.set(connection, pooled);
      this.#closeWhenIdle(pooled);
      if (declares) this.#onOpened(service, { connection, declared: clientCapabilities });
      return pooled;
    } catch {
      // The shared connection serves the call instead.
      return undefined;
    } finally {
      this.#opening -= 1;
      opened.abort();
    }
  }

  #generation(serviceId: string): number {
    return this.#generations.get(serviceId) ?? 0;
  }

  /** Closes the connection after its idle time, unless it is used again before. */
  #closeWhenIdle(pooled: PooledConnection): void {
    const { uses } = pooled;
    void this.#clock.after(pooled.idleMs).then(() => {
      if (pooled.calls === 0 && pooled.uses === uses && this.#open.has(pooled)) void this.close(pooled, 'idle timeout');
    });
  }
}

function idleMsOf({ manifest }: Service, isCostly: boolean): number {
  if (manifest.spec.isolation === 'per-client') return PER_CLIENT_IDLE_MS;
  return isCostly ? QUESTIONS_IDLE_MS : IDLE_MS;
}
