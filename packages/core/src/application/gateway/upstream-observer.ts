import type { Capabilities, McpNotification } from '../../domain/mcp/mcp.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Connection, ConnectionEvents, ServiceConnector } from '../../ports/index.ts';

export type ChangedList = 'tools' | 'resources' | 'prompts';

/** What the gateway wants to hear of every upstream, besides what its supervisor does. */
export interface UpstreamListener {
  announced(serviceId: string, list: ChangedList): void;
  notified(serviceId: string, notification: McpNotification): void;
}

interface Known {
  readonly connection: Connection;
  readonly events: ConnectionEvents;
}

/** Listens beside the supervisor to what services say of themselves while they are connected. */
export class UpstreamObserver {
  readonly #known = new Map<string, Known>();
  readonly #count: (what: LimitName) => void;
  #listener: UpstreamListener = { announced: () => undefined, notified: () => undefined };

  /** `count` hears of everything that the connections refuse. */
  constructor(count: (what: LimitName) => void = () => undefined) {
    this.#count = count;
  }

  /** From now on it is told. */
  listen(listener: UpstreamListener): void {
    this.#listener = listener;
  }

  forget(serviceId: string): void {
    this.#known.delete(serviceId);
  }

  capabilities(serviceId: string): Capabilities | undefined {
    return this.#known.get(serviceId)?.connection.capabilities;
  }

  instructions(serviceId: string): string | undefined {
    return this.#known.get(serviceId)?.connection.instructions;
  }

  /** A further connection of the service has said that a list changed: whoever keeps the lists is to ask again. */
  changed(serviceId: string, list: ChangedList): void {
    this.#listener.announced(serviceId, list);
    this.#known.get(serviceId)?.events.onListChanged(list);
  }

  /** A further connection of a service has refused something. */
  refused(what: LimitName): void {
    this.#count(what);
  }

  /** The same connector, with an ear on its connections. */
  observe(connector: ServiceConnector): ServiceConnector {
    return {
      origin: connector.origin,
      ...(connector.kind === undefined ? {} : { kind: connector.kind }),
      ...(connector.sessions === undefined ? {} : { sessions: connector.sessions }),
      ...(connector.defaultLimits === undefined ? {} : { defaultLimits: connector.defaultLimits }),
      admit: (manifest) => connector.admit(manifest),
      connect: async (service, events, signal) => {
        // A further connection: what it says of itself is not what the service says to everybody.
        if (events.clientCapabilities !== undefined) return connector.connect(service, events, signal);
        const { serviceId } = service;
        const connection = await connector.connect(
          service,
          {
            ...events,
            onListChanged: (list) => {
              this.#listener.announced(serviceId, list);
              events.onListChanged(list);
            },
            onNotification: (notification) => {
              this.#listener.notified(serviceId, notification);
              events.onNotification?.(notification);
            },
            onLimit: (what) => {
              this.#count(what);
              events.onLimit?.(what);
            },
          },
          signal,
        );
        this.#known.set(serviceId, { connection, events });
        return connection;
      },
    };
  }
}
