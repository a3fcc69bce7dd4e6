import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  RpcCode,
  type Caller,
  type ErrorCode,
  type LimitName,
  type Runtime,
  type TokenIdentity,
} from '@clarity-runtime/core';
import { defined, failureWords, lazyModule, toPrintableAscii } from '@clarity-runtime/core/internal';
import { replyBytes } from '@clarity-runtime/core/protocol';
import { createCallers, createResourceServer, createTokenCallers } from '../guard/callers.ts';
import { FailedLogins } from '../guard/failed-logins.ts';
import { loginOpeners } from '../guard/login-openers.ts';
import { LoginRefusals } from '../guard/login-refusals.ts';
import { RequestGuard } from '../guard/request-guard.ts';
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
import { requestErrorOf } from '../http/error-map.ts';
import { RequestError, routeNotFound } from '../http/request-error.ts';
import { checkBody, hasBody, readBody } from '../http/request-body.ts';
import { refusalReply, send, sendAndClose, setCommonHeaders, type Reply } from '../http/response.ts';
import { McpContexts, tokenOnlyPaths } from '../mcp/mcp-contexts.ts';
import { DEFAULT_LIMITS, type RequestListenerOptions } from './options.ts';
import { createOpenRoutes, isOpenPath } from '../page/open-routes.ts';
import { RuntimeEdge } from './runtime-edge.ts';
import { TenantEdges } from './tenant-edges.ts';
import { TenantLogins } from './tenant-logins.ts';

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
  const { tenants } = options;
  // A digest is in one store at most: 256 random bits.
  const authenticate = (text: string): TokenIdentity | undefined => {
    let found = runtime.tokens.authenticate(text);
    for (const other of tenants?.runtimes() ?? []) found ??= other.tokens.authenticate(text);
    return found;
  };
  const gate = new RequestGuard({
    origins,
    hosts: new HostNames(options.host, publicUrl === undefined ? allowedHosts : [...allowedHosts, publicUrl.hostname]),
    token: options.token === undefined ? undefined : new TokenCheck(options.token),
    sessions,
    refusals: loginRefusals,
    callers,
    isOfUser: options.isOfUser ?? (() => false),
    tokens: { authenticate },
    tokenCallers: createTokenCallers(options, (tenant) => tenants?.find(tenant)?.profiles ?? runtime.profiles),
    resourceServer,
    requireToken: options.requireToken ?? false,
    isServicePeer: options.isServicePeer,
    resolver: options.callers,
  });
  const isOpener = loginOpeners({ sessions, trustsMachine, isServicePeer: options.isServicePeer });
  const browsers = new BrowserLogins(new TenantLogins(runtime, tenants), { ...options, isOpener });
  const openRoutes = createOpenRoutes(gate, { ...options, instanceId: runtime.instance.id, browsers, resourceServer });
  const refusals = new Map<ErrorCode, number>();
  const asClient = (caller: Caller): Caller => ({ ...callers(caller, 'mcp'), tenant: caller.tenant });
  const shared = { limits, onError: report, asClient, ...defined({ closing: options.closing, cli: options.cli }) };
  const own = new RuntimeEdge(runtime, { ...options, ...shared, contexts, browsers, refusals });
  const createEdge = (other: Runtime): RuntimeEdge => {
    const ended = new AbortController();
    other.on('runtime.closing', () => {
      ended.abort();
    });
    const { closing } = options;
    return new RuntimeEdge(other, {
      ...shared,
      isOfTenant: true,
      closing: closing === undefined ? ended.signal : AbortSignal.any([closing, ended.signal]),
      contexts: new McpContexts({ profiles: other.profiles, refusals: loginRefusals, resourceServer }),
      browsers,
      refusals: new Map(),
      ...tenants?.sessionsOf?.(other),
    });
  };
  const edges = new TenantEdges({ own, tenants, create: createEdge, refusals: loginRefusals });

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
    const found = edges.of(req, caller);
    const access = found instanceof Promise ? await found : found;
    const { edge } = access;
    if (caller.door === 'mcp') {
      const context = await edge.contexts.of(req, target.path, access.caller);
      checkBody(req, limits.maxMessageBytes);
      const body = await readBody(req, limits.maxMessageBytes);
      if (body !== undefined) await edge.mcp.handle(req, res, body, context);
    } else await edge.serveApi(req, res, { target, caller: access.caller });
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
    if (what !== undefined) runtime.limits.count(what);
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

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
