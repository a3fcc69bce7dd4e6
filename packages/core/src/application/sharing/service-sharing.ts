import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { originKind, originKinds } from '../../domain/services/origin-kinds.ts';
import type {
  Clock,
  Connection,
  ConnectionEvents,
  ConnectOptions,
  Leases,
  PeerHost,
  Peers,
  ServiceConnector,
  Telemetry,
} from '../../ports/index.ts';
import { OwnedConnector } from './owned-connector.ts';
import { StoreStanding } from './store-standing.ts';

/** Dependencies of `ServiceSharing`. */
export interface ServiceSharingOptions {
  readonly leases: Leases;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Id of this runtime. */
  readonly id: string;
  /** Duration of the leases in milliseconds. */
  readonly ttlMs?: number;
}

const TTL_MS = 6_000;

/** The processes of services and their logs, as runtimes over one store share them. */
export class ServiceSharing implements PeerHost, AsyncDisposable {
  readonly #options: ServiceSharingOptions;
  readonly #standing: StoreStanding;
  readonly #connectors: OwnedConnector[] = [];

  constructor(options: ServiceSharingOptions) {
    this.#options = options;
    this.#standing = new StoreStanding({ ...options, ttlMs: this.#ttlMs });
    options.peers.serve(this);
  }

  /** Returns the connectors; of a kind that starts processes, one whose services have one process among all daemons. */
  share(connectors: readonly ServiceConnector[]): readonly ServiceConnector[] {
    const kinds = originKinds(connectors);
    return connectors.map((connector) => {
      if (!originKind(connector.origin, kinds).runsCommand) return connector;
      const shared = new OwnedConnector(connector, {
        ...this.#options,
        standing: this.#standing,
        ttlMs: this.#ttlMs,
      });
      this.#connectors.push(shared);
      return shared;
    });
  }

  async attach(serviceId: string, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const owner = this.#connectors.find((connector) => connector.owns(serviceId));
    if (owner === undefined) throw new ClarityError('UPSTREAM_UNREACHABLE', 'this daemon does not run the service');
    return owner.attach(serviceId, events, options);
  }

  logs(serviceId: string, limit: number): Promise<readonly string[]> {
    return this.#options.telemetry.logs(DEFAULT_TENANT, serviceId, limit);
  }

  /** Returns the log lines that the owner of a service has; undefined if it is this daemon or gives no answer. */
  async logsOfOwner(serviceId: string, limit: number): Promise<readonly string[] | undefined> {
    const owner = this.#connectors.map((connector) => connector.ownerOf(serviceId)).find((name) => name !== undefined);
    if (owner === undefined) return undefined;
    return this.#options.peers.logs(owner, serviceId, limit).catch(() => undefined);
  }

  reachesStore(): Promise<boolean> {
    return this.#standing.reachesStore();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#standing[Symbol.asyncDispose]();
  }

  get #ttlMs(): number {
    return this.#options.ttlMs ?? TTL_MS;
  }
}
