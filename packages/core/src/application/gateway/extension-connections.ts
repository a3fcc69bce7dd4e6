import type { Capabilities, Era, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import { forwardedExtensions } from '../../domain/mcp/client-capabilities.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Connection, ServiceConnector } from '../../ports/index.ts';
import type { ClientSession } from './client-session.ts';
import type { OwnConnectionPool, PooledConnection } from './own-connection-pool.ts';

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
  /** The service offers the target only to clients that show app pages. */
  readonly requiresPages: boolean;
}

/** A connection that several requests share. `free` resolves at the end of its last exclusive call. */
export interface SharedEntry {
  readonly opening: Promise<PooledConnection | undefined>;
  free: Promise<void>;
}

interface SharedConnection extends Pick<OwnConnectionRequest, 'service' | 'era'> {
  readonly capabilities: Capabilities;
}

/** Connections by key, each opened by the first request for it. */
export class SharedConnections {
  readonly #pool: OwnConnectionPool;
  readonly #entries = new Map<string, SharedEntry>();

  constructor(pool: OwnConnectionPool) {
    this.#pool = pool;
  }

  entry(key: string, { service, era, capabilities }: SharedConnection): SharedEntry {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const onEnd = (): void => {
      if (this.#entries.get(key) === opened) this.#entries.delete(key);
    };
    const onNotification = (): void => undefined;
    const opening = this.#pool.open({ service, era, clientCapabilities: capabilities, onNotification, onEnd });
    const opened = { opening, free: Promise.resolve() };
    this.#entries.set(key, opened);
    void opening.then((pooled) => {
      if (pooled === undefined) onEnd();
    });
    return opened;
  }
}

/**
 * Connections to legacy services that declare the extensions of clients. All clients with the same extensions share one, so that
 * a service has one session more for each set of extensions.
 */
export class ExtensionConnections {
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #pool: OwnConnectionPool;
  readonly #shared: SharedConnections;
  readonly #read = new Set<string>();
  #reading: Promise<void> = Promise.resolve();

  constructor(connectors: ReadonlyMap<OriginType, ServiceConnector>, pool: OwnConnectionPool) {
    this.#connectors = connectors;
    this.#pool = pool;
    this.#shared = new SharedConnections(pool);
  }

  /**
   * Returns the connection of the extensions of a client; undefined if the client declares none, or if none can be opened. A child
   * process is started only for a target that it offers to such clients alone.
   */
  async lease({ service, client, era, requiresPages }: OwnConnectionRequest): Promise<CallConnection | undefined> {
    const capabilities = forwardedExtensions(client.scope.clientCapabilities);
    const { isolation, origin } = service.manifest.spec;
    if (capabilities === undefined || isolation !== undefined || era !== 'legacy') return undefined;
    const sessions = this.#connectors.get(origin.type)?.sessions;
    if (sessions !== true && (sessions !== 'costly' || !requiresPages)) return undefined;
    const key = JSON.stringify([service.serviceId, capabilities]);
    const pooled = await this.#shared.entry(key, { service, era, capabilities }).opening;
    if (pooled === undefined) return undefined;
    return { connection: pooled.connection, release: this.#pool.use(pooled.connection) };
  }

  /** Opens the connection once for a child process, one at a time, so that what it lists there is learned. */
  readOnce(service: Service, client: ClientSession): void {
    if (this.#connectors.get(service.manifest.spec.origin.type)?.sessions !== 'costly') return;
    if (this.#read.has(service.serviceId)) return;
    this.#read.add(service.serviceId);
    const request = { service, client, era: 'legacy', canAsk: false, isRequired: false, requiresPages: true } as const;
    this.#reading = this.#reading
      .then(() => this.lease(request))
      .then((opened) => {
        opened?.release(false);
      })
      .catch(() => undefined);
  }

  /** Forgets what was read of a service that stopped or changed. */
  drop(serviceId: string): void {
    this.#read.delete(serviceId);
  }
}
