import { createServer, type Server } from 'node:http';
import type { Runtime } from '@clarity-runtime/core';
import { assertBindAllowed } from '../guard/host-names.ts';
import { DEFAULT_LIMITS, type HttpLimits, type HttpServerOptions } from './options.ts';
import { createRequestListener } from './request-listener.ts';

const MAX_HEADER_BYTES = 16 * 1024;

/** The address that a server listens on. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, without a trailing slash. */
  readonly url: string;
}

/** A server of a runtime with its own listeners. */
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
  const { host, port, otherHosts = [], token, ready } = options;
  // A resolver identifies every caller, so no request of another machine is trusted for its address.
  if (options.callers === undefined) for (const each of [host, ...otherHosts]) assertBindAllowed(each, token);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  let address: ListeningAddress | undefined;
  let closed: Promise<void> | undefined;
  const isReady = (): boolean => closed === undefined && (ready?.() ?? true);
  const closing = new AbortController();
  const listener = createRequestListener(runtime, { ...options, ready: isReady, closing: closing.signal });
  const servers = [host, ...otherHosts].map((each) => ({ host: each, server: createBoundedServer(limits) }));
  for (const { server } of servers) {
    server.on('drop', () => {
      runtime.limits.count('socket.too_many');
    });
    server.on('request', listener);
  }
  shareConnections(
    servers.map(({ server }) => server),
    limits.maxConnections,
  );

  const listen = async (): Promise<ListeningAddress> => {
    const actual = await listenOnOnePort(servers, port);
    address = { host, port: actual, url: `http://${host.includes(':') ? `[${host}]` : host}:${String(actual)}` };
    return address;
  };
  const close = (): Promise<void> => {
    closing.abort();
    return (closed ??= Promise.all(servers.map(({ server }) => drain(server, limits.closeGraceMs))).then(
      () => undefined,
    ));
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

interface BoundServer {
  readonly host: string;
  readonly server: Server;
}

/** Attempts to find a port that is free on all addresses, when the system selects the port. */
const MAX_PORT_ATTEMPTS = 16;
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Listens with all servers on the same port and returns it. Skips an address after the first that this machine does not have,
 * for example `::1` without IPv6. Rejects with the error of the system, without an open listener.
 */
async function listenOnOnePort([first, ...others]: readonly BoundServer[], port: number): Promise<number> {
  if (first === undefined) return port;
  for (let attempt = 1; ; attempt += 1) {
    const selected = await listenOn(first, port);
    try {
      for (const other of others) {
        await listenOn(other, selected).catch((error: unknown) => {
          if (!['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error) ?? '')) throw error;
        });
      }
      return selected;
    } catch (error) {
      await Promise.all([first, ...others].map(({ server }) => drain(server, 0)));
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || attempt === MAX_PORT_ATTEMPTS) throw error;
    }
  }
}

async function listenOn({ host, server }: BoundServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host, ...(host === '::1' ? { ipv6Only: true } : {}) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

/** Bounds the connections of all servers together. Each server may accept what the others leave, at least one. */
function shareConnections(servers: readonly Server[], limit: number): void {
  const counts = new Map(servers.map((server) => [server, 0]));
  const update = (server: Server, change: number): void => {
    counts.set(server, (counts.get(server) ?? 0) + change);
    let total = 0;
    for (const count of counts.values()) total += count;
    for (const [each, own] of counts) each.maxConnections = Math.max(1, limit - total + own);
  };
  for (const server of servers) {
    server.maxConnections = limit;
    if (servers.length === 1) continue;
    server.on('connection', (socket) => {
      update(server, 1);
      socket.once('close', () => {
        update(server, -1);
      });
    });
  }
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
