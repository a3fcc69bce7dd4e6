import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import {
  allowsServerRequests,
  declaresCapability,
  forwardedCapabilities,
  METHOD_NOT_SUPPORTED,
} from '../../domain/mcp/client-capabilities.ts';
import { showsPages } from '../../domain/mcp/app-pages.ts';
import { membersOf, objectOf } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Capabilities, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii, valueText } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Connection, Exchange } from '../../ports/index.ts';
import type { ClientSession } from './client-session.ts';
import { LOG_LEVEL } from './log-levels.ts';
import { countedRound, namedQuestion } from './questions.ts';
import type { OwnConnectionRequest } from './extension-connections.ts';

/** One request of a client to a service. */
export interface BridgedRequest {
  readonly service: Service;
  readonly client: ClientSession;
  readonly exchange: Exchange;
  /** Contains the names of the service, not the exposed names. `asked` is no longer in its `requestState` once it is set. */
  request: McpRequest;
  /** True if the service offers the target only on a connection that declares client capabilities. */
  readonly requiresClientCapability?: boolean | undefined;
  /** Count of requests of the service to the client in earlier rounds; absent until it is read from `requestState`. */
  asked?: number;
  /** True if the service offers the target only to clients that show app pages. */
  readonly requiresPages?: boolean | undefined;
  /** The service lists another definition of the target to clients that show app pages, and this client has it. */
  readonly prefersPages?: boolean | undefined;
  /** Definition of the tool of a `tools/call`. */
  readonly definition?: RawJson;
  /** Limits of a `tools/call`; absent for a request that does not pass the call pipeline. */
  readonly limits?: CallLimits;
  /** Set when the service may have read the request. */
  isSent?: boolean;
  /** Value of the last progress that the client received while the request waited for its service. */
  sentProgress?: number;
}

/** Moves the count of earlier rounds from `requestState` to `asked`, once: a repeated send has the state of the service. */
export function countRound(bridged: BridgedRequest): void {
  if (bridged.asked === undefined) Object.assign(bridged, countedRound(bridged.request));
}

/** The parts of a request that a bridge translates. */
export interface Translation {
  readonly request?: McpRequest;
  readonly exchange?: Pick<Exchange, 'signal' | 'cancellation' | 'send'>;
  readonly ask?: Exchange['ask'];
  /** The reply is handled as a task already. */
  readonly isTask?: true;
}

/** Progress of a waiting request grows in steps that are smaller than those of any service. */
const WAITING_STEP = 1e-6;

/** Sends progress to the client of a request that waits for its service, if the client requested progress. */
export function reportWaiting(this: BridgedRequest): void {
  const meta = Object(this.request.params.get('_meta')?.value) as Readonly<Record<string, unknown>>;
  const token = meta['progressToken'];
  if (typeof token !== 'string' && typeof token !== 'number') return;
  this.sentProgress = (this.sentProgress ?? 0) + WAITING_STEP;
  const params = {
    progressToken: token,
    progress: this.sentProgress,
    message: `waiting for ${this.service.namespace} to start`,
  };
  const members = Object.entries(params).map(([name, value]) => [name, RawJson.of(value)] as const);
  this.exchange.send({ method: 'notifications/progress', params: new Map(members) });
}

/** Sends a request of the service to the client of a request, if the client declared the capability. */
function askClient({ client: { scope }, exchange, service }: BridgedRequest, request: McpRequest): Promise<McpReply> {
  if (!declaresCapability(scope.clientCapabilities, request)) return Promise.resolve(METHOD_NOT_SUPPORTED);
  return exchange.ask(namedQuestion(service, request));
}

/** A request for a connection, which asks the client until the request of the client has ended. */
export interface OpeningRequest extends OwnConnectionRequest {
  /** Must be called at the end of the request: later questions have no client that waits for them. */
  endAsking(): void;
}

/** Returns the request for a connection of the client of a request. */
export function ownRequest({ era }: Connection, bridged: BridgedRequest): OpeningRequest {
  const isLegacy = bridged.client.scope.era === 'legacy';
  let asking = isLegacy ? bridged : undefined;
  const ask = (request: McpRequest): Promise<McpReply> =>
    asking === undefined ? Promise.resolve(METHOD_NOT_SUPPORTED) : askClient(asking, request);
  return {
    service: bridged.service,
    client: bridged.client,
    era,
    canAsk: allowsServerRequests(bridged.request),
    isRequired: bridged.requiresClientCapability === true,
    requiresPages: bridged.requiresPages === true || bridged.prefersPages === true,
    ...(isLegacy ? { ask } : {}),
    endAsking: () => {
      asking = undefined;
    },
  };
}

/**
 * Checks that the shared connection can serve the request.
 * @throws ClarityError SERVICE_CANNOT_ASK or TOOL_NOT_FOUND if the target needs a connection with client capabilities.
 */
export function assertNoCapabilityRequired({
  client: { scope },
  request,
  requiresClientCapability,
  requiresPages,
}: BridgedRequest): void {
  if (requiresPages !== true && requiresClientCapability !== true) return;
  const name = toPrintableAscii(valueText(request.params.get('name')?.value));
  if (requiresPages === true) {
    if (showsPages(scope.clientCapabilities)) throw new ClarityError('SERVICE_CANNOT_ASK', '');
    throw new ClarityError('TOOL_NOT_FOUND', `'${name}' requires a client that shows app pages`);
  }
  if (forwardedCapabilities(scope.clientCapabilities) !== undefined) {
    throw new ClarityError('SERVICE_CANNOT_ASK', '');
  }
  throw new ClarityError('TOOL_NOT_FOUND', `'${name}' requires a client that declares sampling, elicitation or roots`);
}

const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** Log level that a modern service receives for a legacy client that has set none. */
const DEFAULT_LEVEL = 'info';

/** Adds the client capabilities and the log level that a modern service expects in `_meta` (MCP 2026-07-28). */
export function toModernRequest({ method, params }: McpRequest, { scope, logLevel }: ClientSession): McpRequest {
  const given = params.get('_meta');
  const capabilities = scope.clientCapabilities ?? NO_CAPABILITIES;
  const level = logLevel ?? DEFAULT_LEVEL;
  const meta = given === undefined ? ownMeta(capabilities, level) : metaOf(membersOf(given), capabilities, level);
  return { method, params: new Map(params).set('_meta', meta) };
}

const metaOf = (given: ReadonlyMap<string, RawJson>, capabilities: Capabilities, level: string): RawJson =>
  objectOf(new Map(given).set(CLIENT_CAPABILITIES, RawJson.of(capabilities)).set(LOG_LEVEL, RawJson.of(level)));

const NO_CAPABILITIES: Capabilities = {};
const ownMetas = new WeakMap<Capabilities, { readonly level: string; readonly meta: RawJson }>();

/** Returns the `_meta` of a request without one. It is written once per client and level. */
function ownMeta(capabilities: Capabilities, level: string): RawJson {
  const known = ownMetas.get(capabilities);
  if (known?.level === level) return known.meta;
  const meta = RawJson.fromBytes(metaOf(new Map(), capabilities, level).bytes.slice());
  ownMetas.set(capabilities, { level, meta });
  return meta;
}
