import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { allowsServerRequests, declaresNothing, forwardedCapabilities } from '../../domain/mcp/client-capabilities.ts';
import type { Era, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Connection, UpstreamRequestOptions } from '../../ports/index.ts';
import type { Backends } from './backends.ts';
import {
  assertNoCapabilityRequired,
  countRound,
  ownRequest,
  toModernRequest,
  type BridgedRequest,
  type OpeningRequest,
  type Translation,
} from './bridged-request.ts';
import type { CallConnection } from './extension-connections.ts';
import type { PerClientConnections } from './per-client-connections.ts';
import { toClientError, serviceUnavailable } from './error-mapping.ts';
import { fulfilInputRequests } from './input-required-driver.ts';
import { levelOf, type LogLevels } from './log-levels.ts';
import { legacyResult } from './modern-result.ts';
import type { InputRequiredCalls } from './input-required.ts';
import { namedInputRequests } from './questions.ts';
import type { ResourceRouter } from './resource-router.ts';
import type { TaskRouter } from './task-router.ts';
import { withShownUris } from './shown-uris.ts';
import { upstreamOptions } from './upstream-options.ts';

const isPlain = ({ client: { scope } }: BridgedRequest): boolean => declaresNothing(scope.clientCapabilities);

type Bridge = (shared: Connection, bridged: BridgedRequest) => Promise<McpReply>;

export interface EraBridgeDependencies {
  readonly backends: Backends;
  readonly perClient: PerClientConnections;
  readonly inputRequired: InputRequiredCalls;
  readonly logLevels: LogLevels;
  readonly tasks: TaskRouter;
  /** Limits of requests that do not pass the call pipeline. */
  readonly limitsOf: (service: Service) => CallLimits;
  /** Returns the URI by which the client of the shared endpoint knows a resource of a service. */
  readonly shownUri: ResourceRouter['shownUri'];
}

/** Forwards requests of a client of either era to a service of either era, and requests of the service to the client. */
export class EraBridge {
  readonly #dependencies: EraBridgeDependencies;
  /** By the era of the client, then by the era of the shared connection. Bound: the call path has no wrapper here. */
  readonly #bridges: Readonly<Record<Era, Readonly<Record<Era, Bridge>>>> = {
    legacy: { legacy: this.#legacyToLegacy.bind(this), modern: this.#legacyToModern.bind(this) },
    modern: { legacy: this.#modernToLegacy.bind(this), modern: this.#forward.bind(this) },
  };

  constructor(dependencies: EraBridgeDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Forwards one request.
   * @throws ClarityError when the service does not run or reply, or when the tool is quarantined.
   */
  async send(bridged: BridgedRequest): Promise<McpReply> {
    const { service, client } = bridged;
    const { backends, shownUri } = this.#dependencies;
    const shared = backends.connection(service.serviceId);
    if (shared === undefined || !service.manifest.spec.enabled) {
      throw serviceUnavailable(service, backends.status(service.serviceId));
    }
    backends.assertNotQuarantined(service.serviceId, bridged.request);
    const { scope } = client;
    const isBuiltIn = backends.isBuiltIn(service.serviceId);
    const isDirect = scope.era === 'modern' && shared.era === 'modern' && !isBuiltIn;
    if (isDirect) countRound(bridged);
    const bridge = isBuiltIn ? undefined : this.#bridges[scope.era][shared.era];
    const isIsolated = !isBuiltIn && service.manifest.spec.isolation === 'per-client';
    const given = await (bridge === undefined
      ? this.#forward(shared, bridged)
      : isIsolated
        ? this.#sendIsolated(shared, bridged, bridge)
        : bridge(shared, bridged));
    const reply = isDirect ? namedInputRequests(service, given, bridged.asked) : given;
    if ('error' in reply) return toClientError(reply, scope.era, bridged.request);
    if (isBuiltIn) return reply;
    const ofEra = scope.era === 'legacy' && shared.era === 'modern' ? legacyResult(reply.result) : reply.result;
    const result = scope.service === undefined ? withShownUris(ofEra, (uri) => shownUri(scope, service, uri)) : ofEra;
    return result === reply.result ? reply : { ...reply, result };
  }

  /** Returns the limits of requests that do not pass the call pipeline. */
  limitsOf(service: Service): CallLimits {
    return this.#dependencies.limitsOf(service);
  }

  /** Drops the waiting call that a request with `requestState` continues, because its client cancelled. */
  abandon({ client: { scope }, request, exchange }: BridgedRequest): void {
    if (request.params.has('requestState')) this.#dependencies.inputRequired.abandon({ scope, request, exchange });
  }

  /** Uses a connection that only this client has. It never falls back to the shared one, which has state of others. */
  async #sendIsolated(shared: Connection, bridged: BridgedRequest, bridge: Bridge): Promise<McpReply> {
    const { client, exchange, request } = bridged;
    const { scope } = client;
    const { perClient, inputRequired } = this.#dependencies;
    const own = ownRequest(shared, bridged);
    const canAsk = scope.era === 'modern' && shared.era === 'legacy' && own.canAsk;
    if (canAsk && request.params.has('requestState')) return inputRequired.resume({ scope, request, exchange });
    const asks = canAsk && forwardedCapabilities(scope.clientCapabilities) !== undefined;
    const call = await perClient.isolated(own, asks);
    if (call === undefined)
      throw new ClarityError('SERVICE_CANNOT_ASK', `'${bridged.service.namespace}' is per-client`);
    if (asks) return this.#startAsking(call, bridged);
    try {
      return await bridge(call.connection, bridged);
    } finally {
      call.release(false);
      own.endAsking();
    }
  }

  #legacyToLegacy(shared: Connection, bridged: BridgedRequest): Promise<McpReply> {
    return isPlain(bridged) ? this.#forwardPlain(shared, bridged) : this.#legacyToOwn(shared, bridged);
  }

  /** Uses the shared connection for a client without any declaration that a service could use. */
  #forwardPlain(shared: Connection, bridged: BridgedRequest): Promise<McpReply> {
    assertNoCapabilityRequired(bridged);
    return this.#forward(shared, bridged);
  }

  async #legacyToOwn(shared: Connection, bridged: BridgedRequest): Promise<McpReply> {
    const own = ownRequest(shared, bridged);
    const connection = await this.#dependencies.perClient.ofClient(own);
    if (connection === undefined) return this.#forwardShared(shared, bridged, own);
    return this.#forwardOwn(connection, bridged, own);
  }

  /** Uses a connection that other clients use too: that of the extensions of the client, or the shared one. */
  async #forwardShared(shared: Connection, bridged: BridgedRequest, own: OpeningRequest): Promise<McpReply> {
    const ofExtensions = await this.#dependencies.perClient.ofExtensions(own);
    if (ofExtensions === undefined) assertNoCapabilityRequired(bridged);
    try {
      return await this.#forward(ofExtensions?.connection ?? shared, bridged);
    } finally {
      ofExtensions?.release(false);
    }
  }

  async #forwardOwn(connection: Connection, bridged: BridgedRequest, own: OpeningRequest): Promise<McpReply> {
    const end = this.#dependencies.perClient.use(connection);
    try {
      return await this.#forward(connection, bridged);
    } finally {
      end();
      own.endAsking();
    }
  }

  /** Uses the legacy era of a service with both eras. Otherwise the runtime fulfils the input requests (SEP-2322). */
  async #legacyToModern(shared: Connection, bridged: BridgedRequest): Promise<McpReply> {
    const own = isPlain(bridged) ? undefined : ownRequest(shared, bridged);
    const connection = own && (await this.#dependencies.perClient.ofClient(own));
    if (own && connection !== undefined) return this.#forwardOwn(connection, bridged, own);
    const { client, exchange, service } = bridged;
    return fulfilInputRequests(
      toModernRequest(bridged.request, client),
      { service, scope: client.scope, exchange },
      (request) => this.#forward(shared, bridged, { request }),
    );
  }

  /** Returns a request of the service to the client as `input_required`; the call waits for the next client request. */
  async #modernToLegacy(shared: Connection, bridged: BridgedRequest): Promise<McpReply> {
    const { client, exchange, request } = bridged;
    const { scope } = client;
    const { perClient, inputRequired } = this.#dependencies;
    if (!allowsServerRequests(request)) return this.#forward(shared, bridged);
    if (request.params.has('requestState')) return inputRequired.resume({ scope, request, exchange });
    if (isPlain(bridged)) return this.#forwardPlain(shared, bridged);
    const own = ownRequest(shared, bridged);
    const callConnection = await perClient.lease(own);
    if (callConnection === undefined) return this.#forwardShared(shared, bridged, own);
    return this.#startAsking(callConnection, bridged);
  }

  #startAsking(call: CallConnection, bridged: BridgedRequest): Promise<McpReply> {
    const { client, exchange, request } = bridged;
    return this.#dependencies.inputRequired.start({ scope: client.scope, request, exchange }, async (waiting) => {
      try {
        return await this.#forward(call.connection, bridged, { exchange: waiting, ask: waiting.ask });
      } finally {
        call.release(waiting.signal.aborted);
      }
    });
  }

  /** Not async: only a legacy upstream with a log level to set requires waiting. */
  #forward(connection: Connection, bridged: BridgedRequest, translation?: Translation): Promise<McpReply> {
    const { logLevels, limitsOf, tasks } = this.#dependencies;
    const { client, service } = bridged;
    const request = translation?.request ?? bridged.request;
    if (translation?.isTask !== true && tasks.mayCreate(bridged, request, connection)) {
      const task: Translation = { ...translation, isTask: true };
      return tasks.create(connection, bridged, () => this.#forward(connection, bridged, task));
    }
    if (tasks.isTaskOnly(bridged, request, connection))
      return tasks.runToEnd(connection, request, this.#optionsOf(bridged, request, translation));
    const level = client.scope.era === 'legacy' ? client.logLevel : levelOf(request);
    if (level === undefined || !logLevels.canRaise(connection)) {
      return connection.request(request, this.#optionsOf(bridged, request, translation));
    }
    return logLevels
      .raise(connection, level, limitsOf(service))
      .then(() => connection.request(request, this.#optionsOf(bridged, request, translation)));
  }

  #optionsOf(bridged: BridgedRequest, request: McpRequest, translation?: Translation): UpstreamRequestOptions {
    const limits = bridged.limits ?? this.#dependencies.limitsOf(bridged.service);
    return upstreamOptions(bridged, request, { limits, translation });
  }
}
