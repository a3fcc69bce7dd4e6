import type { Caller } from '../../domain/access/caller.ts';
import type { Capabilities, McpNotification } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Connection, ServiceConnector } from '../../ports/index.ts';
import { declaredUpstream, forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import { TASK_STATUS } from '../../domain/mcp/task-messages.ts';
import {
  ExtensionConnections,
  SharedConnections,
  type CallConnection,
  type OwnConnectionRequest,
} from './extension-connections.ts';
import { OwnConnectionPool, type OnOpened, type PooledConnection } from './own-connection-pool.ts';
import type { ClientSession } from './client-session.ts';
import type { UpstreamObserver } from './upstream-observer.ts';

/**
 * Connections of single clients: for questions of legacy services, and for services with `spec.isolation: per-client`.
 * A connection never serves two clients, so that a request or the state of the service reaches only the client of its call.
 */
export class PerClientConnections {
  readonly #connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly #observer: UpstreamObserver;
  readonly #pool: OwnConnectionPool;
  readonly #idle = new Map<string, PooledConnection[]>();
  /** The connections of modern clients of `per-client` services. */
  readonly #shared: SharedConnections;
  readonly #extensions: ExtensionConnections;
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
    this.#observer = observer;
    this.#pool = new OwnConnectionPool(connectors, observer, clock, onOpened);
    this.#shared = new SharedConnections(this.#pool);
    this.#extensions = new ExtensionConnections(connectors, this.#pool);
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
    if (notify === undefined || forwardedCapabilities(clientCapabilities) === undefined) return undefined;
    if (!this.#needsOwn(request)) return undefined;
    return this.#ofSession(request, declaredUpstream(clientCapabilities) ?? {});
  }

  /**
   * Returns the connection of one client to a service with `spec.isolation: per-client`; undefined if none is free. A legacy
   * client has its own for its session, a modern one for its identity and capabilities. `isExclusive` waits for the end of
   * the previous exclusive call, so that a question of the service reaches the client of its call.
   */
  async isolated(request: OwnConnectionRequest, isExclusive: boolean): Promise<CallConnection | undefined> {
    const { service, client, era } = request;
    const { caller, clientCapabilities } = client.scope;
    const capabilities = declaredUpstream(clientCapabilities) ?? {};
    if (client.scope.era === 'legacy') {
      const connection = await this.#ofSession(request, capabilities);
      return connection && { connection, release: this.#pool.use(connection) };
    }
    const entry = this.#shared.entry(keyOf(service, caller, capabilities), { service, era, capabilities });
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

  /** See `ExtensionConnections.lease`. */
  ofExtensions(request: OwnConnectionRequest): Promise<CallConnection | undefined> {
    return this.#extensions.lease(request);
  }

  /** See `ExtensionConnections.readOnce`. */
  readForPages(service: Service, client: ClientSession): void {
    this.#extensions.readOnce(service, client);
  }

  #ofSession(request: OwnConnectionRequest, capabilities: Capabilities): Promise<Connection | undefined> {
    const { service, client, era, isRequired: isNeeded, ask } = request;
    const { notify } = client.scope;
    const known = client.connections.get(service.serviceId);
    if (known !== undefined) return known;
    const forward = (notification: McpNotification): void => {
      if (notification.method === 'notifications/elicitation/complete') notify?.(notification);
      if (notification.method === TASK_STATUS) this.#observer.notified(service.serviceId, notification);
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
    if (forwardedCapabilities(clientCapabilities) === undefined || !this.#needsOwn(wanted)) return undefined;
    const capabilities = declaredUpstream(clientCapabilities) ?? {};
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
    this.#extensions.drop(serviceId);
    for (const onEnd of this.#retries.get(serviceId) ?? []) onEnd();
    this.#retries.delete(serviceId);
  }

  /** A process of its own is started only for a request in which a legacy service can ask. */
  #needsOwn({ service, era, canAsk, isRequired, requiresPages }: OwnConnectionRequest): boolean {
    const { isolation, origin } = service.manifest.spec;
    if (isolation !== undefined) return false;
    const sessions = this.#connectors.get(origin.type)?.sessions;
    if (sessions === true) return true;
    return sessions === 'costly' && (isRequired || requiresPages || (canAsk && era === 'legacy'));
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
