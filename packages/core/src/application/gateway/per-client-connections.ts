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
  readonly over: () => void;
}

interface Wanted {
  readonly service: Service;
  readonly clientCapabilities: Capabilities;
  readonly onNotification: (notification: McpNotification) => void;
  readonly over: () => void;
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
  readonly #facts: UpstreamObserver;
  readonly #clock: Clock;
  readonly #open = new Set<PooledConnection>();
  readonly #idle = new Map<string, PooledConnection[]>();
  /** Callbacks that allow another attempt after a failed one, by service; called when the service changes. */
  readonly #vain = new Map<string, Set<() => void>>();
  /** Counts the changes of each service, to detect a connection that opened too late. */
  readonly #generations = new Map<string, number>();
  #opening = 0;

  constructor(connectors: ReadonlyMap<OriginType, ServiceConnector>, facts: UpstreamObserver, clock: Clock) {
    this.#connectors = connectors;
    this.#facts = facts;
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Returns the connection of a legacy client for its lifetime; undefined if it needs none or cannot get one. */
  ofClient(service: Service, client: ClientSession, isNeeded: boolean): Promise<Connection | undefined> | undefined {
    const { notify, clientCapabilities } = client.scope;
    const offers = notify === undefined ? undefined : forwardedCapabilities(clientCapabilities);
    if (offers === undefined || notify === undefined || !this.#hasSessions(service, isNeeded)) return undefined;
    const known = client.connections.get(service.serviceId);
    if (known !== undefined) return known;
    const forward = (notification: McpNotification): void => {
      if (notification.method === 'notifications/elicitation/complete') notify(notification);
    };
    const over = (): void => {
      if (client.connections.get(service.serviceId) === opening) client.connections.delete(service.serviceId);
    };
    const opening = this.#connect({ service, clientCapabilities: offers, onNotification: forward, over }).then(
      (held) => {
        if (held === undefined && isNeeded) over();
        else if (held === undefined) this.#inVain(service.serviceId, client, over);
        return held?.connection;
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
    const offers = forwardedCapabilities(clientCapabilities);
    if (offers === undefined || !this.#hasSessions(service, isNeeded)) return undefined;
    const key = JSON.stringify([service.serviceId, caller.kind, caller.id, offers]);
    const wanted = { service, clientCapabilities: offers, onNotification: () => undefined, over: () => undefined };
    const held = this.#idle.get(key)?.pop() ?? (await this.#connect(wanted));
    if (held === undefined) return undefined;
    return {
      connection: held.connection,
      release: (isSpoilt) => {
        if (isSpoilt || !this.#open.has(held)) void this.#close(held, 'the call was cancelled');
        else this.#rest(key, held);
      },
    };
  }

  /** Closes the connections of a service that stopped or changed. */
  drop(serviceId: string): void {
    this.#generations.set(serviceId, this.#generation(serviceId) + 1);
    for (const over of this.#vain.get(serviceId) ?? []) over();
    this.#vain.delete(serviceId);
    for (const held of [...this.#open])
      if (held.serviceId === serviceId) void this.#close(held, 'the service has changed');
  }

  #hasSessions({ manifest }: Service, isNeeded: boolean): boolean {
    const sessions = this.#connectors.get(manifest.spec.origin.type)?.sessions;
    return sessions === true || (sessions === 'costly' && isNeeded);
  }

  #hasRoom(isCostly: boolean): boolean {
    const costly = [...this.#open].filter((held) => held.isCostly).length;
    return this.#open.size + this.#opening < MAX_CONNECTIONS && (!isCostly || costly + this.#opening < MAX_COSTLY);
  }

  async #connect({ service, clientCapabilities, onNotification, over }: Wanted): Promise<PooledConnection | undefined> {
    const { serviceId, manifest } = service;
    const generation = this.#generation(serviceId);
    const connector = this.#connectors.get(manifest.spec.origin.type);
    if (connector === undefined) return undefined;
    const isCostly = connector.sessions === 'costly';
    if (!this.#hasRoom(isCostly)) {
      this.#facts.refused('connection.too_many');
      return undefined;
    }
    const deadline = new AbortController();
    const opened = new AbortController();
    void this.#clock.after(OPEN_LIMIT_MS, opened.signal).then(() => {
      deadline.abort();
    });
    let held: PooledConnection | undefined;
    this.#opening += 1;
    try {
      const connection = await connector.connect(
        service,
        {
          clientCapabilities,
          era: 'legacy',
          onNotification,
          onListChanged: (list) => {
            this.#facts.changed(serviceId, list);
          },
          onLog: () => undefined,
          onLimit: (what) => {
            this.#facts.refused(what);
          },
          onClose: () => {
            if (held !== undefined) this.#open.delete(held);
            over();
          },
        },
        deadline.signal,
      );
      if (connection.era !== 'legacy' || generation !== this.#generation(serviceId)) {
        await connection.close('the connection is not usable').catch(() => undefined);
        return undefined;
      }
      held = { serviceId, connection, isCostly, over };
      this.#open.add(held);
      return held;
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

  #inVain(serviceId: string, client: ClientSession, over: () => void): void {
    const vain = this.#vain.get(serviceId) ?? new Set();
    this.#vain.set(serviceId, vain.add(over));
    client.atEnd(() => {
      vain.delete(over);
    });
  }

  #rest(key: string, held: PooledConnection): void {
    const resting = this.#idle.get(key) ?? [];
    this.#idle.set(key, resting);
    resting.push(held);
    void this.#clock.after(IDLE_MS).then(() => {
      const at = resting.indexOf(held);
      if (at >= 0) void this.#close(held, 'idle timeout');
    });
  }

  async #close(held: PooledConnection, reason: string): Promise<void> {
    this.#open.delete(held);
    held.over();
    for (const [key, resting] of this.#idle) {
      const left = resting.filter((each) => each !== held);
      if (left.length === 0) this.#idle.delete(key);
      else if (left.length !== resting.length) resting.splice(0, resting.length, ...left);
    }
    await held.connection.close(reason).catch(() => undefined);
  }
}
