import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { Backends } from './backends.ts';
import type { NameCollision, NameTable } from './name-table.ts';

export interface NameFollowerDependencies {
  readonly backends: Backends;
  readonly audit: AuditLog;
  /** Stores the names of a service that another service had first. Never rejects. */
  readonly storeYields: (serviceId: string, yields: readonly string[]) => Promise<void>;
}

/** Maximum count of stored yields of a service, and of collisions in an event. */
const MAX_YIELDS = 1_000;
const MAX_REPORTED = 20;

/** Returns a function that claims the names of a changed service, and records names that another service had first. */
export function nameFollower(
  names: NameTable,
  { backends, audit, storeYields }: NameFollowerDependencies,
): (serviceId: string) => void {
  const store = (serviceIds: Iterable<string>): void => {
    for (const each of new Set(serviceIds)) void storeYields(each, names.yields(each).slice(0, MAX_YIELDS));
  };
  return (serviceId) => {
    const service = backends.find(serviceId);
    if (service === undefined) {
      store(names.remove(serviceId));
      return;
    }
    const collisions = names.follow({
      service,
      snapshot: backends.snapshot(serviceId),
      isBuiltIn: backends.isBuiltIn(serviceId),
      isLoaded: backends.isLoaded(serviceId),
    });
    const fresh = collisions.filter(({ kind, claim }) =>
      isNewYield(backends.find(claim.serviceId), kind, claim.wish.own),
    );
    const losers = new Set(fresh.map(({ claim }) => claim.serviceId));
    for (const loser of losers) {
      const all = fresh.filter(({ claim }) => claim.serviceId === loser);
      audit.note(collisionEvent(loser, all));
    }
    store(losers);
  };
}

const isNewYield = (service: Service | undefined, kind: string, own: string): boolean =>
  service?.yields?.includes(`${kind} ${own}`) !== true;

function collisionEvent(serviceId: string, collisions: readonly NameCollision[]): AuditEntry {
  const names = collisions.slice(0, MAX_REPORTED).map(({ kind, claim }) => ({
    kind,
    name: toPrintableAscii(claim.wish.own),
    owner: claim.yieldedTo,
    shown: toPrintableAscii(claim.name),
  }));
  return {
    kind: 'resource.collision',
    level: 'warn',
    message: `Names of another service got a form that names this service: ${String(collisions.length)}`,
    serviceId,
    data: { names, more: collisions.length - names.length },
  };
}
