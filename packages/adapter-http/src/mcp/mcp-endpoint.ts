import { SUPPORTED_REVISIONS, MODERN_REVISION, RpcCode, type LimitName, type RpcError } from '@clarity-runtime/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { McpGateway } from '@clarity-runtime/core/ports';
import { methodRefusal, refusal } from '../http/request-error.ts';
import { json, send } from '../http/response.ts';
import { acceptedForms, type Accepted } from './response-sink.ts';
import { SESSION_HEADER } from './protocol-classification.ts';
import { handlePost } from './post-handler.ts';
import { invalidRequest } from './rpc-message.ts';
import type { McpContext } from './mcp-post.ts';
import { MessageDispatcher } from './message-dispatcher.ts';
import { findSession, SessionStore, type SessionLimits } from './session-store.ts';
import { handleStream, StreamLimiter } from './stream-handler.ts';

/** What a person sees who opens the endpoint in a browser. */
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
  ],
} as const;

/** What stands behind `/mcp` and `/mcp/<service>`: everything from the bytes of a body to the response. */
export interface McpEndpoint {
  /** Rejects with an RequestError for what is wrong before a message is read. */
  handle(req: IncomingMessage, res: ServerResponse, body: Uint8Array, context: McpContext): Promise<void>;
  /** Sessions that are held in memory, and streams that are open. */
  readonly load: { readonly sessions: number; readonly streams: number };
}

export interface McpEndpointOptions {
  /** One entry for the daemon's own log; standard error when absent. */
  readonly onError?: (line: string) => void;
  /** Signs session ids: sessions outlive the process that has the same key. A random one when absent. */
  readonly sessionKey?: Uint8Array;
  /** Aborts when the server closes: streams without an end in sight end then. */
  readonly closing?: AbortSignal;
  readonly sessions?: Partial<SessionLimits>;
  /** Streams without an end in sight that may be open at once; 256 when absent. */
  readonly mostStreams?: number;
  /** Told of what a bound of this endpoint refuses. */
  readonly refused?: (what: LimitName) => void;
  /** Milliseconds after which an answer that its client can resume becomes a stream; 1,000 when absent. */
  readonly streamAfterMs?: number;
}

const MAX_STREAMS = 256;
const STREAM_AFTER_MS = 1_000;

export function mcpEndpoint(gateway: McpGateway, options: McpEndpointOptions = {}): McpEndpoint {
  const refused = options.refused ?? ((): void => undefined);
  const sessions = new SessionStore(gateway, options.sessionKey, { ...options.sessions, refused });
  const closing = options.closing ?? new AbortController().signal;
  closing.addEventListener('abort', () => {
    sessions.endStreams();
  });
  const server = new MessageDispatcher(gateway, sessions, { report: options.onError ?? toStandardError, closing });
  const streamAfterMs = options.streamAfterMs ?? STREAM_AFTER_MS;
  const slots = new StreamLimiter(options.mostStreams ?? MAX_STREAMS, refused);

  const openStream = (req: IncomingMessage, res: ServerResponse, context: McpContext): void => {
    const isModern = req.headers['mcp-protocol-version'] === MODERN_REVISION;
    const found = isModern ? undefined : findSession(sessions, { headers: req.headers, context });
    // Clients read the 405 as "there is no such stream" and go on without.
    if (found === undefined) throw methodRefusal(req.method, ['POST']);
    if ('error' in found) refuse(res, found.status, found.error);
    else if (!slots.take(res)) refuse(res, 503, { code: RpcCode.internalError, message: 'too many streams are open' });
    else handleStream(found, { req, res, tooSlow: slots.tooSlow });
  };

  const handleOther = (req: IncomingMessage, res: ServerResponse, context: McpContext, accepted: Accepted): void => {
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
        const isEnded = typeof id === 'string' && sessions.end(id, context);
        if (isEnded) res.writeHead(200, { 'content-length': 0 }).end();
        else refuse(res, 404, invalidRequest('no such session'));
        return;
      }
      default:
        throw methodRefusal(req.method, ['GET', 'POST', 'DELETE']);
    }
  };

  return {
    get load() {
      return { sessions: sessions.size, streams: slots.taken };
    },
    handle(req, res, body, context) {
      const accepted = acceptedForms(req.headers.accept);
      if (req.method === 'POST') {
        return handlePost(server, { req, res, body, context, accepted, slots, streamAfterMs });
      }
      return Promise.resolve().then(() => {
        handleOther(req, res, context, accepted);
      });
    },
  };
}

function refuse(res: ServerResponse, status: number, error: RpcError): void {
  send(res, json({ jsonrpc: '2.0', error }, status));
}

const notAcceptable = (): Error =>
  refusal(406, 'REQUEST_INVALID', 'it is only there as application/json', { field: 'accept' });

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
