import {
  ClarityError,
  isClarityError,
  systemClock,
  type CallLimits,
  type Manifest,
  type RemoteMcpOrigin,
  type Service,
} from '@clarity-runtime/core';
import type {
  Connection,
  ConnectionEvents,
  ConnectOptions,
  ServiceConnector,
  UpstreamAuthorization,
} from '@clarity-runtime/core/ports';
import { toDisplayText, EraCache, type ConnectionClock } from '@clarity-runtime/core/protocol';
import { EndpointRules } from './http/endpoint-rules.ts';
import { HttpClient } from './http/http-client.ts';
import { proxyOf } from './http/proxy.ts';
import { readTlsSettings } from './http/tls-settings.ts';
import { UpstreamSender } from './http/upstream-sender.ts';
import { DEFAULT_HTTP_CONNECTOR_LIMITS, type HttpConnectorLimits, type HttpConnectorOptions } from './http/options.ts';
import { SseConnection } from './sse/sse-connection.ts';
import { StreamableConnection } from './streamable/streamable-connection.ts';
import { UpstreamCredential } from './http/upstream-credential.ts';
import type { Upstream } from './http/upstream.ts';
import { UpstreamFailure } from './http/upstream-failure.ts';

/** Returns the connector of MCP servers over HTTP. It reads no environment but `options.environment`. */
export const httpConnector = (options: HttpConnectorOptions = {}): ServiceConnector => new HttpConnector(options);

interface Opening {
  readonly transport: RemoteMcpOrigin['transport'];
  readonly signal: AbortSignal;
  readonly mark: string | undefined;
  readonly isTrial?: boolean;
  readonly authorization?: UpstreamAuthorization | undefined;
}

/** The failure can mean that the server has another transport. */
const isOfTransport = (error: unknown): boolean =>
  error instanceof UpstreamFailure
    ? error.status >= 400 && error.status < 500 && ![401, 403, 407, 408, 429].includes(error.status)
    : isClarityError(error) && error.code === 'UPSTREAM_PROTOCOL';

class HttpConnector implements ServiceConnector {
  readonly origin = 'remote_mcp';
  readonly sessions = true;
  readonly defaultLimits: CallLimits;
  readonly #options: HttpConnectorOptions;
  readonly #rules: EndpointRules;
  readonly #limits: HttpConnectorLimits;
  readonly #clock: ConnectionClock;
  readonly #eras: EraCache;
  /** Transports that differ from the manifest, by endpoint. */
  readonly #transports = new Map<string, RemoteMcpOrigin['transport']>();

  constructor(options: HttpConnectorOptions) {
    this.#options = options;
    this.#rules = new EndpointRules(options);
    this.#limits = { ...DEFAULT_HTTP_CONNECTOR_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.defaultLimits = {
      idleMs: this.#limits.callTimeoutMs,
      totalMs: this.#limits.maxCallTimeoutMs,
      maxReplyBytes: this.#limits.maxReplyBytes,
      maxMediaBytes: Math.max(this.#limits.maxReplyBytes, this.#limits.maxMediaBytes),
    };
    this.#eras = new EraCache(this.#limits.eraHorizonMs, () => this.#clock.monotonic());
  }

  async admit({ spec: { origin } }: Manifest): Promise<undefined> {
    this.#rules.check(new URL(remote(origin).endpoint));
    return Promise.resolve(undefined);
  }

  /**
   * Opens a connection with the transport of the manifest. If the server shows that it does not have it, the other transport is
   * tried (MCP 2025-03-26, Transports, "Backwards Compatibility"), and used until the connector ends.
   */
  async connect(service: Service, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const { signal, mark, authorization } = options;
    const isAborted = (): boolean => signal.aborted;
    if (isAborted()) throw new ClarityError('CALL_CANCELLED', '');
    const { endpoint, transport: wanted } = remote(service.manifest.spec.origin);
    const first = this.#transports.get(endpoint) ?? wanted;
    try {
      return await this.#open(service, events, { transport: first, signal, mark, authorization });
    } catch (error) {
      if (isAborted() || !isOfTransport(error)) throw error;
      const transport = first === 'sse_http' ? 'streamable_http' : 'sse_http';
      const trial: Opening = { transport, signal, mark, authorization, isTrial: true };
      const connection = await this.#open(service, events, trial).catch(() => undefined);
      if (connection === undefined) throw error;
      this.#transports.set(endpoint, transport);
      events.onLog(`The service uses the transport ${transport}; spec.origin.transport is ${wanted}`);
      return connection;
    }
  }

  async #open(
    service: Service,
    events: ConnectionEvents,
    { transport, signal, mark, isTrial, authorization }: Opening,
  ): Promise<Connection> {
    const upstream = await this.#upstream(service, events, { mark, authorization });
    const { endpoint } = upstream.origin;
    const isStreamable = transport === 'streamable_http';
    const connection = isStreamable ? new StreamableConnection(upstream) : new SseConnection(upstream);
    try {
      if (connection instanceof SseConnection) {
        await connection.open(signal, isTrial === true ? this.#limits.probeMs : undefined);
      } else {
        await connection.open(events.era ?? this.#eras.get(endpoint, service.era), signal);
        // A requested era is not the era that the service prefers. A verdict without evidence is not remembered.
        if (events.era === undefined && connection.isEraProven) this.#eras.set(endpoint, connection.era);
      }
      return connection;
    } catch (error) {
      if (events.era === undefined) this.#eras.forget(endpoint);
      await connection.close('it could not be opened');
      throw error;
    }
  }

  async #upstream(
    service: Service,
    events: ConnectionEvents,
    { mark, authorization }: Pick<Opening, 'mark' | 'authorization'>,
  ): Promise<Upstream> {
    const origin = remote(service.manifest.spec.origin);
    this.#rules.check(new URL(origin.endpoint));
    const credential = new UpstreamCredential(service, origin, this.#options.credentials, authorization);
    await credential.refresh();
    const url = await credential.endpoint();
    const { environment = {} } = this.#options;
    const proxy = proxyOf(url, origin.proxy, environment);
    const tls = await readTlsSettings(origin.tls, environment);
    const client = await HttpClient.open(url, this.#rules, { tls, ...(proxy === undefined ? {} : { proxy }) });
    const sender = new UpstreamSender(client, credential, { refused: (what) => events.onLimit?.(what), mark });
    const log = (line: string): void => {
      events.onLog(toDisplayText(credential.redact(line)));
    };
    const [limits, clock] = [this.#limits, this.#clock];
    return { service, origin, url, client, sender, credential, events, log, limits, clock };
  }
}

function remote(origin: Manifest['spec']['origin']): RemoteMcpOrigin {
  if (origin.type === 'remote_mcp') return origin;
  throw new ClarityError('ORIGIN_UNSUPPORTED', origin.type);
}
