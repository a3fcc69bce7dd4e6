import type { Caller } from '../../domain/access/caller.ts';
import type { Capabilities, Era, McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Connection, ServiceConnector } from '../../ports/index.ts';
import { forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import { OwnConnectionPool, type OnOpened, type PooledConnection } from './own-connection-pool.ts';
import type { ClientSession } from './client-session.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

/** A connection that one call uses alone. */
export interface CallConnection {
  readonly connection: Connection;
  /** Returns the connection for the next call of the same caller, or closes it if it is not reusable. */
  release(isUnusable: boolean): void;
}

/** A request for a connection that only one client uses. */
export interface OwnConnectionRequest {
  readonly service: Service;
  readonly client: ClientSession;
  /** Era of the shared connection. */
  readonly era: Era;
  /** The service may send requests to the client while it processes the request. */
  readonly canAsk: boolean;
  /** Sends a request of the service to a legacy client, while the request that opens the connection is in progress. */
  readonly ask?: (request: McpRequest) => Promise<McpReply>;
  /** The service offers the target only to clients with capabilities. */
  readonly isRequired: boolean;
}

/**
 * Connections of single clients: for questions of legacy services, and for services with `spec.isolation: per-client`.
 * A connection never serves two clients, so that a request or the state of the service reaches only the client of its call.
 */
export class PerClientConnections {
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #pool: OwnConnectionPool;
  readonly #idle = new Map<string, PooledConnection[]>();
  /** The connections of modern clients of `per-client` services, by key, with the end of their last exclusive call. */
  readonly #isolated = new Map<string, { opening: Promise<PooledConnection | undefined>; free: Promise<void> }>();
  /** Callbacks that allow another attempt after a failed one, by service; called when the service changes. */
  readonly #retries = new Map<string, Set<() => void>>();

  /** Calls `onOpened` for each new connection that declares capabilities of a client. */
  constructor(
    connectors: ReadonlyMap<OriginType, ServiceConnector>,
    observer: UpstreamObserver,
    clock: Clock,
    onOpened: OnOpened = () => undefined,
  ) {
    this.#connectors = connectors;
    this.#pool = new OwnConnectionPool(connectors, observer, clock, onOpened);
  }

  /** Counts a call over a connection of `ofClient`. Returns the function that ends it and restarts the idle time. */
  use(connection: Connection): () => void {
    return this.#pool.use(connection);
  }

  get size(): number {
    return this.#pool.size;
  }

  /** Returns the connection of a legacy client for its lifetime; undefined if it needs none or cannot get one. */
  ofClient(request: OwnConnectionRequest): Promise<Connection | undefined> | undefined {
    const { client } = request;
    const { notify, clientCapabilities } = client.scope;
    const capabilities = notify === undefined ? undefined : forwardedCapabilities(clientCapabilities);
    if (capabilities === undefined || !this.#needsOwn(request)) return undefined;
    return this.#ofSession(request, capabilities);
  }

  /**
   * Returns the connection of one client to a service with `spec.isolation: per-client`; undefined if none is free. A legacy
   * client has its own for its session, a modern one for its identity and capabilities. `isExclusive` waits for the end of
   * the previous exclusive call, so that a question of the service reaches the client of its call.
   */
  async isolated(request: OwnConnectionRequest, isExclusive: boolean): Promise<CallConnection | undefined> {
    const { service, client, era } = request;
    const { caller, clientCapabilities } = client.scope;
    const capabilities = forwardedCapabilities(clientCapabilities) ?? {};
    if (client.scope.era === 'legacy') {
      const connection = await this.#ofSession(request, capabilities);
      return connection && { connection, release: this.#pool.use(connection) };
    }
    const key = keyOf(service, caller, capabilities);
    let entry = this.#isolated.get(key);
    if (entry === undefined) {
      const onEnd = (): void => {
        if (this.#isolated.get(key) === opened) this.#isolated.delete(key);
      };
      const onNotification = (): void => undefined;
      const opening = this.#pool.open({ service, era, clientCapabilities: capabilities, onNotification, onEnd });
      const opened = { opening, free: Promise.resolve() };
      entry = opened;
      this.#isolated.set(key, opened);
      void opening.then((pooled) => {
        if (pooled === undefined) onEnd();
      });
    }
    const before = entry.free;
    let done = (): void => undefined;
    if (isExclusive) entry.free = new Promise<void>((resolve) => (done = resolve)).then(() => before);
    const pooled = await entry.opening;
    if (isExclusive) await before;
    if (pooled === undefined) {
      done();
      return undefined;
    }
    const end = this.#pool.use(pooled.connection);
    return {
      connection: pooled.connection,
      release: () => {
        done();
        end();
      },
    };
  }

  #ofSession(request: OwnConnectionRequest, capabilities: Capabilities): Promise<Connection | undefined> {
    const { service, client, era, isRequired: isNeeded, ask } = request;
    const { notify } = client.scope;
    const known = client.connections.get(service.serviceId);
    if (known !== undefined) return known;
    const forward = (notification: McpNotification): void => {
      if (notification.method === 'notifications/elicitation/complete') notify?.(notification);
    };
    const onEnd = (): void => {
      if (client.connections.get(service.serviceId) === opening) client.connections.delete(service.serviceId);
    };
    const isIsolated = service.manifest.spec.isolation === 'per-client';
    const wanted = { service, era: isIsolated ? era : ('legacy' as const), clientCapabilities: capabilities };
    const asking = ask === undefined ? {} : { onRequest: ask };
    const opening = this.#pool.open({ ...wanted, ...asking, onNotification: forward, onEnd }).then((pooled) => {
      if (pooled === undefined && (isNeeded || isIsolated)) onEnd();
      else if (pooled === undefined) this.#retryAfterChange(service.serviceId, client, onEnd);
      return pooled?.connection;
    });
    client.connections.set(service.serviceId, opening);
    return opening;
  }

  /** Leases a connection for one call of a modern client; undefined if it needs none or cannot get one. */
  async lease(wanted: OwnConnectionRequest): Promise<CallConnection | undefined> {
    const { service, client } = wanted;
    const { caller, clientCapabilities } = client.scope;
    const capabilities = forwardedCapabilities(clientCapabilities);
    if (capabilities === undefined || !this.#needsOwn(wanted)) return undefined;
    const key = keyOf(service, caller, capabilities);
    const request = {
      service,
      era: 'legacy' as const,
      clientCapabilities: capabilities,
      onNotification: () => undefined,
      onEnd: () => {
        this.#forgetClosed(key);
      },
    };
    const pooled = this.#idle.get(key)?.pop() ?? (await this.#pool.open(request));
    if (pooled === undefined) return undefined;
    pooled.calls += 1;
    return {
      connection: pooled.connection,
      release: (isUnusable) => {
        pooled.calls -= 1;
        if (isUnusable || !this.#pool.has(pooled)) void this.#pool.close(pooled, 'the call was cancelled');
        else this.#keep(key, pooled);
      },
    };
  }

  /** Closes the connections of a service that stopped or changed. */
  drop(serviceId: string): void {
    this.#pool.drop(serviceId);
    for (const onEnd of this.#retries.get(serviceId) ?? []) onEnd();
    this.#retries.delete(serviceId);
  }

  /** A process of its own is started only for a request in which a legacy service can ask. */
  #needsOwn({ service, era, canAsk, isRequired }: OwnConnectionRequest): boolean {
    const { isolation, origin } = service.manifest.spec;
    if (isolation !== undefined) return false;
    const sessions = this.#connectors.get(origin.type)?.sessions;
    return sessions === true || (sessions === 'costly' && (isRequired || (canAsk && era === 'legacy')));
  }

  #retryAfterChange(serviceId: string, client: ClientSession, onEnd: () => void): void {
    const retries = this.#retries.get(serviceId) ?? new Set();
    this.#retries.set(serviceId, retries.add(onEnd));
    client.onClose(() => {
      retries.delete(onEnd);
    });
  }

  #forgetClosed(key: string): void {
    const left = (this.#idle.get(key) ?? []).filter((pooled) => this.#pool.has(pooled));
    if (left.length === 0) this.#idle.delete(key);
    else this.#idle.set(key, left);
  }

  #keep(key: string, pooled: PooledConnection): void {
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    idle.push(pooled);
    this.#pool.touch(pooled);
  }
}

/** Key of connections that requests of one identity with the same capabilities share. */
const keyOf = ({ serviceId }: Service, { tenant, principal, credential }: Caller, capabilities: Capabilities): string =>
  JSON.stringify([serviceId, tenant, principal.kind, principal.id, credential.id, credential.clientId, capabilities]);
