import { isClarityError, failure, type Failure } from '../../domain/errors/clarity-error.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn } from '../../domain/access/decide.ts';
import { RpcCode, type McpParams, type McpReply } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { failedToolResult } from '../../domain/mcp/tool-result.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { isCancelled, toCancellation, withSignal } from '../../domain/calls/cancellation.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Exchange, GatewayScope, ToolCall } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CallHistory } from '../audit/call-history.ts';
import type { CallCounter } from '../audit/counters.ts';
import type { CallHandler, CallPipeline } from '../calls/call-pipeline.ts';
import type { Backends } from './backends.ts';
import type { ClientSession } from './client-session.ts';
import type { Endpoint } from './endpoint.ts';
import type { Route } from './tool-router.ts';
import { reportWaiting, type BridgedRequest } from './bridged-request.ts';
import type { GrantDenials } from './grant-denials.ts';
import type { CallRound } from './input-required.ts';
import type { LoginPrompts } from './login-prompts.ts';
import type { EraBridge } from './era-bridge.ts';

/** One `tools/call` between the route and the upstream request, shared by all stages of the pipeline and the bridge. */
type BridgedCall = ToolCall & BridgedRequest;

export interface ToolCallerDependencies {
  readonly pipeline: CallPipeline;
  readonly bridge: EraBridge;
  readonly audit: AuditLog;
  readonly counter: CallCounter;
  readonly history: CallHistory;
  readonly clock: Clock;
  readonly judgedAs: Backends['judgedAs'];
  readonly denials: GrantDenials;
  readonly words: FailureWords;
  readonly logins: LoginPrompts;
  /** Returns the present endpoint of a client. */
  readonly endpointOf: (scope: GatewayScope) => CallTargets | undefined;
}

/** The tools of an endpoint. */
export type CallTargets = Pick<Endpoint, 'tools' | 'pageTools'>;

/** Placeholder that stage `policy` replaces. */
const NO_ARGUMENTS = RawJson.fromText('{}');
const NO_LIMITS: CallLimits = { idleMs: 0, totalMs: 0, maxReplyBytes: 0 };

/** Serves `tools/call`: finds the service by the exposed name, runs the call pipeline and records the call. */
export class ToolCaller {
  readonly #run: CallHandler<BridgedCall>;
  readonly #bridge: EraBridge;
  readonly #audit: AuditLog;
  readonly #counter: CallCounter;
  readonly #history: CallHistory;
  readonly #clock: Clock;
  readonly #judgedAs: Backends['judgedAs'];
  readonly #denials: GrantDenials;
  readonly #words: FailureWords;
  readonly #logins: LoginPrompts;
  readonly #endpointOf: ToolCallerDependencies['endpointOf'];

  constructor(dependencies: ToolCallerDependencies) {
    const { pipeline, bridge, audit, counter, history, clock, judgedAs, denials, words } = dependencies;
    this.#logins = dependencies.logins;
    this.#endpointOf = dependencies.endpointOf;
    this.#run = pipeline.compose<BridgedCall>(bridge.send.bind(bridge));
    this.#bridge = bridge;
    this.#audit = audit;
    this.#counter = counter;
    this.#history = history;
    this.#clock = clock;
    this.#judgedAs = judgedAs;
    this.#denials = denials;
    this.#words = words;
  }

  /** Returns an error result for a failed call. Never rejects for a failure of the call. */
  async call(endpoint: CallTargets, params: McpParams, client: ClientSession, exchange: Exchange): Promise<McpReply> {
    if (params.has('requestState')) {
      const resumed = this.#logins.resume(roundOf(params, client, exchange));
      if (resumed !== undefined) return resumed;
    }
    const route = routeOf(endpoint, params);
    if ('error' in route) {
      const name = params.get('name')?.value;
      const waiting = typeof name === 'string' ? this.#logins.serviceOf(client.scope, name) : undefined;
      return waiting === undefined ? route : this.#answerLogin(waiting, params, client, exchange);
    }
    const { caller } = client.scope;
    if (!this.#isAllowed(caller, route)) {
      const item = { serviceId: route.service.serviceId, name: route.definition.name };
      return failed(this.#words(this.#denials.failure({ caller, grant: 'call', action: 'tools/call', item })));
    }
    const startedAt = this.#clock.monotonic();
    const call = bridgedCall(route, params, client, exchange);
    let reply: McpReply;
    let reason: Failure | undefined;
    try {
      reply = await this.#run(call);
    } catch (error) {
      reason = this.#failureOf(call, error);
      reply = failed(this.#words(reason));
    }
    await this.#record(call, reply, { ms: this.#clock.monotonic() - startedAt, reason });
    return reason?.code === 'LOGIN_REQUIRED' ? this.#answerLogin(route.service, params, client, exchange) : reply;
  }

  /** Answers a call whose service wants a login. It is repeated once after the login. */
  #answerLogin(service: Service, params: McpParams, client: ClientSession, exchange: Exchange): Promise<McpReply> {
    return this.#logins.answer(service, roundOf(params, client, exchange), async (later) => {
      const endpoint = this.#endpointOf(client.scope);
      if (endpoint === undefined) return invalid('unknown service');
      const route = routeOf(endpoint, params);
      return 'error' in route ? route : this.call(endpoint, params, client, later);
    });
  }

  #isAllowed(caller: Caller, { service, definition: { name } }: Route): boolean {
    const { namespace, item } = this.#judgedAs(service, name);
    return allowsOn(caller, 'call', namespace, item);
  }

  #failureOf(call: BridgedCall, error: unknown): Failure {
    if (isCancelled(call)) {
      this.#bridge.abandon(call);
      return failure('CALL_CANCELLED', '');
    }
    return isClarityError(error) ? error.failure : failure('INTERNAL', 'the service connection failed');
  }

  #record(
    { service, tool: name, caller, requestBytes }: BridgedCall,
    reply: McpReply,
    { ms, reason }: { readonly ms: number; readonly reason: Failure | undefined },
  ): Promise<void> {
    const outcome = 'error' in reply ? 'error' : reply.isError === true ? 'tool_error' : 'ok';
    this.#counter.ended(service, outcome, ms);
    const responseBytes = 'error' in reply ? 0 : reply.result.bytes.length;
    this.#history.ended({ service, tool: name, caller, outcome, failure: reason, ms, requestBytes, responseBytes });
    const tool = toPrintableAscii(name);
    const { serviceId } = service;
    return this.#audit.settleCall({ serviceId, tool, outcome, durationMs: Math.round(ms * 1000) / 1000, caller });
  }
}

const roundOf = (params: McpParams, { scope }: ClientSession, exchange: Exchange): CallRound => ({
  scope,
  request: { method: 'tools/call', params },
  exchange,
});

function routeOf(
  { tools: { routes }, pageTools }: CallTargets,
  params: McpParams,
): Route | Extract<McpReply, { error: unknown }> {
  const name = params.get('name')?.value;
  if (typeof name !== 'string' || name === '') return invalid('tools/call needs params.name, a string');
  const args = params.get('arguments');
  if (args !== undefined && !isObjectText(args)) return invalid('params.arguments must be an object');
  return routes.get(name) ?? routeOfPage(pageTools(name), name);
}

/** Returns the only tool with this name that app pages may call. */
function routeOfPage(found: readonly Route[], name: string): Route | Extract<McpReply, { error: unknown }> {
  const [only, ...others] = found;
  const tool = toPrintableAscii(name);
  if (only === undefined) return invalid(`unknown tool: ${tool}`);
  if (others.length === 0) return only;
  const services = found.map(({ service }) => service.namespace).join(', ');
  return invalid(
    `several services with app pages have the tool ${tool}: ${services}; call it with the prefix of its service`,
  );
}

function bridgedCall(
  { service, definition }: Route,
  params: McpParams,
  client: ClientSession,
  exchange: Exchange,
): BridgedCall {
  const tool = definition.name;
  return withSignal({
    service,
    tool,
    caller: client.scope.caller,
    params,
    cancellation: toCancellation(exchange),
    requestBytes: bytesOf(params),
    limits: NO_LIMITS,
    isSent: false,
    client,
    exchange,
    request: { method: 'tools/call', params: serviceParams(params, definition) },
    requiresClientCapability: definition.requiresClientCapability,
    requiresPages: definition.requiresPages,
    prefersPages: definition.prefersPages,
    definition: definition.raw,
    reportWaiting,
  });
}

/** Many services expect an object although `arguments` is optional (MCP 2025-11-25, Tools, CallToolRequestParams). */
function serviceParams(params: McpParams, definition: Route['definition']): McpParams {
  const written = new Map(params).set('name', nameOf(definition));
  return written.has('arguments') ? written : written.set('arguments', NO_ARGUMENTS);
}

const names = new WeakMap<Route['definition'], RawJson>();

/** Returns the name of a tool as JSON, encoded at its first call. */
function nameOf(definition: Route['definition']): RawJson {
  let name = names.get(definition);
  if (name === undefined) names.set(definition, (name = RawJson.of(definition.name)));
  return name;
}

/** Returns the bytes of the parameters as received from the client. */
function bytesOf(params: McpParams): number {
  let sum = 2;
  for (const [name, { bytes }] of params) sum += name.length + bytes.length + 4;
  return sum;
}

const failed = (reason: Parameters<typeof failedToolResult>[0]): McpReply => ({
  result: failedToolResult(reason),
  isError: true,
});

const invalid = (message: string) => ({ error: { code: RpcCode.invalidParams, message } });

const isObjectText = ({ bytes }: RawJson): boolean => bytes[0] === 0x7b;
