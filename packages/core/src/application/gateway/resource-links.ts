import type { Caller } from '../../domain/access/caller.ts';
import type { Clock } from '../../ports/index.ts';

interface Link {
  readonly serviceId: string;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Maximum count of links of a caller, and of callers. */
export const MAX_LINKS = 1_000;
const MAX_CALLERS = 1_000;
/** Lifetime of a link in milliseconds. */
export const LINK_MS = 60 * 60_000;

/** Unlisted URIs that results of services named to a caller. The oldest are dropped first. */
export class ResourceLinks {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #byCaller = new Map<string, Map<string, Link>>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Records that a service named the URI to the caller. */
  add(caller: Caller, uri: string, serviceId: string): void {
    const key = principalKey(caller);
    const links = this.#byCaller.get(key) ?? new Map<string, Link>();
    this.#byCaller.delete(key);
    this.#byCaller.set(key, links);
    links.delete(uri);
    links.set(uri, { serviceId, until: this.#clock.monotonic() + LINK_MS });
    dropOldest(links, MAX_LINKS);
    dropOldest(this.#byCaller, MAX_CALLERS);
  }

  /** Returns the service that named the URI to the caller last. */
  find(caller: Caller, uri: string): string | undefined {
    const link = this.#byCaller.get(principalKey(caller))?.get(uri);
    return link === undefined || link.until <= this.#clock.monotonic() ? undefined : link.serviceId;
  }
}

/** Returns a key of the principal of a caller. */
export const principalKey = ({ tenant, principal: { kind, id } }: Caller): string => JSON.stringify([tenant, kind, id]);

function dropOldest(entries: Map<string, unknown>, maxCount: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= maxCount) return;
    entries.delete(key);
  }
}
