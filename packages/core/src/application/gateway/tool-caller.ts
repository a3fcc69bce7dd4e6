import { isClarityError, failure } from '../../domain/errors/clarity-error.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { RpcCode, type McpParams, type McpReply } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { failedToolResult } from '../../domain/mcp/tool-result.ts';
import type { Clock, Exchange } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CallCounter } from '../audit/counters.ts';
import type { CallPipeline } from '../calls/call-pipeline.ts';
import type { ClientSession } from './client-session.ts';
import type { ToolRoutes, Route } from './tool-router.ts';
import type { EraBridge } from './era-bridge.ts';

/** One `tools/call` of a client. */
export interface ToolCall {
  readonly client: ClientSession;
  readonly params: McpParams;
  readonly exchange: Exchange;
}

export interface ToolCallerDependencies {
  /** Policy and recovery. */
  readonly calls: CallPipeline;
  readonly road: EraBridge;
  readonly audit: AuditLog;
  readonly tally: CallCounter;
  readonly clock: Clock;
}

/** The road of `tools/call`: name to service, call, record. It waits for the service and the journal, for no store. */
export class ToolCaller {
  readonly #calls: CallPipeline;
  readonly #road: EraBridge;
  readonly #audit: AuditLog;
  readonly #tally: CallCounter;
  readonly #clock: Clock;

  constructor({ calls, road, audit, tally, clock }: ToolCallerDependencies) {
    this.#calls = calls;
    this.#road = road;
    this.#audit = audit;
    this.#tally = tally;
    this.#clock = clock;
  }

  async call(tools: ToolRoutes, call: ToolCall): Promise<McpReply> {
    const { client, params } = call;
    const name = params.get('name')?.value;
    if (typeof name !== 'string' || name === '') return invalid('tools/call needs params.name, a string');
    const args = params.get('arguments');
    if (args !== undefined && !isObjectText(args)) return invalid('params.arguments must be an object');
    const route = tools.routes.get(name);
    if (route === undefined) return invalid(`unknown tool: ${toPrintableAscii(name)}`);
    const from = this.#clock.monotonic();
    const reply = await this.#forward(route, call);
    await this.#record(client.scope.caller, route, reply, this.#clock.monotonic() - from);
    return reply;
  }

  async #forward({ service, definition }: Route, { client, params, exchange }: ToolCall): Promise<McpReply> {
    if (!client.scope.caller.grants.has('call')) return failed(failure('GRANT_REQUIRED', `it needs 'call'`));
    const tool = definition.name;
    const request = { method: 'tools/call', params: new Map(params).set('name', RawJson.of(tool)) };
    const { caller } = client.scope;
    try {
      return await this.#calls.run({ service, tool, caller, params, signal: exchange.signal }, (terms) =>
        this.#road.send(service, {
          client,
          exchange,
          request,
          terms,
          requiresClientCapability: definition.requiresClientCapability,
        }),
      );
    } catch (error) {
      if (exchange.signal.aborted) {
        this.#road.abandon({ client, exchange, request });
        return failed(failure('CALL_CANCELLED', ''));
      }
      return failed(isClarityError(error) ? error.failure : failure('INTERNAL', 'the service connection failed'));
    }
  }

  #record(caller: Caller, { service, definition }: Route, reply: McpReply, ms: number): Promise<void> {
    const outcome = 'error' in reply ? 'error' : reply.isError === true ? 'tool_error' : 'ok';
    this.#tally.ended(service, outcome, ms);
    const tool = toPrintableAscii(definition.name);
    return this.#audit.settle({
      kind: 'service.tool_called',
      level: outcome === 'ok' ? 'info' : 'warn',
      message: `Tool called: ${tool}`,
      serviceId: service.serviceId,
      caller,
      data: { tool, outcome, durationMs: Math.round(ms * 1000) / 1000 },
    });
  }
}

const failed = (reason: Parameters<typeof failedToolResult>[0]): McpReply => ({
  result: failedToolResult(reason),
  isError: true,
});

const invalid = (message: string): McpReply => ({ error: { code: RpcCode.invalidParams, message } });

const isObjectText = ({ bytes }: RawJson): boolean => bytes[0] === 0x7b;
