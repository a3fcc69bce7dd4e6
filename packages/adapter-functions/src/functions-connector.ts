import {
  ClarityError,
  RawJson,
  systemClock,
  type CallLimits,
  type Manifest,
  type McpNotification,
  type OriginKind,
  type Service,
} from '@clarity-runtime/core';
import { serviceManifest, VERSION } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, ConnectOptions, ServiceConnector } from '@clarity-runtime/core/ports';
import {
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

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const LIMITS: CallLimits = { idleMs: 120_000, totalMs: 600_000, maxReplyBytes: 16 * 1024 * 1024 };

/**
 * Returns a connector whose service consists of functions in this process: tools, resources and prompts.
 * @throws TypeError when the name has another form, or a schema cannot be used.
 */
export function functionsConnector<Tools extends Readonly<Record<string, unknown>>>(
  definition: FunctionsDefinition<Tools>,
): FunctionsConnector {
  const { name } = definition;
  if (!NAME.test(name)) throw new TypeError(`functionsConnector: the name '${name}' must match ${String(NAME)}`);
  const server = new FunctionServer(definition as unknown as FunctionsDefinition);
  const origin = `functions_${name}`;
  return {
    origin,
    kind: kindOf(origin, name),
    defaultLimits: LIMITS,
    manifest: serviceManifest({ type: origin }, { sourceFile: origin, module: name }),
    admit: () => Promise.resolve(undefined),
    connect: (_: Service, events: ConnectionEvents, { signal }: ConnectOptions): Promise<Connection> => {
      if (signal.aborted) return Promise.reject(new ClarityError('CALL_CANCELLED', ''));
      return Promise.resolve(new FunctionLink(server, events).connection);
    },
  };
}

const kindOf = (origin: string, name: string): OriginKind => ({
  schema: {
    type: 'object',
    required: ['type'],
    additionalProperties: false,
    properties: { type: { const: origin } },
  },
  location: () => name,
  isRemote: false,
  runsCommand: false,
  isBuiltFromSource: false,
  legacyPolicy: [],
  callDefaults: {},
});

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
      maxReplyBytes: LIMITS.maxReplyBytes,
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
    const wantsProgress = request.params.get('_meta')?.text.includes('"progressToken"') === true;
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
