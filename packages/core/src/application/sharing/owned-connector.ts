import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { OriginKind } from '../../domain/services/origin-kinds.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { Service } from '../../domain/services/service.ts';
import type {
  Connection,
  ConnectionEvents,
  ConnectOptions,
  PeerName,
  Peers,
  ServiceConnector,
} from '../../ports/index.ts';
import { storeFailure } from '../support/store-failure.ts';
import { OwnedProcess } from './owned-process.ts';
import { Ownership, type OwnershipOptions } from './ownership.ts';

/** Dependencies of `OwnedConnector`. */
export interface OwnedConnectorOptions extends OwnershipOptions {
  readonly peers: Peers;
}

/** Longest pause between two attempts to reach the owner, or to become it. */
const PAUSE_MS = 250;
/** Milliseconds that the owner has to run the service again before the attempt fails. */
const ABSENT_MS = 15_000;
/** Milliseconds that a daemon stays the owner of a process that ended by itself, so that it starts it again. */
const KEPT_MS = 15_000;

/**
 * A connector whose services have one process among the daemons of a store. The owner starts it; every other daemon connects to
 * it over the owner. A connection to an owner that ends becomes one to the next owner, or this daemon takes over.
 */
export class OwnedConnector implements ServiceConnector {
  readonly origin: OriginType;
  readonly kind?: OriginKind;
  readonly sessions?: boolean | 'costly';
  readonly defaultLimits?: CallLimits;
  readonly #inner: ServiceConnector;
  readonly #options: OwnedConnectorOptions;
  readonly #owned = new Map<string, OwnedProcess>();
  /** Owners that this daemon has a connection to, or had one last. */
  readonly #owners = new Map<string, PeerName>();

  constructor(inner: ServiceConnector, options: OwnedConnectorOptions) {
    this.origin = inner.origin;
    if (inner.kind !== undefined) this.kind = inner.kind;
    if (inner.sessions !== undefined) this.sessions = inner.sessions;
    if (inner.defaultLimits !== undefined) this.defaultLimits = inner.defaultLimits;
    this.#inner = inner;
    this.#options = options;
  }

  admit: ServiceConnector['admit'] = (manifest, limits) => this.#inner.admit(manifest, limits);

  async endLeftovers(serviceId: string): Promise<void> {
    await this.#inner.endLeftovers?.(serviceId);
  }

  /** Returns the daemon that owns a service, if it is another one and this daemon has connected to it. */
  ownerOf(serviceId: string): PeerName | undefined {
    return this.#owned.has(serviceId) ? undefined : this.#owners.get(serviceId);
  }

  /** Opens a connection of another daemon. @throws ClarityError UPSTREAM_UNREACHABLE if this daemon does not run the service. */
  async attach(serviceId: string, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const owned = this.#owned.get(serviceId);
    if (owned === undefined) throw new ClarityError('UPSTREAM_UNREACHABLE', 'this daemon does not run the service');
    return owned.attach(events, options);
  }

  /** Whether this daemon owns a service. */
  owns(serviceId: string): boolean {
    return this.#owned.get(serviceId)?.ownership.isValid === true;
  }

  async connect(service: Service, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const { serviceId } = service;
    if (events.clientCapabilities !== undefined) return this.#session(service, events, options);
    const { clock } = this.#options;
    const { signal } = options;
    const startedAt = clock.monotonic();
    for (;;) {
      signal.throwIfAborted();
      const taken = await this.#take(service, signal);
      if (taken instanceof OwnedProcess) return this.#start(taken, events, options);
      let absence = 'its owner is not known yet';
      if (taken.by !== '') this.#owners.set(serviceId, taken.by);
      for (const peer of taken.by === '' ? this.#possibleOwners(serviceId) : [taken.by]) {
        try {
          const connection = await this.#options.peers.connect(peer, serviceId, events, options);
          this.#owners.set(serviceId, peer);
          return connection;
        } catch (error) {
          if (!isClarityError(error) || error.code !== 'UPSTREAM_UNREACHABLE') throw error;
          absence = error.message;
        }
      }
      if (clock.monotonic() - startedAt > ABSENT_MS) throw new ClarityError('UPSTREAM_UNREACHABLE', absence);
      // Another daemon that starts or ends is not a service without a sign of life.
      events.onActivity?.();
      await clock.after(Math.min(PAUSE_MS, taken.retryAfterMs), signal);
    }
  }

  #session(service: Service, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const { serviceId } = service;
    const owner = this.ownerOf(serviceId);
    if (owner === undefined) return this.attach(serviceId, events, options);
    return this.#options.peers.connect(owner, serviceId, events, options);
  }

  async #take(service: Service, signal: AbortSignal): Promise<OwnedProcess | { by: PeerName; retryAfterMs: number }> {
    const { serviceId } = service;
    const kept = this.#owned.get(serviceId);
    const parts = { connector: this.#inner, clock: this.#options.clock, isCurrent: this.#isCurrent };
    if (kept?.ownership.isValid === true)
      return this.#own(new OwnedProcess(service, { ...parts, ownership: kept.ownership }));
    this.#owned.delete(serviceId);
    try {
      const taken = await Ownership.take(this.#options, serviceId, signal);
      if (taken instanceof Ownership) return this.#own(new OwnedProcess(service, { ...parts, ownership: taken }));
      return taken;
    } catch (error) {
      // Without the store the owner may still run the process.
      if (this.#possibleOwners(serviceId).length > 0) return { by: '', retryAfterMs: PAUSE_MS };
      throw storeFailure(error);
    }
  }

  /** The daemons to ask while the store does not say which one is the owner: first the last owner that is known. */
  #possibleOwners(serviceId: string): readonly PeerName[] {
    const last = this.#owners.get(serviceId);
    return [...new Set([...(last === undefined ? [] : [last]), ...this.#options.standing.others])];
  }

  readonly #isCurrent = (process: OwnedProcess): boolean => this.#owned.get(process.service.serviceId) === process;

  #own(process: OwnedProcess): OwnedProcess {
    const { serviceId } = process.service;
    this.#owned.set(serviceId, process);
    process.ownership.ended.addEventListener('abort', () => {
      if (this.#isCurrent(process)) this.#owned.delete(serviceId);
    });
    return process;
  }

  async #start(process: OwnedProcess, events: ConnectionEvents, options: ConnectOptions): Promise<Connection> {
    const { ownership } = process;
    const keep = async (): Promise<void> => {
      await this.#options.clock.after(KEPT_MS, ownership.ended);
      if (this.#isCurrent(process)) await ownership.release();
    };
    const onClose: ConnectionEvents['onClose'] = (why, cause) => {
      if (cause !== 'elsewhere') void keep();
      events.onClose(why, cause);
    };
    try {
      return await process.start({ ...events, onClose }, options);
    } catch (error) {
      // Another daemon may be able to start it.
      await ownership.release();
      throw error;
    }
  }
}
