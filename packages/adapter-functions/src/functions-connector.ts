import {
  ClarityError,
  RawJson,
  systemClock,
  type Manifest,
  type McpNotification,
  type Service,
} from '@clarity-runtime/core';
import { inProcessOrigin, VERSION } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, ConnectOptions, ServiceConnector } from '@clarity-runtime/core/ports';
import {
  LINKED_LIMITS,
  LinkedConnection,
  notificationBytes,
  replyBytes,
  type OutgoingRequest,
  type Transport,
} from '@clarity-runtime/core/protocol';
import type { FunctionCall, FunctionsDefinition } from './definitions.ts';
import { FunctionServer } from './function-server.ts';

/** The connector of one set of functions, with the manifest that registers it. */
export interface FunctionsConnector extends ServiceConnector {
  /** Pass it to `runtime.services.apply`. */
  readonly manifest: Manifest;
}

/**
 * Returns a connector whose service consists of functions in this process: tools, resources and prompts.
 * @throws TypeError when the name has another form, or a schema cannot be used.
 */
export function functionsConnector<Tools extends Readonly<Record<string, unknown>>>(
  definition: FunctionsDefinition<Tools>,
): FunctionsConnector {
  const server = new FunctionServer(definition as unknown as FunctionsDefinition);
  return {
    ...inProcessOrigin('functions', definition.name),
    defaultLimits: LINKED_LIMITS,
    admit: () => Promise.resolve(undefined),
    connect: (_: Service, events: ConnectionEvents, { signal }: ConnectOptions): Promise<Connection> => {
      if (signal.aborted) return Promise.reject(new ClarityError('CALL_CANCELLED', ''));
      return Promise.resolve(new FunctionLink(server, events).connection);
    },
  };
}

/** Runs the requests of one connection. */
class FunctionLink implements Transport {
  readonly connection: LinkedConnection;
  readonly #server: FunctionServer;
  readonly #events: ConnectionEvents;
  readonly #running = new Map<number, AbortController>();

  constructor(server: FunctionServer, events: ConnectionEvents) {
    this.#server = server;
    this.#events = events;
    this.connection = new LinkedConnection(this, {
      clock: systemClock,
      client: { name: 'clarity-runtime', version: VERSION },
      events,
      end: () => {
        for (const control of this.#running.values()) control.abort();
        return Promise.resolve();
      },
    });
    this.connection.accept(server.facts);
  }

  async request(call: OutgoingRequest): Promise<void> {
    const control = new AbortController();
    this.#running.set(call.id, control);
    call.sent();
    const reply = await this.#server.reply(call.request, this.#context(call, control.signal));
    this.#running.delete(call.id);
    this.connection.receive(replyBytes(String(call.id), reply));
  }

  notify(): void {
    // Notifications of clients have no meaning for functions.
  }

  answer(): void {
    // Functions send no requests.
  }

  abandon({ id }: OutgoingRequest): void {
    this.#running.get(id)?.abort();
    this.#running.delete(id);
  }

  #context({ id, caller, request }: OutgoingRequest, signal: AbortSignal): FunctionCall {
    const wantsProgress = Object.hasOwn(Object(request.params.get('_meta')?.value) as object, 'progressToken');
    return {
      signal,
      caller,
      progress: (progress, total, message) => {
        if (!wantsProgress || signal.aborted) return;
        const members = { progressToken: id, progress, total, message };
        const given = Object.entries(members).filter(([, value]) => value !== undefined);
        const params = new Map(given.map(([name, value]) => [name, RawJson.of(value)]));
        const notification: McpNotification = { method: 'notifications/progress', params };
        this.connection.receive(notificationBytes(notification));
      },
      log: (line) => {
        this.#events.onLog(line);
      },
    };
  }
}
