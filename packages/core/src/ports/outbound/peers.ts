import type { Connection, ConnectionEvents, ConnectOptions } from './service-connector.ts';

/** A daemon of the same store, as a lease names its holder. */
export type PeerName = string;

/**
 * Whether another daemon reaches the store. `away`: it does not, and has promised to take no expired lease for one duration
 * after the store is back. `gone`: no daemon has its address any more. `silent`: it gave no answer.
 */
export type PeerStanding = 'reached' | 'away' | 'gone' | 'silent';

/** The requests of other daemons of the store to this one. */
export interface PeerHost {
  /**
   * Opens a connection to a service whose process this daemon runs; never one over a third daemon.
   * @throws ClarityError UPSTREAM_UNREACHABLE if this daemon does not run it.
   */
  attach(serviceId: string, events: ConnectionEvents, options: ConnectOptions): Promise<Connection>;
  /** Returns the newest log lines of a service that this daemon has. */
  logs(serviceId: string, limit: number): Promise<readonly string[]>;
  /** Answers within a second. `false` is the promise of `PeerStanding`. */
  reachesStore(): Promise<boolean>;
}

/** The other daemons of the store. One request passes at most one of them. */
export interface Peers extends AsyncDisposable {
  /** Answers the requests of other daemons from now on. */
  serve(host: PeerHost): void;
  /**
   * Opens a connection to a service that `peer` runs.
   * @throws ClarityError UPSTREAM_UNREACHABLE if it does not answer or does not run the service; else the error of the service.
   */
  connect(
    peer: PeerName,
    serviceId: string,
    events: ConnectionEvents,
    options: Pick<ConnectOptions, 'signal' | 'mark'>,
  ): Promise<Connection>;
  /** @throws ClarityError UPSTREAM_UNREACHABLE */
  logs(peer: PeerName, serviceId: string, limit: number): Promise<readonly string[]>;
  /** Never rejects. */
  standing(peer: PeerName): Promise<PeerStanding>;
}
