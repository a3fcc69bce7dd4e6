import type { IncomingMessage, ServerResponse } from 'node:http';
import { SUPPORTED_REVISIONS, MODERN_REVISION, RpcCode, type LimitName, type RpcError } from '@clarity-runtime/core';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { invalidRequest, replyBytes } from '@clarity-runtime/core/protocol';
import { methodRefusal, refusal } from '../http/request-error.ts';
import { json, send } from '../http/response.ts';
import type { McpContext } from './mcp-post.ts';
import { MessageDispatcher } from './message-dispatcher.ts';
import { handlePost } from './post-handler.ts';
import { SESSION_HEADER } from './protocol-classification.ts';
import { acceptedForms, type Accepted } from './response-sink.ts';
import { findSession, SessionStore, type SessionLimits } from './session-store.ts';
import type { TombstoneStore } from './session-tombstones.ts';
import { SlowReplies } from './slow-replies.ts';
import { handleStream, StreamLimiter } from './stream-handler.ts';

/** The JSON that a browser shows for the endpoint. */
export const ENDPOINT_INFO = {
  name: 'clarity-runtime gateway',
  protocol: 'jsonrpc-2.0',
  protocolVersions: SUPPORTED_REVISIONS,
  supportedMethods: [
    'server/discover',
    'subscriptions/listen',
    'initialize',
    'ping',
    'logging/setLevel',
    'tools/list',
    'tools/call',
    'prompts/list',
    'prompts/get',
    'resources/list',
    'resources/templates/list',
    'resources/read',
    'resources/subscribe',
    'resources/unsubscribe',
    'completion/complete',
    'tasks/get',
    'tasks/result',
    'tasks/list',
    'tasks/update',
    'tasks/cancel',
  ],
} as const;

/** The handler of `/mcp` and `/mcp/<service>`, from the bytes of a body to the response. */
export interface McpEndpoint {
  /** @throws RequestError when the request is rejected before its message is read. */
  handle(req: IncomingMessage, res: ServerResponse, body: Uint8Array, context: McpContext): Promise<void>;
  /** Sessions in memory, and open streams. */
  readonly load: { readonly sessions: number; readonly streams: number };
}

export interface McpEndpointOptions {
  /** Writes one line to the log of the daemon. Default: standard error. */
  readonly onError?: (line: string) => void;
  /** Signs session ids: a later process with the same key accepts them. Default: random. */
  readonly sessionKey?: Uint8Array;
  /** Aborts when the server closes; open streams end then. */
  readonly closing?: AbortSignal;
  readonly sessions?: Partial<SessionLimits>;
  /** Keeps ended sessions over a restart. */
  readonly tombstones?: TombstoneStore;
  /** Streams that may be open at the same time. Default: 256. */
  readonly mostStreams?: number;
  /** Called for each request that a limit of this endpoint rejects. */
  readonly refused?: (limit: LimitName) => void;
  /** Id of the gateway in the marks of its requests. With it, a request that comes back is refused. */
  readonly gatewayId?: string;
  /** Milliseconds without a reply after which a response becomes a stream, if the client accepts one. Default: 1,000. */
  readonly streamAfterMs?: number;
}

const DEFAULT_MAX_STREAMS = 256;
const DEFAULT_STREAM_AFTER_MS = 1_000;
/** Milliseconds that calls have after the server began to close: less than the grace of its connections. */
const CLOSE_CALLS_MS = 1_500;

/** Creates the endpoint of a gateway (MCP, Streamable HTTP). */
export function mcpEndpoint(gateway: McpGateway, options: McpEndpointOptions = {}): McpEndpoint {
  const refused = options.refused ?? ((): void => undefined);
  const sessions = new SessionStore(gateway, options.sessionKey, {
    ...options.sessions,
    ...(options.tombstones === undefined ? {} : { tombstones: options.tombstones }),
    refused,
  });
  const closing = options.closing ?? new AbortController().signal;
  const openStreams = new Set<() => void>();
  closing.addEventListener('abort', () => {
    sessions.endStreams();
    setTimeout(() => {
      for (const end of openStreams) end();
    }, CLOSE_CALLS_MS).unref();
  });
  const dispatcher = new MessageDispatcher(gateway, sessions, {
    report: options.onError ?? toStandardError,
    closing,
    gatewayId: options.gatewayId,
  });
  const slowReplies = new SlowReplies(options.streamAfterMs ?? DEFAULT_STREAM_AFTER_MS);
  const limiter = new StreamLimiter(options.mostStreams ?? DEFAULT_MAX_STREAMS, refused);

  const openStream = (req: IncomingMessage, res: ServerResponse, context: McpContext): void => {
    const isModern = req.headers['mcp-protocol-version'] === MODERN_REVISION;
    const found = isModern ? undefined : findSession(sessions, { headers: req.headers, context });
    // Clients that get 405 continue without the stream (MCP 2025-11-25, Streamable HTTP).
    if (found === undefined) throw methodRefusal(req.method, ['POST']);
    if ('error' in found) refuse(res, found.status, found.error);
    else if (!limiter.take(res, context.caller))
      refuse(res, 503, { code: RpcCode.internalError, message: 'too many streams are open' });
    else handleStream(found, { req, res, onTooSlow: limiter.countTooSlow });
  };

  const handleOther = (
    req: IncomingMessage,
    res: ServerResponse,
    context: McpContext,
    accepted: Accepted,
  ): void | Promise<void> => {
    switch (req.method) {
      case 'GET':
      case 'HEAD':
        if (accepted.stream && req.method === 'GET') {
          openStream(req, res, context);
          return;
        }
        if (accepted.stream) throw methodRefusal(req.method, ['POST']);
        if (!accepted.json && !/text\/(?:html|\*)/i.test(req.headers.accept ?? '')) throw notAcceptable();
        send(res, json(ENDPOINT_INFO));
        return;
      case 'DELETE': {
        const id = req.headers[SESSION_HEADER];
        if (id === undefined) throw methodRefusal(req.method, ['GET', 'POST']);
        return endSession(res, typeof id === 'string' && sessions.end(id, context));
      }
      default:
        throw methodRefusal(req.method, ['GET', 'POST', 'DELETE']);
    }
  };

  return {
    get load() {
      return { sessions: sessions.size, streams: limiter.openCount };
    },
    handle(req, res, body, context) {
      const accepted = acceptedForms(req.headers.accept);
      if (req.method === 'POST') {
        return handlePost(dispatcher, { req, res, body, context, accepted, limiter, slowReplies, openStreams });
      }
      return Promise.resolve().then(() => handleOther(req, res, context, accepted));
    },
  };
}

async function endSession(res: ServerResponse, ended: Promise<boolean> | false): Promise<void> {
  if (await ended) res.writeHead(200, { 'content-length': 0 }).end();
  else refuse(res, 404, invalidRequest('session not found'));
}

function refuse(res: ServerResponse, status: number, error: RpcError): void {
  send(res, { status, body: replyBytes(undefined, { error }), headers: { 'content-type': 'application/json' } });
}

const notAcceptable = (): Error =>
  refusal(406, 'REQUEST_INVALID', 'only application/json is available', { field: 'accept' });

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
