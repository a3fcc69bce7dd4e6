import { createServer, type Server } from 'node:http';
import type { Runtime } from '@clarity-runtime/core';
import { assertBindAllowed } from '../guard/host-names.ts';
import { DEFAULT_LIMITS, type HttpLimits, type HttpServerOptions } from './options.ts';
import { createRequestListener } from './request-listener.ts';

const MAX_HEADER_BYTES = 16 * 1024;

export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, without a trailing slash. */
  readonly url: string;
}

export interface HttpServer extends AsyncDisposable {
  /** Undefined before `listen` and after `close`. */
  readonly address: ListeningAddress | undefined;
  /** Rejects with the error of the system when the port is not available. */
  listen(): Promise<ListeningAddress>;
  /** Stops accepting connections, waits `closeGraceMs` for open requests, then aborts them. Idempotent. */
  close(): Promise<void>;
}

/**
 * Returns an HTTP server for a runtime.
 * @throws ClarityError LOOPBACK_REQUIRED when it would listen for other machines without a token
 */
export function createHttpServer(runtime: Runtime, options: HttpServerOptions): HttpServer {
  const { host, port, token, ready } = options;
  assertBindAllowed(host, token);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  let address: ListeningAddress | undefined;
  let closed: Promise<void> | undefined;
  const isReady = (): boolean => closed === undefined && (ready?.() ?? true);
  const server = createBoundedServer(limits);
  server.on('drop', () => {
    runtime.limits.count('socket.too_many');
  });
  const closing = new AbortController();
  server.on('request', createRequestListener(runtime, { ...options, ready: isReady, closing: closing.signal }));

  const listen = async (): Promise<ListeningAddress> => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const bound = server.address();
    const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
    address = { host, port: actual, url: `http://${host.includes(':') ? `[${host}]` : host}:${String(actual)}` };
    return address;
  };
  const close = (): Promise<void> => {
    closing.abort();
    return (closed ??= drain(server, limits.closeGraceMs));
  };

  return {
    get address() {
      return closed === undefined ? address : undefined;
    },
    listen,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createBoundedServer(limits: HttpLimits): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.requestTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
    insecureHTTPParser: false,
    requireHostHeader: true,
  });
  // Bounded by their bytes: a bound on their number would drop the last ones without a word.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.maxConnections;
  return server;
}

async function drain(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const done = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  await done;
  clearTimeout(cut);
}
