import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import type { McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Connection, Exchange } from '../../ports/index.ts';
import type { Backends } from './backends.ts';
import type { AttemptOptions } from '../calls/call-pipeline.ts';
import {
  METHOD_NOT_SUPPORTED,
  declaresCapability,
  allowsServerRequests,
  forwardedCapabilities,
} from '../../domain/mcp/client-capabilities.ts';
import { forwardNotifications } from './progress-and-logs.ts';
import type { ClientSession } from './client-session.ts';
import type { PerClientConnections } from './per-client-connections.ts';
import { toClientError, serviceUnavailable } from './error-mapping.ts';
import { fulfilInputRequests } from './input-required-driver.ts';
import { LOG_LEVEL, type LogLevels } from './log-levels.ts';
import type { InputRequiredCalls } from './input-required.ts';

/** One request of a client on its way to a service. */
export interface BridgedRequest {
  readonly client: ClientSession;
  readonly exchange: Exchange;
  /** With the service's own names. */
  readonly request: McpRequest;
  /** What it is for the service offers only over a connection that can be asked. */
  readonly requiresClientCapability?: boolean | undefined;
  /** What the policy of a call allows it; the gateway's own limits where there is none. */
  readonly terms?: AttemptOptions;
}

export interface CallLimits {
  /** 0 leaves it to the service. */
  readonly callTimeoutMs: number;
  readonly maxReplyBytes: number;
}

type Ask = (request: McpRequest) => Promise<McpReply>;

export interface EraBridgeDependencies {
  readonly offer: Backends;
  readonly dedicated: PerClientConnections;
  readonly parked: InputRequiredCalls;
  readonly levels: LogLevels;
  readonly limits: CallLimits;
}

const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** What a legacy client hears of a modern service as long as it has not said what it wants to hear. */
const DEFAULT_LEVEL = 'info';

/** From a client of either era to a service of either era and back, questions of the service on the way included. */
export class EraBridge {
  readonly #parts: EraBridgeDependencies;

  constructor(parts: EraBridgeDependencies) {
    this.#parts = parts;
  }

  /** Rejects with a `ClarityError` when the service does not run or does not answer, or the tool is held back. */
  async send(service: Service, call: BridgedRequest): Promise<McpReply> {
    const { client, request } = call;
    const shared = this.#parts.offer.connection(service.serviceId);
    if (shared === undefined || !service.manifest.spec.enabled) {
      throw serviceUnavailable(service, this.#parts.offer.status(service.serviceId));
    }
    this.#parts.offer.assertNotQuarantined(service.serviceId, request);
    const reply = await this.#bridged(service, shared, call);
    return toClientError(reply, client.scope.era, request);
  }

  /** The client has hung up before its request got here. */
  abandon({ client: { scope }, request, exchange }: BridgedRequest): void {
    if (request.params.has('requestState')) this.#parts.parked.abandon({ scope, request, exchange });
  }

  async #bridged(service: Service, shared: Connection, call: BridgedRequest): Promise<McpReply> {
    const { client, request } = call;
    const { scope } = client;
    if (this.#parts.offer.isBuiltIn(service.serviceId)) return this.#forward(shared, call);
    if (scope.era === 'legacy') {
      // A service that speaks both eras is spoken to in that of the client: then nothing has to be translated.
      const own = this.#parts.dedicated.ofClient(service, client, call.requiresClientCapability === true);
      const connection = own === undefined ? undefined : await own;
      if (connection === undefined) return this.#overShared(service, shared, call);
      return this.#forward(connection, call);
    }
    if (shared.era === 'modern') return this.#forward(shared, call);
    if (!allowsServerRequests(request)) return this.#forward(shared, call);
    return this.#parked(service, shared, call);
  }

  /** The connection that serves everybody: a legacy client of a modern service is asked by the runtime. */
  #overShared(service: Service, shared: Connection, call: BridgedRequest): Promise<McpReply> {
    const { client, exchange, request } = call;
    const { scope } = client;
    if (shared.era === 'legacy') {
      assertAskable(call);
      return this.#forward(shared, call);
    }
    return fulfilInputRequests(dressed(request, client), { scope, exchange }, (next) =>
      this.#forward(shared, { ...call, request: next }),
    );
  }

  async #parked(service: Service, shared: Connection, call: BridgedRequest): Promise<McpReply> {
    const { client, exchange, request } = call;
    const { scope } = client;
    const { dedicated, parked } = this.#parts;
    if (request.params.has('requestState')) return parked.resume({ scope, request, exchange });
    const lease = await dedicated.lease(service, scope, call.requiresClientCapability === true);
    if (lease === undefined) {
      assertAskable(call);
      return this.#forward(shared, call);
    }
    return parked.start({ scope, request, exchange }, async ({ signal, send, ask }) => {
      const road = { signal, send, ask };
      try {
        return await this.#forward(lease.connection, { ...call, exchange: road }, ask);
      } finally {
        lease.release(signal.aborted);
      }
    });
  }

  async #forward(connection: Connection, call: BridgedRequest, ask?: Ask): Promise<McpReply> {
    const { client, exchange, request } = call;
    const { scope, logLevel } = client;
    const { levels, limits } = this.#parts;
    if (levels.canRaise(connection)) {
      const wanted = scope.era === 'legacy' ? logLevel : levelOf(request);
      if (wanted !== undefined) await levels.raise(connection, wanted, limits.callTimeoutMs);
    }
    return connection.request(request, {
      ...(call.terms ?? ownTerms(limits)),
      caller: scope.caller,
      signal: exchange.signal,
      onNotification: forwardNotifications(
        { era: scope.era, logLevel },
        request.params,
        (notification: McpNotification) => {
          exchange.send(notification);
        },
      ),
      onRequest: (asked) => {
        const hasRoad = ask !== undefined || scope.era === 'legacy';
        if (!hasRoad || !declaresCapability(scope.clientCapabilities, asked))
          return Promise.resolve(METHOD_NOT_SUPPORTED);
        return ask === undefined ? exchange.ask(asked) : ask(asked);
      },
    });
  }
}

/** Over the shared connection the service would not know what it offers only to those whom it can ask. */
function assertAskable({ client: { scope }, request, requiresClientCapability }: BridgedRequest): void {
  if (requiresClientCapability !== true) return;
  if (forwardedCapabilities(scope.clientCapabilities) !== undefined) {
    throw new ClarityError('SERVICE_CANNOT_ASK', '');
  }
  const name = toPrintableAscii(String(request.params.get('name')?.value));
  throw new ClarityError('TOOL_NOT_FOUND', `'${name}' is only for clients that declare sampling, elicitation or roots`);
}

const ownTerms = ({ callTimeoutMs, maxReplyBytes }: CallLimits): AttemptOptions => ({
  idleMs: 0,
  totalMs: callTimeoutMs,
  maxReplyBytes,
  onSent: () => undefined,
});

/** The request of a legacy client as the modern revision wants it. */
function dressed({ method, params }: McpRequest, { scope, logLevel }: ClientSession): McpRequest {
  const given = params.get('_meta');
  const meta = new Map(given === undefined ? [] : membersOf(given));
  meta.set(CLIENT_CAPABILITIES, RawJson.of(scope.clientCapabilities ?? {}));
  meta.set(LOG_LEVEL, RawJson.of(logLevel ?? DEFAULT_LEVEL));
  return { method, params: new Map(params).set('_meta', objectOf(meta)) };
}

const levelOf = ({ params }: McpRequest): unknown =>
  (Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>)[LOG_LEVEL];
