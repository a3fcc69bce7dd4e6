/** Lists whose entries have names on the shared endpoint. */
export type NameKind = 'tools' | 'prompts' | 'resources' | 'resourceTemplates';

/** The name that an entry would have alone, and its other names in order. The last one is always free. */
export interface NameWish {
  /** The name at the service. */
  readonly own: string;
  /** The name without a mark of the service; undefined if another service may have it. */
  readonly plain?: string | undefined;
  readonly others: readonly string[];
}

/** One name of the shared endpoint with its owner. */
export interface NameClaim {
  readonly serviceId: string;
  readonly name: string;
  readonly wish: NameWish;
  /** The owner of the plain name when this name was claimed. */
  readonly yieldedTo?: string;
}

/** A place in the order of claims: the first registered service wins. */
export interface Claimant {
  readonly serviceId: string;
  /** Own names whose plain name another service had first. */
  readonly yielded: ReadonlySet<string>;
  /** Returns true if this service comes before the owner, whose claim then moves. */
  readonly precedes: (owner: string) => boolean;
  /** Returns the other service whose entry covers the plain name. */
  readonly coveredBy: (plain: string) => string | undefined;
}

/** The owner of a name that an earlier process gave to another service. */
const UNKNOWN_OWNER = '';
const NO_CLAIMS: ReadonlyMap<string, NameClaim> = new Map();

/** The owners of the names of one list. A claim stays until its service drops the entry. */
export class NameClaims {
  readonly #byName = new Map<string, NameClaim>();
  readonly #byService = new Map<string, Map<string, NameClaim>>();

  /** Returns the claim of a name. */
  owner(name: string): NameClaim | undefined {
    return this.#byName.get(name);
  }

  /** Returns the claims of a service by own name. */
  of(serviceId: string): ReadonlyMap<string, NameClaim> {
    return this.#byService.get(serviceId) ?? NO_CLAIMS;
  }

  all(): Iterable<NameClaim> {
    return this.#byName.values();
  }

  /** Replaces the wishes of a service. Returns the claims that do not have their plain name, new ones only. */
  claim(claimant: Claimant, wishes: readonly NameWish[]): readonly NameClaim[] {
    const wanted = new Map(wishes.map((wish) => [wish.own, wish]));
    for (const claim of [...this.of(claimant.serviceId).values()]) {
      const wish = wanted.get(claim.wish.own);
      if (wish === undefined || !isSameWish(wish, claim.wish)) this.#release(claim);
    }
    const known = this.of(claimant.serviceId);
    return [...wanted.values()].filter(({ own }) => !known.has(own)).flatMap((wish) => this.#claim(claimant, wish));
  }

  /** Removes the claims of a service. Returns the claims that did not get a plain name because of it. */
  remove(serviceId: string): readonly NameClaim[] {
    const released = [...this.of(serviceId).values()];
    for (const claim of released) this.#release(claim);
    this.#byService.delete(serviceId);
    const names = new Set(released.map(({ name }) => name));
    return [...this.#byName.values()].filter(
      ({ yieldedTo, wish: { plain } }) => yieldedTo === serviceId || (plain !== undefined && names.has(plain)),
    );
  }

  /** Gives an entry its plain name if that name is free now. */
  restore(claim: NameClaim): void {
    const { plain } = claim.wish;
    if (plain === undefined || this.#byName.has(plain)) return;
    this.#release(claim);
    this.#keep({ serviceId: claim.serviceId, name: plain, wish: claim.wish });
  }

  #claim({ serviceId, yielded, precedes, coveredBy }: Claimant, wish: NameWish): readonly NameClaim[] {
    const { plain, own } = wish;
    if (plain === undefined) return this.#qualify(serviceId, wish);
    const owner = this.#byName.get(plain);
    if (yielded.has(own)) return this.#qualify(serviceId, wish, owner?.serviceId ?? UNKNOWN_OWNER);
    if (owner === undefined) {
      const cover = coveredBy(plain);
      return cover === undefined ? this.#keep({ serviceId, name: plain, wish }) : this.#qualify(serviceId, wish, cover);
    }
    if (owner.serviceId === serviceId || !precedes(owner.serviceId))
      return this.#qualify(serviceId, wish, owner.serviceId);
    this.#release(owner);
    this.#keep({ serviceId, name: plain, wish });
    return this.#qualify(owner.serviceId, owner.wish, serviceId);
  }

  #qualify(serviceId: string, wish: NameWish, yieldedTo?: string): readonly NameClaim[] {
    const name = wish.others.find((other) => !this.#byName.has(other)) ?? this.#numbered(wish.others.at(-1) ?? '');
    const claim = { serviceId, name, wish, ...(yieldedTo === undefined ? {} : { yieldedTo }) };
    this.#keep(claim);
    return yieldedTo === undefined ? [] : [claim];
  }

  #numbered(name: string): string {
    for (let count = 2; ; count += 1) {
      const mark = `_${String(count)}`;
      const numbered = `${name.slice(0, -mark.length)}${mark}`;
      if (!this.#byName.has(numbered)) return numbered;
    }
  }

  #keep(claim: NameClaim): readonly [] {
    this.#byName.set(claim.name, claim);
    const own = this.#byService.get(claim.serviceId) ?? new Map<string, NameClaim>();
    this.#byService.set(claim.serviceId, own.set(claim.wish.own, claim));
    return [];
  }

  #release({ serviceId, name, wish }: NameClaim): void {
    this.#byName.delete(name);
    this.#byService.get(serviceId)?.delete(wish.own);
  }
}

const isSameWish = (a: NameWish, b: NameWish): boolean => a.plain === b.plain && a.others[0] === b.others[0];
