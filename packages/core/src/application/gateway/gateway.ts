import { hasVerb } from '../../domain/access/decide.ts';
import type { Verb } from '../../domain/access/grant.ts';
import {
  type Era,
  RpcCode,
  type Implementation,
  type McpNotification,
  type McpParams,
  type McpReply,
  type McpRequest,
} from '../../domain/mcp/mcp.ts';
import { HOPS_META, REACHES_META } from '../../domain/mcp/gateway-hops.ts';
import { showsPages } from '../../domain/mcp/app-pages.ts';
import type { ParamHeader } from '../../domain/mcp/param-headers.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Exchange, GatewayScope, McpGateway, McpPeer } from '../../ports/index.ts';
import { ClientSession } from './client-session.ts';
import type { ContentRouter } from './content-requests.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './endpoints.ts';
import type { GrantDenials } from './grant-denials.ts';
import { discover, initialize } from './handshake.ts';
import { type ListPages, UNCACHED } from './list-pages.ts';
import { severityOf } from './log-levels.ts';
import { modernResult, SERVER_INFO } from './modern-result.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TaskRouter } from './task-router.ts';
import type { ToolCaller } from './tool-caller.ts';

export interface GatewayDependencies {
  readonly endpoints: Endpoints;
  readonly calls: ToolCaller;
  readonly contents: ContentRouter;
  readonly subscriptions: Subscriptions;
  readonly tasks: Pick<TaskRouter, 'request'>;
  readonly denials: GrantDenials;
  readonly serverInfo: Implementation;
  /** Reads what child processes of the endpoint list only for clients that show app pages, like this one. */
  readonly readForPages: (client: ClientSession, endpoint: Endpoint) => void;
  /** Returns the ids of this gateway and of the gateways behind the services of an endpoint. */
  readonly reaches: (scope: GatewayScope) => readonly string[];
}

/** One request of a client and the endpoint that serves it. */
interface ClientRequest {
  readonly client: ClientSession;
  readonly endpoint: Endpoint;
  readonly request: McpRequest;
  readonly exchange: Exchange;
}

const EMPTY: McpReply = { result: RawJson.of({}) };

/** Lists of an endpoint by MCP method. */
const lists: ReadonlyMap<string, (endpoint: Endpoint, era: Era) => ListPages> = new Map([
  ['tools/list', ({ tools }, era) => (era === 'modern' ? tools.pages : tools.legacyPages)],
  ['prompts/list', ({ prompts }) => prompts.pages],
  ['resources/list', ({ resources }) => resources.pages],
  ['resources/templates/list', ({ resources }) => resources.templatePages],
]);

/** The runtime as one MCP server. Serves each client in the era of the client. */
export class Gateway implements McpGateway {
  readonly #dependencies: GatewayDependencies;

  constructor(dependencies: GatewayDependencies) {
    this.#dependencies = dependencies;
  }

  open(scope: GatewayScope): McpPeer {
    const client = new ClientSession(scope);
    this.#dependencies.subscriptions.attach(client);
    return {
      request: this.#serve.bind(this, client),
      notify: (notification) => {
        forwardRootsChange(client, notification);
      },
      close: () => {
        client.close();
      },
    };
  }

  paramHeaders(scope: Pick<GatewayScope, 'service' | 'caller'>, tool: string): readonly ParamHeader[] {
    return this.#dependencies.endpoints.endpoint(scope)?.paramHeaders(tool) ?? [];
  }

  /** Serves one request. Bound by `open`, so that the call path has no wrapper here. */
  async #serve(client: ClientSession, request: McpRequest, exchange: Exchange): Promise<McpReply> {
    const { endpoints, calls, contents } = this.#dependencies;
    const endpoint = endpoints.endpoint(client.scope);
    if (endpoint === undefined) return unknownService(client.scope);
    const received = { client, endpoint, request, exchange };
    const { method, params } = request;
    const list = lists.get(method);
    if (method === 'tools/list' && showsPages(client.scope.clientCapabilities)) {
      this.#dependencies.readForPages(client, endpoint);
    }
    if (list !== undefined) return this.#list(received, list(endpoint, client.scope.era));
    switch (method) {
      case 'tools/call': {
        const asked = endpoint.profile?.search?.answer(params, client.scope.era);
        if (asked !== undefined && 'reply' in asked) return this.#complete(received, asked.reply);
        return this.#complete(received, await calls.call(endpoint, asked?.call ?? params, client, exchange));
      }
      case 'prompts/get':
      case 'completion/complete':
      case 'resources/read': {
        if (!hasVerb(client.scope.caller, 'call')) return this.#deny(received, 'call');
        if (method === 'prompts/get') return this.#complete(received, await contents.prompt(endpoint, received));
        if (method === 'completion/complete')
          return this.#complete(received, await contents.completion(endpoint, received));
        return this.#complete(received, await contents.resource(endpoint, received), UNCACHED);
      }
      default:
        if (method.startsWith('tasks/')) return this.#task(received);
        return client.scope.era === 'modern' ? this.#modern(received) : this.#legacy(received);
    }
  }

  async #task(received: ClientRequest): Promise<McpReply> {
    const { client, request, exchange } = received;
    if (!hasVerb(client.scope.caller, 'call')) return this.#deny(received, 'call');
    const reply = await this.#dependencies.tasks.request(client, request, exchange);
    return reply === undefined ? unknownMethod(request.method) : this.#complete(received, reply);
  }

  async #modern(received: ClientRequest): Promise<McpReply> {
    const { client, endpoint, request, exchange } = received;
    const { subscriptions, serverInfo } = this.#dependencies;
    switch (request.method) {
      case 'server/discover':
        return discover(endpoint.serverInfo ?? serverInfo, endpoint);
      case 'subscriptions/listen':
        if (!hasVerb(client.scope.caller, 'read')) return this.#deny(received, 'read');
        return this.#complete(received, await subscriptions.listen(client, endpoint, request.params, exchange));
      default:
        return unknownMethod(request.method);
    }
  }

  #legacy(received: ClientRequest): McpReply {
    const { client, endpoint, request } = received;
    const { method, params } = request;
    const { subscriptions, serverInfo } = this.#dependencies;
    switch (method) {
      case 'initialize':
        return initialize(params, endpoint.serverInfo ?? serverInfo, endpoint);
      case 'ping':
        return EMPTY;
      case 'logging/setLevel':
        return setLevel(client, params.get('level')?.value);
      case 'resources/subscribe':
        if (!hasVerb(client.scope.caller, 'read')) return this.#deny(received, 'read');
        return subscriptions.subscribe(client, endpoint, params);
      case 'resources/unsubscribe':
        return subscriptions.unsubscribe(client, params);
      default:
        return unknownMethod(method);
    }
  }

  #list(received: ClientRequest, pages: ListPages): McpReply {
    const {
      client: { scope },
      endpoint,
      request: { params },
    } = received;
    if (!hasVerb(scope.caller, 'read')) return this.#deny(received, 'read');
    const page = pages.page(params);
    if (page === undefined) {
      const message = 'params.cursor is unknown or expired: request the list again without a cursor';
      return { error: { code: RpcCode.invalidParams, message } };
    }
    const reaches = isOfGateway(params) ? { [REACHES_META]: this.#dependencies.reaches(scope) } : undefined;
    if (scope.era === 'legacy') {
      return { result: reaches === undefined ? page : page.withMembersFirst({ _meta: reaches }) };
    }
    const _meta = { [SERVER_INFO]: endpoint.serverInfo ?? this.#dependencies.serverInfo, ...reaches };
    return { result: modernPage(page, { resultType: 'complete', ...pages.hint, _meta }) };
  }

  #deny({ client: { scope }, request: { method } }: ClientRequest, grant: Verb): McpReply {
    return this.#dependencies.denials.reply({ caller: scope.caller, grant, action: method });
  }

  #complete({ client: { scope }, endpoint }: ClientRequest, reply: McpReply, caching?: object): McpReply {
    if ('error' in reply || scope.era === 'legacy') return reply;
    return {
      ...reply,
      result: modernResult(reply.result, endpoint.serverInfo ?? this.#dependencies.serverInfo, caching),
    };
  }
}

const modernPages = new WeakMap<RawJson, { readonly members: string; readonly result: RawJson }>();

/** Returns a page with the members of the modern era, which is copied once for clients that get the same. */
function modernPage(page: RawJson, members: object): RawJson {
  const text = JSON.stringify(members);
  const known = modernPages.get(page);
  if (known?.members === text) return known.result;
  const result = page.withTextFirst(text);
  modernPages.set(page, { members: text, result });
  return result;
}

/** Returns whether another gateway sent the request. */
const isOfGateway = (params: McpParams): boolean =>
  HOPS_META in (Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>);

function setLevel(client: ClientSession, level: unknown): McpReply {
  if (severityOf(level) < 0) {
    return { error: { code: RpcCode.invalidParams, message: 'params.level must be one of debug to emergency' } };
  }
  client.logLevel = level as string;
  return EMPTY;
}

/** Forwards a change of the client's roots to the services with a connection for this client. */
function forwardRootsChange(client: ClientSession, notification: McpNotification): void {
  if (notification.method !== 'notifications/roots/list_changed') return;
  for (const opening of client.connections.values()) {
    void opening.then((connection) => {
      connection?.notify(notification);
    });
  }
}

const unknownMethod = (method: string): McpReply => ({
  error: { code: RpcCode.methodNotFound, message: `method not found: ${toPrintableAscii(method)}` },
});

const unknownService = ({ service = '' }: GatewayScope): McpReply => ({
  error: {
    code: RpcCode.invalidParams,
    message: `service '${toPrintableAscii(service)}' not found: the list of services has the names`,
  },
});
