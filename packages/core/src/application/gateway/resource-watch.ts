import type { McpNotification } from '../../domain/mcp/mcp.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { silentRequest } from '../../domain/mcp/silent-request.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Connection } from '../../ports/index.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';

type OnUpdate = (uri: string) => void;
/** Returns the final limits of a request to a service. */
type ResolveLimits = (serviceId: string, requested: CallLimits) => CallLimits;

interface Watched {
  readonly uri: string;
  readonly serviceId: string;
  readonly callbacks: Set<OnUpdate>;
  /** The connection with the subscription. */
  connection: Connection | undefined;
  end: AbortController;
}

const MAX_WATCHED = 2_000;
/** Limit of a stream that has no limit of its own. */
const NO_LIMIT_MS = 2_147_483_647;
const REPLY_LIMIT_MS = 30_000;
const MAX_REPLY_BYTES = 1024 * 1024;
const UPDATED = 'notifications/resources/updated';

/** Subscribes each resource once at its service, regardless of the count of subscribed clients. */
export class ResourceWatch {
  readonly #supervisor: ServiceSupervisor;
  readonly #onLimit: (limit: LimitName) => void;
  readonly #limitsOf: ResolveLimits;
  readonly #watched = new Map<string, Watched>();

  constructor(supervisor: ServiceSupervisor, onLimit: (limit: LimitName) => void, limitsOf: ResolveLimits) {
    this.#supervisor = supervisor;
    this.#onLimit = onLimit;
    this.#limitsOf = limitsOf;
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Adds a subscription. Returns the function that ends it; undefined when 2,000 resources are watched. */
  watch(serviceId: string, uri: string, onUpdate: OnUpdate): (() => void) | undefined {
    const key = `${serviceId} ${uri}`;
    const known = this.#watched.get(key);
    if (known === undefined && this.#watched.size >= MAX_WATCHED) {
      this.#onLimit('subscription.too_many');
      return undefined;
    }
    const watched = known ?? {
      uri,
      serviceId,
      callbacks: new Set(),
      connection: undefined,
      end: new AbortController(),
    };
    // Each subscription counts, even if one client has two.
    const own: OnUpdate = (updated) => {
      onUpdate(updated);
    };
    watched.callbacks.add(own);
    this.#watched.set(key, watched);
    this.#follow(watched);
    return () => {
      watched.callbacks.delete(own);
      if (watched.callbacks.size > 0 || this.#watched.get(key) !== watched) return;
      this.#watched.delete(key);
      this.#unfollow(watched);
    };
  }

  /** Receives a notification from the shared connection of a service. */
  notified(serviceId: string, { method, params }: McpNotification): void {
    const uri = method === UPDATED ? params.get('uri')?.value : undefined;
    if (typeof uri === 'string') this.#updated(serviceId, uri);
  }

  /** Subscribes again at services with a new connection. */
  changed(): void {
    for (const watched of this.#watched.values()) this.#follow(watched);
  }

  /** A service may name a part of the subscribed resource. */
  #updated(serviceId: string, uri: string): void {
    for (const watched of this.#watched.values()) {
      const isMatch = watched.uri === uri || uri.startsWith(`${watched.uri.replace(/\/$/, '')}/`);
      if (watched.serviceId !== serviceId || !isMatch) continue;
      for (const onUpdate of [...watched.callbacks]) onUpdate(uri);
    }
  }

  #follow(watched: Watched): void {
    const connection = this.#supervisor.connection(watched.serviceId);
    if (connection === undefined || connection === watched.connection) return;
    watched.connection = connection;
    watched.end.abort();
    watched.end = new AbortController();
    if (connection.era === 'legacy') void this.#send(connection, 'resources/subscribe', watched);
    else void this.#listen(connection, watched);
  }

  #unfollow(watched: Watched): void {
    watched.end.abort();
    const { connection } = watched;
    if (connection?.era === 'legacy') void this.#send(connection, 'resources/unsubscribe', watched);
  }

  async #send(connection: Connection, method: string, watched: Watched): Promise<void> {
    const params = new Map([['uri', RawJson.of(watched.uri)]]);
    const options = this.#options(watched, new AbortController().signal, REPLY_LIMIT_MS);
    await connection.request({ method, params }, options).catch(() => undefined);
  }

  async #listen(connection: Connection, watched: Watched): Promise<void> {
    const params = new Map([['notifications', RawJson.of({ resourceSubscriptions: [watched.uri] })]]);
    const { signal } = watched.end;
    const onNotification = (notification: McpNotification): void => {
      this.notified(watched.serviceId, notification);
    };
    const options = { ...this.#options(watched, signal, NO_LIMIT_MS), onNotification };
    await connection.request({ method: 'subscriptions/listen', params }, options).catch(() => undefined);
    // The next change of the service tries again.
    if (!signal.aborted && watched.connection === connection) watched.connection = undefined;
  }

  #options({ serviceId }: Watched, signal: AbortSignal, ms: number) {
    const requested = { idleMs: ms, totalMs: ms, maxReplyBytes: MAX_REPLY_BYTES };
    return silentRequest(signal, this.#limitsOf(serviceId, requested));
  }
}
