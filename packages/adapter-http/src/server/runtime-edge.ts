import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, ErrorCode, LimitName, Runtime } from '@clarity-runtime/core';
import { lazyModule } from '@clarity-runtime/core/internal';
import { AuditEventStreams } from '../api/event-stream.ts';
import { admitToRoute } from '../api/route-access.ts';
import type { TenantOperations } from '../api/tenant-operations.ts';
import type { BrowserLogins } from '../guard/browser-logins.ts';
import type { RequestTarget } from '../guard/request-target.ts';
import { conditionalReply } from '../http/conditional-reply.ts';
import { checkBody, readBody } from '../http/request-body.ts';
import { send } from '../http/response.ts';
import { Router } from '../http/router.ts';
import type { McpContexts } from '../mcp/mcp-contexts.ts';
import { mcpEndpoint, type McpEndpoint } from '../mcp/mcp-endpoint.ts';
import type { HttpLoad } from '../metrics/metric.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { HttpLimits, RequestListenerOptions } from './options.ts';

/** The schemas of the API take a tenth of the start of a program: they are built at the first request that needs them. */
const loadRoutes = lazyModule({ load: () => import('../api/api-routes.ts'), has: 'apiRoutes' });

export interface RuntimeEdgeDependencies extends Pick<
  RequestListenerOptions,
  'settings' | 'workers' | 'auditExports' | 'closing' | 'imports' | 'cli' | 'mcpSessionKey' | 'mcpTombstones'
> {
  readonly limits: HttpLimits;
  readonly onError: (line: string) => void;
  readonly contexts: McpContexts;
  readonly browsers: BrowserLogins;
  /** Returns the client of the MCP endpoint for which a tool is explained to an operator. */
  readonly asClient: (caller: Caller) => Caller;
  /** Refused requests by code. */
  readonly refusals: ReadonlyMap<ErrorCode, number>;
  /** For the runtime whose operators operate all tenants. */
  readonly tenants?: TenantOperations | undefined;
  /** The runtime is one of another tenant than `default`. */
  readonly isOfTenant?: boolean;
}

/** A request whose caller is known and belongs to the tenant of the runtime. */
export interface AdmittedRequest {
  readonly target: RequestTarget;
  readonly caller: Caller;
}

/** The API, the MCP endpoint and the metrics of one runtime. Two runtimes of a server share no session, no stream and no route. */
export class RuntimeEdge {
  readonly #runtime: Runtime;
  readonly #parts: RuntimeEdgeDependencies;
  readonly #streams: AuditEventStreams;
  /** The endpoints that paths below `/mcp` name. */
  readonly contexts: McpContexts;
  readonly mcp: McpEndpoint;
  readonly #metrics: Metrics;
  #router: Router | undefined;

  constructor(runtime: Runtime, parts: RuntimeEdgeDependencies) {
    this.#runtime = runtime;
    this.#parts = parts;
    this.contexts = parts.contexts;
    const { limits, closing, workers, auditExports } = parts;
    this.#streams = new AuditEventStreams(runtime, limits, closing);
    this.mcp = mcpEndpoint(runtime.gateway, {
      onError: parts.onError,
      refused: (what: LimitName): void => {
        runtime.limits.count(what);
      },
      gatewayId: runtime.instance.id,
      ...(closing === undefined ? {} : { closing }),
      ...(parts.mcpSessionKey === undefined ? {} : { sessionKey: parts.mcpSessionKey }),
      ...(parts.mcpTombstones === undefined ? {} : { tombstones: parts.mcpTombstones }),
    });
    const edge = (): HttpLoad => {
      const { sessions, streams } = this.mcp.load;
      return { mcpSessions: sessions, mcpStreams: streams, eventStreams: this.#streams.size, refusals: parts.refusals };
    };
    this.#metrics = new Metrics({ runtime, edge, workers, auditExports, closing });
  }

  /** @throws RequestError, ClarityError when the request is refused. */
  async serveApi(req: IncomingMessage, res: ServerResponse, { target, caller }: AdmittedRequest): Promise<void> {
    const { limits } = this.#parts;
    const { route, id } = (this.#router ?? (await this.#openRouter())).match(req, target.path);
    await admitToRoute(this.#runtime, caller, route);
    checkBody(req, limits.maxBodyBytes);
    const body = await readBody(req, limits.maxBodyBytes);
    if (body === undefined) return;
    const query = new URLSearchParams(target.query);
    const { host = '', accept = '', 'last-event-id': seen } = req.headers;
    const lastEventId = typeof seen === 'string' ? seen : undefined;
    const gone = new AbortController();
    res.once('close', () => {
      gone.abort();
    });
    const answer = await route.run({ caller, query, id, body, host, accept, signal: gone.signal, lastEventId });
    if ('stream' in answer) answer.stream(req, res);
    else send(res, await conditionalReply(req, answer));
  }

  async #openRouter(): Promise<Router> {
    const { apiRoutes } = await loadRoutes();
    const {
      settings,
      limits,
      cli = 'clarityctl',
      closing,
      asClient,
      browsers,
      imports,
      tenants,
      isOfTenant,
    } = this.#parts;
    return (this.#router ??= new Router(
      apiRoutes({
        runtime: this.#runtime,
        streams: this.#streams,
        metrics: this.#metrics,
        settings,
        live: { limits, cli, closing },
        asClient,
        browsers,
        imports,
        tenants,
        isOfTenant,
      }),
    ));
  }
}
