interface Slot {
  readonly owner: string;
  readonly evict: () => void;
}

/**
 * A pool of slots that are held for long: streams, parked calls. In a full pool an owner with fewer slots takes the newest
 * slot of the owner with the most. So no owner keeps more than half of the pool while another one needs it.
 */
export class FairPool {
  readonly #maxCount: number;
  readonly #owners = new Map<string, Set<Slot>>();
  #count = 0;

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Takes a slot and returns its release; undefined if the pool is full and the owner has its fair share. `evict` is called
   * when another owner gets the slot; the release then does nothing.
   */
  take(owner: string, evict: () => void): (() => void) | undefined {
    const own = this.#owners.get(owner)?.size ?? 0;
    if (this.#count >= this.#maxCount && !this.#evictFor(own)) return undefined;
    const slot: Slot = { owner, evict };
    const slots = this.#owners.get(owner);
    if (slots === undefined) this.#owners.set(owner, new Set([slot]));
    else slots.add(slot);
    this.#count += 1;
    return () => {
      this.#remove(slot);
    };
  }

  #evictFor(own: number): boolean {
    let most: Set<Slot> | undefined;
    for (const slots of this.#owners.values()) if (slots.size > (most?.size ?? own + 1)) most = slots;
    const slot = most === undefined ? undefined : [...most].at(-1);
    if (slot === undefined) return false;
    this.#remove(slot);
    slot.evict();
    return true;
  }

  #remove(slot: Slot): void {
    const slots = this.#owners.get(slot.owner);
    if (slots?.delete(slot) !== true) return;
    this.#count -= 1;
    if (slots.size === 0) this.#owners.delete(slot.owner);
  }
}
