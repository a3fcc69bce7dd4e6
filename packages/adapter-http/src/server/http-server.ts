import { createServer, type Server } from 'node:http';
import type { Runtime } from '@clarity-runtime/core';
import { assertBindAllowed } from '../guard/host-names.ts';
import { DEFAULT_LIMITS, type HttpLimits, type HttpServerOptions } from './options.ts';
import { createRequestListener } from './request-listener.ts';

const MAX_HEADER_BYTES = 16 * 1024;

export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
}

export interface HttpServer extends AsyncDisposable {
  /** Undefined until it listens and after it was closed. */
  readonly address: ListeningAddress | undefined;
  /** Rejects with the system's error when the port cannot be had. */
  listen(): Promise<ListeningAddress>;
  /** Takes no new connection, lets running requests end for a moment, then cuts what is left. May be called twice. */
  close(): Promise<void>;
}

/** A server of its own for a runtime. LOOPBACK_REQUIRED when it would be open to other machines without a token. */
export function createHttpServer(runtime: Runtime, options: HttpServerOptions): HttpServer {
  const { host, port, token, ready } = options;
  assertBindAllowed(host, token);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  let address: ListeningAddress | undefined;
  let closed: Promise<void> | undefined;
  const isReady = (): boolean => closed === undefined && (ready?.() ?? true);
  const server = createBoundedServer(limits);
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
