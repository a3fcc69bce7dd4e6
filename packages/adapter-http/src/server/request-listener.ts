import type { IncomingMessage, ServerResponse } from 'node:http';
import { RpcCode, type Caller, type ErrorCode, type LimitName, type Runtime } from '@clarity-runtime/core';
import { failureWords, lazyModule, toPrintableAscii } from '@clarity-runtime/core/internal';
import { replyBytes } from '@clarity-runtime/core/protocol';
import { admitToRoute } from '../api/route-access.ts';
import { AuditEventStreams } from '../api/event-stream.ts';
import { createCallers, createResourceServer, createTokenCallers } from '../guard/callers.ts';
import { FailedLogins } from '../guard/failed-logins.ts';
import { loginOpeners } from '../guard/login-openers.ts';
import { LoginRefusals } from '../guard/login-refusals.ts';
import { RequestGuard, type Admission } from '../guard/request-guard.ts';
import { BrowserLogins } from '../guard/browser-logins.ts';
import { HostNames } from '../guard/host-names.ts';
import { PageSessions } from '../guard/page-sessions.ts';
import { WebOrigins } from '../guard/web-origins.ts';
import {
  entryPointOf,
  isSessionTarget,
  MCP_PATH,
  parseBasePath,
  parseTarget,
  targetBelow,
} from '../guard/request-target.ts';
import { TokenCheck } from '../guard/credentials.ts';
import { conditionalReply } from '../http/conditional-reply.ts';
import { requestErrorOf } from '../http/error-map.ts';
import { RequestError, routeNotFound } from '../http/request-error.ts';
import { checkBody, hasBody, readBody } from '../http/request-body.ts';
import { refusalReply, send, sendAndClose, setCommonHeaders, type Reply } from '../http/response.ts';
import { Router } from '../http/router.ts';
import { mcpEndpoint } from '../mcp/mcp-endpoint.ts';
import { McpContexts, tokenOnlyPaths } from '../mcp/mcp-contexts.ts';
import type { HttpLoad } from '../metrics/metric.ts';
import { Metrics } from '../metrics/metrics.ts';
import { DEFAULT_LIMITS, type RequestListenerOptions } from './options.ts';
import { createOpenRoutes, isOpenPath } from '../page/open-routes.ts';

/** The schemas of the API take a tenth of the start of a program: they are built at the first request that needs them. */
const loadRoutes = lazyModule({ load: () => import('../api/api-routes.ts'), has: 'apiRoutes' });
const loadSessions = lazyModule({ load: () => import('../page/session-routes.ts'), has: 'serveSession' });

/** With `next`, as middleware of a framework, it forwards requests for other paths. */
export type RequestListener = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;

/**
 * Returns a listener for any `node:http` server with the API, the MCP endpoint and the status page of a runtime. It also
 * works as middleware before body parsers. It never throws, and refuses a caller without access before it reads the body.
 */
export function createRequestListener(runtime: Runtime, options: RequestListenerOptions = {}): RequestListener {
  return createListener(runtime, options);
}

/** Returns the listener for the paths that `serves` accepts. Other requests are forwarded, or refused with 404. */
export function createListener(
  runtime: Runtime,
  options: RequestListenerOptions,
  serves: (path: string) => boolean = () => true,
): RequestListener {
  const basePath = parseBasePath(options.basePath);
  const report = options.onError ?? toStandardError;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const callers = createCallers(options);
  const inWords = failureWords(options.words ?? 'library');
  const origins = new WebOrigins(options);
  const { publicUrl, allowedHosts = [] } = options;
  const resourceServer = createResourceServer({ ...options, isTokenOnly: tokenOnlyPaths(runtime.profiles) });
  const loginRefusals = new LoginRefusals(new FailedLogins(runtime.audit, report), resourceServer);
  const contexts = new McpContexts({ profiles: runtime.profiles, refusals: loginRefusals, resourceServer });
  const sessions = new PageSessions(runtime.instance.id, { isSecure: origins.isSecure });
  const trustsMachine = options.token === undefined && options.requireToken !== true && options.callers === undefined;
  const gate = new RequestGuard({
    origins,
    hosts: new HostNames(options.host, publicUrl === undefined ? allowedHosts : [...allowedHosts, publicUrl.hostname]),
    token: options.token === undefined ? undefined : new TokenCheck(options.token),
    sessions,
    refusals: loginRefusals,
    callers,
    isOfUser: options.isOfUser ?? (() => false),
    tokens: runtime.tokens,
    tokenCallers: createTokenCallers(options, runtime.profiles),
    resourceServer,
    requireToken: options.requireToken ?? false,
    isServicePeer: options.isServicePeer,
    resolver: options.callers,
  });
  const isOpener = loginOpeners({ sessions, trustsMachine, isServicePeer: options.isServicePeer });
  const browsers = new BrowserLogins(runtime.logins, { ...options, isOpener });
  const openRoutes = createOpenRoutes(gate, { ...options, instanceId: runtime.instance.id, browsers, resourceServer });
  const streams = new AuditEventStreams(runtime, limits, options.closing);
  const refused = (what: LimitName): void => {
    runtime.limits.count(what);
  };
  const mcp = mcpEndpoint(runtime.gateway, {
    onError: report,
    refused,
    gatewayId: runtime.instance.id,
    ...(options.closing === undefined ? {} : { closing: options.closing }),
    ...(options.mcpSessionKey === undefined ? {} : { sessionKey: options.mcpSessionKey }),
    ...(options.mcpTombstones === undefined ? {} : { tombstones: options.mcpTombstones }),
  });
  const refusals = new Map<ErrorCode, number>();
  const edge = (): HttpLoad => {
    const { sessions, streams: mcpStreams } = mcp.load;
    return { mcpSessions: sessions, mcpStreams, eventStreams: streams.size, refusals };
  };
  const { workers, auditExports, closing, settings } = options;
  const metrics = new Metrics({ runtime, edge, workers, auditExports, closing });
  const asClient = (caller: Caller): Caller => callers(caller, 'mcp');
  const live = { limits, cli: options.cli ?? 'clarityctl', closing };
  const { imports } = options;
  let router: Router | undefined;
  const openRouter = async (): Promise<Router> => {
    const { apiRoutes } = await loadRoutes();
    return (router ??= new Router(
      apiRoutes({ runtime, streams, metrics, settings, live, asClient, browsers, imports }),
    ));
  };

  const serveApi = async (req: IncomingMessage, res: ServerResponse, { target, caller }: Admitted): Promise<void> => {
    const { route, id } = (router ?? (await openRouter())).match(req, target.path);
    await admitToRoute(runtime, caller, route);
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
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    // A reply of the MCP endpoint writes the headers of every response in one list.
    if (req.method !== 'POST' || req.url !== MCP_PATH) setCommonHeaders(res);
    origins.requireTls(res);
    if (req.headers.origin !== undefined && entryPointOf(req.url?.split('?')[0] ?? '') === 'mcp') {
      origins.share(res, req.headers);
      const headers = origins.preflight(req.method, req.headers);
      if (headers !== undefined) {
        send(res, { status: 204, body: '', headers });
        return;
      }
    }
    if (isSessionTarget(req.url ?? '')) {
      const { serveSession } = await loadSessions();
      const reply = await serveSession(gate, req, limits.maxBodyBytes);
      if (reply !== undefined) send(res, reply);
      return;
    }
    const admitting = gate.admit(req);
    const admission = admitting instanceof Promise ? await admitting : admitting;
    const { target, caller } = admission;
    if (caller === undefined) {
      checkBody(req, 0);
      send(res, await openRoutes(req, admission));
      return;
    }
    if (caller.ended !== undefined) endWith(caller.ended, res);
    if (caller.door === 'mcp') {
      const context = await contexts.of(req, target.path, caller);
      checkBody(req, limits.maxMessageBytes);
      const body = await readBody(req, limits.maxMessageBytes);
      if (body !== undefined) await mcp.handle(req, res, body, context);
    } else await serveApi(req, res, { target, caller });
  };

  const refuse = (req: IncomingMessage, res: ServerResponse, error: unknown): void => {
    const where = `${toPrintableAscii(req.method ?? '')} ${toPrintableAscii(req.url?.split('?')[0] ?? '')}`;
    const found = requestErrorOf(error, (line) => {
      report(`${where}: ${line}`);
    });
    const refusal = new RequestError(found.status, inWords(found.failure), found.headers);
    const { code } = refusal.failure;
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
    const what = limitOfCode[code];
    if (what !== undefined) refused(what);
    if (res.headersSent) res.destroy();
    else if (hasBody(req) && !req.complete) sendAndClose(req, res, replyTo(req, refusal), limits.lingerMs);
    else send(res, replyTo(req, refusal));
  };

  return (req, res, next) => {
    const target = targetBelow(req.url ?? '', basePath);
    const path = target === undefined ? undefined : parseTarget(target)?.path;
    const isElsewhere = target === undefined || (path !== undefined && !serves(path));
    if (next !== undefined && (isElsewhere || !isOwn(path))) {
      next();
      return;
    }
    if (isElsewhere) {
      refuse(req, res, routeNotFound());
      return;
    }
    req.url = target;
    serve(req, res).catch((error: unknown) => {
      refuse(req, res, error);
    });
  };
}

/** Clients of the MCP endpoint read an error of JSON-RPC. It has no id, because the body is not read. */
function replyTo({ url = '' }: IncomingMessage, refusal: RequestError): Reply {
  const { status, failure, headers } = refusal;
  if (status !== 413 || entryPointOf(parseTarget(url)?.path ?? '') !== 'mcp') return refusalReply(refusal);
  const error = { code: RpcCode.invalidRequest, message: failure.message, data: { code: failure.code } };
  return {
    status,
    body: replyBytes(undefined, { error }),
    headers: { ...headers, 'content-type': 'application/json' },
  };
}

const limitOfCode: Partial<Record<ErrorCode, LimitName>> = {
  PAYLOAD_TOO_LARGE: 'request.too_large',
  TOO_MANY_STREAMS: 'stream.too_many',
};
/** An invalid target is refused here, so that no other handler interprets it. */
function isOwn(path: string | undefined): boolean {
  return path === undefined || entryPointOf(path) !== undefined || isOpenPath(path);
}

/** Ends the response, also an open stream, when the credential of its caller ends. */
function endWith(ended: AbortSignal, res: ServerResponse): void {
  const end = (): void => {
    res.destroy();
  };
  ended.addEventListener('abort', end, { once: true });
  res.once('close', () => {
    ended.removeEventListener('abort', end);
  });
}

type Admitted = Required<Admission>;

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
