import { isClarityError, failure } from '../../domain/clarity-error.ts';
import type { Caller } from '../../domain/caller.ts';
import { RpcCode, type McpParams, type McpReply } from '../../domain/mcp.ts';
import { printable } from '../../domain/printable.ts';
import { RawJson } from '../../domain/raw-json.ts';
import { failedToolResult } from '../../domain/tool-result.ts';
import type { Clock, Exchange, GatewayScope } from '../../ports/index.ts';
import type { AuditLog } from '../audit-log.ts';
import type { ServiceSupervisor } from '../service-supervisor.ts';
import { callNotices } from './call-notices.ts';
import { notRunning } from './not-running.ts';
import type { ToolRoute, ToolTable } from './tool-table.ts';

/** One `tools/call` of a client. */
export interface ToolCall {
  readonly scope: GatewayScope;
  readonly params: McpParams;
  readonly exchange: Exchange;
}

export interface CallLimits {
  /** 0 leaves it to the service. */
  readonly callTimeoutMs: number;
  readonly maxReplyBytes: number;
}

/** The road of `tools/call`: name to service, call, record. It waits for the service and the journal, for no store. */
export class ToolCaller {
  readonly #supervisor: ServiceSupervisor;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #limits: CallLimits;

  constructor(supervisor: ServiceSupervisor, audit: AuditLog, clock: Clock, limits: CallLimits) {
    this.#supervisor = supervisor;
    this.#audit = audit;
    this.#clock = clock;
    this.#limits = limits;
  }

  async call(table: ToolTable, call: ToolCall): Promise<McpReply> {
    const { scope, params } = call;
    const name = params.get('name')?.value;
    if (typeof name !== 'string' || name === '') return invalid('tools/call needs params.name, a string');
    const args = params.get('arguments');
    if (args !== undefined && !isObjectText(args)) return invalid('params.arguments must be an object');
    const route = table.routes.get(name);
    if (route === undefined) return invalid(`unknown tool: ${printable(name)}`);
    const from = this.#clock.monotonic();
    const reply = await this.#forward(route, call);
    await this.#record(scope.caller, route, reply, this.#clock.monotonic() - from);
    return reply;
  }

  async #forward({ service, tool }: ToolRoute, { scope, params, exchange }: ToolCall): Promise<McpReply> {
    if (!scope.caller.grants.has('call')) return failed(failure('GRANT_REQUIRED', `it needs 'call'`));
    const connection = this.#supervisor.connection(service.serviceId);
    if (connection === undefined || !service.manifest.spec.enabled) {
      return failed(notRunning(service, this.#supervisor.status(service.serviceId).lifecycle));
    }
    const forwarded = new Map(params).set('name', RawJson.of(tool));
    try {
      return await connection.request(
        { method: 'tools/call', params: forwarded },
        {
          signal: exchange.signal,
          idleMs: 0,
          totalMs: this.#limits.callTimeoutMs,
          maxReplyBytes: this.#limits.maxReplyBytes,
          onNotification: callNotices(scope, params, (notification) => {
            exchange.send(notification);
          }),
          onRequest: (request) => exchange.ask(request),
          onSent: () => undefined,
        },
      );
    } catch (error) {
      if (exchange.signal.aborted) return failed(failure('CALL_CANCELLED', ''));
      return failed(isClarityError(error) ? error.failure : failure('INTERNAL', 'the service connection failed'));
    }
  }

  #record(caller: Caller, { service, tool }: ToolRoute, reply: McpReply, ms: number): Promise<void> {
    const outcome = 'error' in reply ? 'error' : reply.isError === true ? 'tool_error' : 'ok';
    return this.#audit.settle({
      kind: 'service.tool_called',
      level: outcome === 'ok' ? 'info' : 'warn',
      message: `Tool called: ${printable(tool)}`,
      serviceId: service.serviceId,
      caller,
      data: { tool: printable(tool), outcome, durationMs: Math.round(ms * 1000) / 1000 },
    });
  }
}

const failed = (reason: Parameters<typeof failedToolResult>[0]): McpReply => ({
  result: failedToolResult(reason),
  isError: true,
});

const invalid = (message: string): McpReply => ({ error: { code: RpcCode.invalidParams, message } });

const isObjectText = ({ bytes }: RawJson): boolean => bytes[0] === 0x7b;
