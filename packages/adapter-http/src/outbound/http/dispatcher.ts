import type { LookupFunction } from 'node:net';
import { buildConnector, Pool, ProxyAgent, type Dispatcher } from 'undici';
import type { TlsSettings } from './tls-settings.ts';

/** Milliseconds that an idle connection is kept: less than the keep-alive timeout of common servers. */
const IDLE_MS = 4_000;
/** Upper bound of a longer keep-alive time that the server names. */
const MAX_IDLE_MS = 60_000;
const MAX_HEADER_BYTES = 32 * 1024;
/** Milliseconds until a connection is open, TLS included. */
const CONNECT_MS = 10_000;

export interface ConnectionSettings {
  readonly tls: TlsSettings;
  /** The proxy of the requests; absent for direct connections. */
  readonly proxy?: URL;
}

export interface ConnectionHooks {
  /** Throws if a connection to the URL is not allowed. Runs for each connection. */
  check(): void;
  /** Resolves and checks the host of a direct connection. */
  readonly lookup: LookupFunction;
  onConnected(): void;
}

const LIMITS = {
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: IDLE_MS,
  keepAliveMaxTimeout: MAX_IDLE_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
} as const;

/** Returns a pool of connections to the origin of one upstream. It follows no redirects. */
export function createDispatcher(url: URL, { tls, proxy }: ConnectionSettings, hooks: ConnectionHooks): Dispatcher {
  const own = { ...tls, ca: tls.ca === undefined ? undefined : [...tls.ca], timeout: CONNECT_MS };
  if (proxy !== undefined) return proxyDispatcher(proxy, own);
  const connect = buildConnector({
    ...own,
    lookup: hooks.lookup,
    autoSelectFamily: true,
  });
  return new Pool(url.origin, {
    ...LIMITS,
    connect: (options, done) => {
      try {
        hooks.check();
      } catch (error) {
        done(error as Error, null);
        return;
      }
      connect(options, (...outcome) => {
        if (outcome[0] === null) hooks.onConnected();
        done(...outcome);
      });
    },
  });
}

/** The proxy resolves the name of the upstream. HTTPS goes through a tunnel; a plain request is forwarded by the proxy. */
function proxyDispatcher(proxy: URL, tls: object): Dispatcher {
  const { username, password } = proxy;
  const target = new URL(proxy);
  target.username = '';
  target.password = '';
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return new ProxyAgent({
    ...LIMITS,
    uri: target.href,
    ...(username === '' && password === '' ? {} : { token: `Basic ${login}` }),
    proxyTls: { timeout: CONNECT_MS, rejectUnauthorized: true } as buildConnector.BuildOptions,
    requestTls: tls as buildConnector.BuildOptions,
    proxyTunnel: false,
  });
}
