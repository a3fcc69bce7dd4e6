import type { Grant } from '../../domain/caller.ts';
import { failure } from '../../domain/clarity-error.ts';
import { RpcCode, type Implementation, type McpReply, type McpRequest } from '../../domain/mcp.ts';
import { printable } from '../../domain/printable.ts';
import { RawJson } from '../../domain/raw-json.ts';
import type { Exchange, GatewayScope, McpGateway, McpPeer } from '../../ports/index.ts';
import type { Endpoints } from './endpoints.ts';
import { discover, initialize } from './handshake.ts';
import { modernResult, SERVER_INFO } from './modern-result.ts';
import type { ToolCaller } from './tool-caller.ts';
import type { ToolTable } from './tool-table.ts';

/** The runtime as one MCP server: what a client asks for, answered in the client's era. */
export class Gateway implements McpGateway {
  readonly #endpoints: Endpoints;
  readonly #calls: ToolCaller;
  readonly #serverInfo: Implementation;

  constructor(endpoints: Endpoints, calls: ToolCaller, serverInfo: Implementation) {
    this.#endpoints = endpoints;
    this.#calls = calls;
    this.#serverInfo = serverInfo;
  }

  open(scope: GatewayScope): McpPeer {
    return {
      request: (request, exchange) => this.#answer(scope, request, exchange),
      // Cancellation reaches a request as its exchange's signal; no other notification means anything here.
      notify: () => undefined,
      close: () => undefined,
    };
  }

  async #answer(scope: GatewayScope, request: McpRequest, exchange: Exchange): Promise<McpReply> {
    const table = this.#endpoints.table(scope);
    if (table === undefined) return unknownService(scope);
    switch (request.method) {
      case 'tools/list':
        return this.#list(scope, table, request);
      case 'tools/call':
        return this.#stamped(scope, await this.#calls.call(table, { scope, params: request.params, exchange }));
      case 'server/discover':
        return scope.era === 'modern' ? discover(this.#serverInfo) : unknownMethod(request.method);
      case 'initialize':
        return scope.era === 'legacy' ? initialize(request.params, this.#serverInfo) : unknownMethod(request.method);
      case 'ping':
        return scope.era === 'legacy' ? { result: RawJson.of({}) } : unknownMethod(request.method);
      default:
        return unknownMethod(request.method);
    }
  }

  #list(scope: GatewayScope, { list }: ToolTable, { params }: McpRequest): McpReply {
    if (!scope.caller.grants.has('read')) return missingGrant('read');
    if (params.has('cursor')) {
      return {
        error: { code: RpcCode.invalidParams, message: 'params.cursor is not one of ours: the list has one page' },
      };
    }
    const modern = {
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [SERVER_INFO]: this.#serverInfo },
    };
    return { result: scope.era === 'modern' ? list.withMembersFirst(modern) : list };
  }

  #stamped({ era }: GatewayScope, reply: McpReply): McpReply {
    if ('error' in reply || era === 'legacy') return reply;
    return { ...reply, result: modernResult(reply.result, this.#serverInfo) };
  }
}

const unknownMethod = (method: string): McpReply => ({
  error: { code: RpcCode.methodNotFound, message: `method not found: ${printable(method)}` },
});

const missingGrant = (grant: Grant): McpReply => ({
  error: { code: RpcCode.invalidRequest, message: failure('GRANT_REQUIRED', `it needs '${grant}'`).message },
});

const unknownService = ({ service = '' }: GatewayScope): McpReply => ({
  error: {
    code: RpcCode.invalidParams,
    message: `no service '${printable(service)}': clarityctl list shows the names`,
  },
});
