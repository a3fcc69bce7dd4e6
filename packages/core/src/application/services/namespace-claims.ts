import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { namespaceClaims, type ClaimRecord, type NamespaceClaim } from '../../domain/services/namespace.ts';
import type { ServiceRecord } from '../../domain/services/service.ts';
import type { ClaimStore, Clock, Entropy, TenantId } from '../../ports/index.ts';
import type { SerialQueue } from '../support/async.ts';
import { REMOVED, SettledRecords } from '../support/settled-records.ts';

/** Milliseconds that another process has between the claim of a name and the record of its service. */
const REGISTRATION_MS = 60_000;
/** Claims that a repair writes at the same time. */
const REPAIRED_AT_ONCE = 64;

type Claimant = Pick<ServiceRecord, 'serviceId' | 'namespace' | 'manifest'>;

/** A name that a service has claimed, and the service that had it before. */
export interface TakenName {
  readonly name: string;
  readonly former: string | undefined;
}

/** Dependencies of `NamespaceClaims`. */
export interface NamespaceClaimsDependencies {
  readonly store: ClaimStore;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly queue: SerialQueue;
  /** Returns whether a stored service uses a name. Reads its record again. */
  readonly isUsed: (name: string, serviceId: string) => Promise<boolean>;
}

/**
 * The names of services as records of a store that several processes write. A service claims its names before its record is
 * written, by compare-and-set, so that of two processes one gets a name. A claim whose service does not exist after a minute is
 * free. A store of one process has no claims: the queue of its changes decides. Methods that write run inside the queue.
 */
export class NamespaceClaims {
  readonly #dependencies: NamespaceClaimsDependencies;
  readonly #records: SettledRecords<ClaimRecord>;
  readonly #names = new Set<string>();

  constructor(dependencies: NamespaceClaimsDependencies) {
    const { store, clock, entropy, queue } = dependencies;
    this.#dependencies = dependencies;
    this.#records = new SettledRecords({
      ...{ store, clock, entropy, queue },
      idOf: ({ name }) => name,
      onChanged: (name, item) => {
        if (item === undefined) this.#names.delete(name);
        else this.#names.add(name);
      },
      onDrift: () => undefined,
      deliver: () => Promise.resolve(),
    });
  }

  get #isShared(): boolean {
    return this.#dependencies.store.capabilities.shared;
  }

  async load(tenant: TenantId): Promise<void> {
    if (this.#isShared) await this.#records.load(tenant);
  }

  close(): void {
    this.#records.close();
  }

  /** Returns the service that holds a name; undefined without a claim. */
  holder(name: string): string | undefined {
    return this.#records.find(name)?.value.serviceId;
  }

  /**
   * Claims the names of a service that is about to be written. Names that `replaced` services hold move to it. Returns those
   * that it did not hold. @throws ClarityError NAMESPACE_TAKEN or STORE_UNAVAILABLE; nothing is claimed then.
   */
  async take(caller: Caller, service: Claimant, replaced: readonly Claimant[]): Promise<readonly TakenName[]> {
    const taken: TakenName[] = [];
    if (!this.#isShared) return taken;
    const ids = new Set(replaced.map(({ serviceId }) => serviceId));
    try {
      for (const claim of namespaceClaims(service)) {
        const former = (await this.#records.renew(claim.name))?.value.serviceId;
        if (former === service.serviceId) continue;
        if (former !== undefined && !ids.has(former) && !(await this.#isFree(claim.name, former)))
          throw takenBy(claim, former);
        await this.#claim(caller, service.serviceId, claim, former);
        taken.push({ name: claim.name, former: ids.has(former ?? '') ? former : undefined });
      }
    } catch (error) {
      await this.giveBack(caller, service.serviceId, taken);
      throw error;
    }
    return taken;
  }

  /** Undoes `take` for a service that was not written. A name that cannot be given back is free after a minute. */
  async giveBack(caller: Caller, serviceId: string, taken: readonly TakenName[]): Promise<void> {
    for (const { name, former } of taken) {
      if (former === undefined) await this.release(caller, serviceId, [name]);
      else await this.#claim(caller, former, { name, field: '' }, serviceId).catch(() => undefined);
    }
  }

  /** Gives names of a service up. A name that cannot be given up is free after a minute. */
  async release(caller: Caller, serviceId: string, names: Iterable<string>): Promise<void> {
    for (const name of names) {
      if (this.holder(name) !== serviceId) continue;
      await this.#records
        .write({ caller, id: name }, (current) => (current?.value.serviceId === serviceId ? REMOVED : undefined))
        .catch(() => undefined);
    }
  }

  /**
   * Claims the names of services that have none, because an earlier version or an interrupted change left them so, and gives up
   * the names that no service uses. The first of two services that use one name gets it. Never rejects.
   */
  async repair(services: readonly Claimant[]): Promise<void> {
    if (!this.#isShared) return;
    const uses = services.flatMap((service) => namespaceClaims(service).map((claim) => ({ ...service, claim })));
    const users = new Map<string, Set<string>>();
    for (const { claim, serviceId } of uses) users.set(claim.name, (users.get(claim.name) ?? new Set()).add(serviceId));
    const isHeld = (name: string): boolean => users.get(name)?.has(this.holder(name) ?? '') === true;
    const works = new Map<string, () => Promise<void>>();
    for (const { claim, serviceId } of uses) {
      if (isHeld(claim.name) || works.has(claim.name)) continue;
      works.set(claim.name, () =>
        this.#whenFree(claim.name, (former) => this.#claim(systemCaller, serviceId, claim, former)),
      );
    }
    for (const name of this.#names) {
      if (users.has(name)) continue;
      works.set(name, () => this.#whenFree(name, (former = '') => this.release(systemCaller, former, [name])));
    }
    const all = [...works.values()];
    for (let at = 0; at < all.length; at += REPAIRED_AT_ONCE)
      await Promise.allSettled(all.slice(at, at + REPAIRED_AT_ONCE).map((work) => work()));
  }

  async #whenFree(name: string, work: (former: string | undefined) => Promise<void>): Promise<void> {
    const former = this.holder(name);
    if (former === undefined || (await this.#isFree(name, former))) await work(former);
  }

  /** Returns whether a held name is free all the same: no service uses it, and no process is about to register one. */
  async #isFree(name: string, holder: string): Promise<boolean> {
    const { clock, isUsed } = this.#dependencies;
    const since = Date.parse(this.#records.find(name)?.writtenAt ?? '');
    if (clock.wall().getTime() - since < REGISTRATION_MS) return false;
    return !(await isUsed(name, holder));
  }

  /** Makes a service the holder of a name in place of `former`. @throws ClarityError NAMESPACE_TAKEN */
  async #claim(caller: Caller, serviceId: string, claim: NamespaceClaim, former: string | undefined): Promise<void> {
    await this.#records.write({ caller, id: claim.name }, (current) => {
      const holder = current?.value.serviceId;
      if (holder === serviceId) return undefined;
      if (holder !== undefined && holder !== former) throw takenBy(claim, holder);
      return { schema: 1, name: claim.name, serviceId };
    });
  }
}

const takenBy = ({ name, ...place }: NamespaceClaim, holder: string): ClarityError =>
  new ClarityError('NAMESPACE_TAKEN', `'${name}' belongs to ${holder}`, place);
