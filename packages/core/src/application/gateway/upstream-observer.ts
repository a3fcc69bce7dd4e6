import { hopMark } from '../../domain/mcp/gateway-hops.ts';
import type { Capabilities, Implementation, McpNotification } from '../../domain/mcp/mcp.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Service } from '../../domain/services/service.ts';
import type {
  Connection,
  ConnectionEvents,
  ConnectOptions,
  ServiceConnector,
  UpstreamAuthorization,
} from '../../ports/index.ts';

/** A list that can change. */
export type ChangedList = 'tools' | 'resources' | 'prompts';

/** Receives the notifications of every upstream. */
export interface UpstreamListener {
  notified(serviceId: string, notification: McpNotification): void;
}

/** Returns the login of a service; undefined without one. */
export type AuthorizationOf = (service: Service) => UpstreamAuthorization | undefined;

interface Known {
  readonly connection: Connection;
  readonly events: ConnectionEvents;
}

/** Observes connections to upstreams: their capabilities, instructions and notifications. */
export class UpstreamObserver {
  readonly #known = new Map<string, Known>();
  readonly #count: (limit: LimitName) => void;
  readonly #gatewayId: string | undefined;
  readonly #authorizationOf: AuthorizationOf;
  #listener: UpstreamListener = { notified: () => undefined };

  /** Calls `count` for each limit that a connection applied. Connections carry the mark of gateway `gatewayId`. */
  constructor(
    count: (limit: LimitName) => void = () => undefined,
    gatewayId?: string,
    authorizationOf: AuthorizationOf = () => undefined,
  ) {
    this.#count = count;
    this.#gatewayId = gatewayId;
    this.#authorizationOf = authorizationOf;
  }

  /** Returns the options of a connection with the mark of this gateway and the login of the service. */
  marked(service: Service, options: ConnectOptions): ConnectOptions {
    const authorization = this.#authorizationOf(service);
    const mark = this.#gatewayId === undefined ? undefined : hopMark(this.#gatewayId, service.namespace);
    return {
      ...options,
      ...(mark === undefined ? {} : { mark }),
      ...(authorization === undefined ? {} : { authorization }),
    };
  }

  /** Sets the receiver of later events. */
  listen(listener: UpstreamListener): void {
    this.#listener = listener;
  }

  forget(serviceId: string): void {
    this.#known.delete(serviceId);
  }

  capabilities(serviceId: string): Capabilities | undefined {
    return this.#known.get(serviceId)?.connection.capabilities;
  }

  info(serviceId: string): Implementation | undefined {
    return this.#known.get(serviceId)?.connection.info;
  }

  instructions(serviceId: string): string | undefined {
    return this.#known.get(serviceId)?.connection.instructions;
  }

  /** Reports a list change from a per-client connection, so that the interface is read again. */
  changed(serviceId: string, list: ChangedList): void {
    this.#known.get(serviceId)?.events.onListChanged(list);
  }

  /** Reports a notification from a per-client connection. */
  notified(serviceId: string, notification: McpNotification): void {
    this.#listener.notified(serviceId, notification);
  }

  /** Reports a limit that a per-client connection applied. */
  refused(limit: LimitName): void {
    this.#count(limit);
  }

  /** Returns a connector whose shared connections are observed. */
  observe(connector: ServiceConnector): ServiceConnector {
    return {
      origin: connector.origin,
      ...(connector.kind === undefined ? {} : { kind: connector.kind }),
      ...(connector.sessions === undefined ? {} : { sessions: connector.sessions }),
      ...(connector.defaultLimits === undefined ? {} : { defaultLimits: connector.defaultLimits }),
      admit: (manifest, limits) => connector.admit(manifest, limits),
      ...(connector.endLeftovers === undefined ? {} : { endLeftovers: connector.endLeftovers.bind(connector) }),
      connect: async (service, events, given) => {
        const options = this.marked(service, given);
        // A per-client connection: its capabilities and notifications apply only to its client.
        if (events.clientCapabilities !== undefined) return connector.connect(service, events, options);
        const { serviceId } = service;
        const connection = await connector.connect(
          service,
          {
            ...events,
            onNotification: (notification) => {
              this.#listener.notified(serviceId, notification);
              events.onNotification?.(notification);
            },
            onLimit: (limit) => {
              this.#count(limit);
              events.onLimit?.(limit);
            },
          },
          options,
        );
        this.#known.set(serviceId, { connection, events });
        return connection;
      },
    };
  }
}
