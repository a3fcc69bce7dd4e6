import type { Capabilities, McpNotification } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Connection, GatewayScope, ServiceConnector } from '../../ports/index.ts';
import { forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import type { ClientSession } from './client-session.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

/** A connection that one call uses alone. */
export interface CallConnection {
  readonly connection: Connection;
  /** Returns the connection for the next call of the same caller, or closes it if it is not reusable. */
  release(isUnusable: boolean): void;
}

interface PooledConnection {
  readonly serviceId: string;
  readonly connection: Connection;
  readonly isCostly: boolean;
  /** Called when the connection closes, so that its users drop it. */
  readonly onEnd: () => void;
}

interface ConnectionRequest {
  readonly service: Service;
  readonly clientCapabilities: Capabilities;
  readonly onNotification: (notification: McpNotification) => void;
  readonly onEnd: () => void;
}

const MAX_CONNECTIONS = 128;
const MAX_COSTLY = 16;
const OPEN_LIMIT_MS = 15_000;
const IDLE_MS = 60_000;

/**
 * Connections to legacy services over which a service can send requests to a client.
 * A connection never serves two clients, so that a request of the service reaches only the client of its call.
 */
export class PerClientConnections {
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #observer: UpstreamObserver;
  readonly #clock: Clock;
  readonly #open = new Set<PooledConnection>();
  readonly #idle = new Map<string, PooledConnection[]>();
  /** Callbacks that allow another attempt after a failed one, by service; called when the service changes. */
  readonly #retries = new Map<string, Set<() => void>>();
  /** Counts the changes of each service, to detect a connection that opened too late. */
  readonly #generations = new Map<string, number>();
  #opening = 0;

  constructor(connectors: ReadonlyMap<OriginType, ServiceConnector>, observer: UpstreamObserver, clock: Clock) {
    this.#connectors = connectors;
    this.#observer = observer;
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Returns the connection of a legacy client for its lifetime; undefined if it needs none or cannot get one. */
  ofClient(service: Service, client: ClientSession, isNeeded: boolean): Promise<Connection | undefined> | undefined {
    const { notify, clientCapabilities } = client.scope;
    const capabilities = notify === undefined ? undefined : forwardedCapabilities(clientCapabilities);
    if (capabilities === undefined || notify === undefined || !this.#hasSessions(service, isNeeded)) return undefined;
    const known = client.connections.get(service.serviceId);
    if (known !== undefined) return known;
    const forward = (notification: McpNotification): void => {
      if (notification.method === 'notifications/elicitation/complete') notify(notification);
    };
    const onEnd = (): void => {
      if (client.connections.get(service.serviceId) === opening) client.connections.delete(service.serviceId);
    };
    const opening = this.#connect({ service, clientCapabilities: capabilities, onNotification: forward, onEnd }).then(
      (pooled) => {
        if (pooled === undefined && isNeeded) onEnd();
        else if (pooled === undefined) this.#retryAfterChange(service.serviceId, client, onEnd);
        return pooled?.connection;
      },
    );
    client.connections.set(service.serviceId, opening);
    return opening;
  }

  /** Leases a connection for one call of a modern client; undefined if it needs none or cannot get one. */
  async lease(
    service: Service,
    { caller, clientCapabilities }: GatewayScope,
    isNeeded: boolean,
  ): Promise<CallConnection | undefined> {
    const capabilities = forwardedCapabilities(clientCapabilities);
    if (capabilities === undefined || !this.#hasSessions(service, isNeeded)) return undefined;
    const key = JSON.stringify([service.serviceId, caller.principal.kind, caller.credential.id, capabilities]);
    const request = {
      service,
      clientCapabilities: capabilities,
      onNotification: () => undefined,
      onEnd: () => undefined,
    };
    const pooled = this.#idle.get(key)?.pop() ?? (await this.#connect(request));
    if (pooled === undefined) return undefined;
    return {
      connection: pooled.connection,
      release: (isUnusable) => {
        if (isUnusable || !this.#open.has(pooled)) void this.#close(pooled, 'the call was cancelled');
        else this.#pool(key, pooled);
      },
    };
  }

  /** Closes the connections of a service that stopped or changed. */
  drop(serviceId: string): void {
    this.#generations.set(serviceId, this.#generation(serviceId) + 1);
    for (const onEnd of this.#retries.get(serviceId) ?? []) onEnd();
    this.#retries.delete(serviceId);
    for (const pooled of [...this.#open])
      if (pooled.serviceId === serviceId) void this.#close(pooled, 'the service has changed');
  }

  #hasSessions({ manifest }: Service, isNeeded: boolean): boolean {
    const sessions = this.#connectors.get(manifest.spec.origin.type)?.sessions;
    return sessions === true || (sessions === 'costly' && isNeeded);
  }

  #hasRoom(isCostly: boolean): boolean {
    const costly = [...this.#open].filter((pooled) => pooled.isCostly).length;
    return this.#open.size + this.#opening < MAX_CONNECTIONS && (!isCostly || costly + this.#opening < MAX_COSTLY);
  }

  async #connect({
    service,
    clientCapabilities,
    onNotification,
    onEnd,
  }: ConnectionRequest): Promise<PooledConnection | undefined> {
    const { serviceId, manifest } = service;
    const generation = this.#generation(serviceId);
    const connector = this.#connectors.get(manifest.spec.origin.type);
    if (connector === undefined) return undefined;
    const isCostly = connector.sessions === 'costly';
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
          era: 'legacy',
          onNotification,
          onListChanged: (list) => {
            this.#observer.changed(serviceId, list);
          },
          onLog: () => undefined,
          onLimit: (limit) => {
            this.#observer.refused(limit);
          },
          onClose: () => {
            if (pooled !== undefined) this.#open.delete(pooled);
            onEnd();
          },
        },
        { signal: deadline.signal },
      );
      if (connection.era !== 'legacy' || generation !== this.#generation(serviceId)) {
        await connection.close('the connection is not usable').catch(() => undefined);
        return undefined;
      }
      pooled = { serviceId, connection, isCostly, onEnd };
      this.#open.add(pooled);
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

  #retryAfterChange(serviceId: string, client: ClientSession, onEnd: () => void): void {
    const retries = this.#retries.get(serviceId) ?? new Set();
    this.#retries.set(serviceId, retries.add(onEnd));
    client.onClose(() => {
      retries.delete(onEnd);
    });
  }

  #pool(key: string, pooled: PooledConnection): void {
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    idle.push(pooled);
    void this.#clock.after(IDLE_MS).then(() => {
      const at = idle.indexOf(pooled);
      if (at >= 0) void this.#close(pooled, 'idle timeout');
    });
  }

  async #close(pooled: PooledConnection, reason: string): Promise<void> {
    this.#open.delete(pooled);
    pooled.onEnd();
    for (const [key, idle] of this.#idle) {
      const left = idle.filter((each) => each !== pooled);
      if (left.length === 0) this.#idle.delete(key);
      else if (left.length !== idle.length) idle.splice(0, idle.length, ...left);
    }
    await pooled.connection.close(reason).catch(() => undefined);
  }
}
