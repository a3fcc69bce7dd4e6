import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Runtime } from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import type { CallerResolver } from '../guard/caller-resolver.ts';
import { entryPointOf } from '../guard/request-target.ts';
import { answerFetch, type FetchContext } from './fetch-exchange.ts';
import { createListener } from './request-listener.ts';

/** Settings of `createMcpHandler`. */
export interface McpHandlerOptions {
  /** Identifies the caller of each request. Without it no request is served: an address of this machine is not trusted. */
  readonly callers: CallerResolver;
  /**
   * Prefix in front of `/mcp`, for example `/tools`, for a server that does not remove it from the request target: `node:http`,
   * Fastify, and every server of the Fetch API. Express and Connect remove the path that they mount a handler at. Default: none.
   */
  readonly basePath?: string;
  /** Names for `Host` beside the loopback names; ports are not compared. Needed unless `publicUrl` is set. */
  readonly allowedHosts?: readonly string[];
  /** The address that clients use, for example of a proxy with TLS. Its host and its origin are accepted. */
  readonly publicUrl?: URL;
  /** Exact origins of browser clients, for example `https://app.example`. Other web origins are refused. */
  readonly allowedOrigins?: readonly string[];
  /** Maximum size of a message in bytes; default 16 MiB and 64 KiB. */
  readonly maxBodyBytes?: number;
  /** Folder of the built status page. With it the handler also serves `/status`, and the API that the page uses. */
  readonly statusPageFolder?: string;
  /** Signs session ids: with the same key they survive a restart. Default: a random key. */
  readonly sessionKey?: Uint8Array;
  /** Receives one line with the details of an error that a response omits; default: standard error. */
  readonly onError?: (line: string) => void;
}

/** The MCP endpoint for a server that the program runs. Both functions work without `this`. */
export interface McpHandler {
  /**
   * Handles a request of `node:http`. With `next` a request for another path is passed on, without it the response is 404.
   * The handler reads the body itself; a body that was parsed before is refused with BODY_ALREADY_READ.
   */
  readonly node: (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;
  /** Handles a request of the Fetch API. Never rejects. */
  readonly fetch: (request: Request, context?: FetchContext) => Promise<Response>;
}

/**
 * Returns the MCP endpoint of a runtime (`/mcp`, `/mcp/<service>`, `/mcp/profiles/<name>`) for `node:http`, Express and Fastify,
 * and for servers of the Fetch API such as Hono, Bun and Deno. It checks `Host` and `Origin`, bounds the body, and ends its
 * streams when the runtime closes.
 * @throws ClarityError REQUEST_INVALID when a name, an origin or the base path is not valid
 */
export function createMcpHandler(runtime: Runtime, options: McpHandlerOptions): McpHandler {
  const { callers, maxBodyBytes, sessionKey, statusPageFolder, ...shared } = options;
  const closing = new AbortController();
  runtime.on('runtime.closing', () => {
    closing.abort();
  });
  const listener = createListener(
    runtime,
    {
      ...shared,
      callers,
      closing: closing.signal,
      ...defined({ statusPageFolder, mcpSessionKey: sessionKey }),
      ...(maxBodyBytes === undefined ? {} : { limits: { maxMessageBytes: maxBodyBytes } }),
    },
    statusPageFolder === undefined ? (path) => entryPointOf(path) === 'mcp' : undefined,
  );
  return {
    node: (req, res, next) => {
      listener(req, res, next);
    },
    fetch: (request, context) => answerFetch(listener, request, context),
  };
}
