/** A store whose kept events count against a budget. */
export interface BudgetedStore {
  readonly bytes: number;
  /** Forgets the older half of its events. */
  forgetHalf(): void;
}

/** The account of one store. */
export interface EventAccount {
  /** Counts bytes that the store keeps, or with a negative number no longer keeps. */
  add(bytes: number): void;
  close(): void;
}

export interface EventBudgetLimits {
  /** Bytes of the kept events of all sessions. */
  readonly maxBytes: number;
  /** Bytes of the kept events of the sessions of one principal. */
  readonly maxBytesPerPrincipal: number;
}

export const DEFAULT_EVENT_BUDGET: EventBudgetLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxBytesPerPrincipal: 32 * 1024 * 1024,
};

interface Owner {
  bytes: number;
  readonly stores: Set<BudgetedStore>;
}

/**
 * Bounds the bytes of the events that all sessions keep for resumption. Above a limit the largest store of the principal
 * with the most bytes forgets its older half. Then a client cannot resume there, which it handles like any lost event.
 */
export class EventBudget {
  readonly #limits: EventBudgetLimits;
  readonly #onDrop: () => void;
  readonly #owners = new Map<string, Owner>();
  #bytes = 0;

  /** `onDrop` is called each time a store forgets events for a limit. */
  constructor(limits: EventBudgetLimits = DEFAULT_EVENT_BUDGET, onDrop: () => void = () => undefined) {
    this.#limits = limits;
    this.#onDrop = onDrop;
  }

  get bytes(): number {
    return this.#bytes;
  }

  bytesOf(principal: string): number {
    return this.#owners.get(principal)?.bytes ?? 0;
  }

  /** Opens the account of a store of a principal. */
  open(principal: string, store: BudgetedStore): EventAccount {
    const owner = this.#owners.get(principal) ?? { bytes: 0, stores: new Set() };
    this.#owners.set(principal, owner);
    owner.stores.add(store);
    let own = 0;
    const add = (bytes: number): void => {
      own += bytes;
      owner.bytes += bytes;
      this.#bytes += bytes;
      if (bytes > 0) this.#enforce(owner);
    };
    const close = (): void => {
      add(-own);
      owner.stores.delete(store);
      if (owner.stores.size === 0) this.#owners.delete(principal);
    };
    return { add, close };
  }

  #enforce(owner: Owner): void {
    while (owner.bytes > this.#limits.maxBytesPerPrincipal) if (!this.#halve(owner)) return;
    while (this.#bytes > this.#limits.maxBytes) {
      const most = [...this.#owners.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
      if (!this.#halve(most)) return;
    }
  }

  /** Returns false if the principal has nothing to forget. */
  #halve({ stores, bytes }: Owner): boolean {
    if (bytes === 0) return false;
    this.#onDrop();
    [...stores].reduce((a, b) => (b.bytes > a.bytes ? b : a)).forgetHalf();
    return true;
  }
}
