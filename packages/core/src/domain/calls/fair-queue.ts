/** How many may be inside at once, and how many may wait. */
export interface QueueLimits {
  readonly places: number;
  readonly waiting: number;
}

/** Leaves the place; a second call does nothing. */
export type ReleaseSlot = () => void;

interface Waiter {
  readonly caller: string;
  readonly admit: (leave: ReleaseSlot) => void;
  readonly refuse: () => void;
}

/**
 * Bounded places that callers get in turn, however many calls each of them has waiting. When no more may wait, who has the
 * most waiting gives up its newest for a caller that has fewer.
 */
export class FairQueue {
  readonly #waiting = new Map<string, Waiter[]>();
  #bounds: QueueLimits;
  #inside = 0;

  constructor(bounds: QueueLimits) {
    this.#bounds = bounds;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    let sum = 0;
    for (const { length } of this.#waiting.values()) sum += length;
    return sum;
  }

  /** Those who wait come in as far as the new bounds have room; nobody is sent away. */
  change(bounds: QueueLimits): void {
    this.#bounds = bounds;
    this.#letIn();
  }

  /** A place; undefined when there is none and none may be waited for. Rejects with its reason when the signal aborts. */
  enter(caller: string, signal: AbortSignal): Promise<ReleaseSlot | undefined> | ReleaseSlot {
    if (this.#inside < this.#bounds.places) return this.#take();
    if (!this.#makeRoom(caller)) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const leaveQueue = (): void => {
        this.#forget(waiter);
        reject(signal.reason as Error);
      };
      const settle = (leave: ReleaseSlot | undefined): void => {
        signal.removeEventListener('abort', leaveQueue);
        resolve(leave);
      };
      const waiter: Waiter = {
        caller,
        admit: settle,
        refuse: () => {
          settle(undefined);
        },
      };
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener('abort', leaveQueue, { once: true });
      const line = this.#waiting.get(caller);
      if (line === undefined) this.#waiting.set(caller, [waiter]);
      else line.push(waiter);
    });
  }

  #take(): ReleaseSlot {
    this.#inside += 1;
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      this.#letIn();
    };
  }

  #letIn(): void {
    while (this.#inside < this.#bounds.places) {
      const waiter = this.#next();
      if (waiter === undefined) return;
      waiter.admit(this.#take());
    }
  }

  /** The oldest of the caller whose turn it is; after that the caller stands behind all others. */
  #next(): Waiter | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const [caller, line] = first;
    const waiter = line.shift();
    this.#waiting.delete(caller);
    if (line.length > 0) this.#waiting.set(caller, line);
    return waiter;
  }

  #makeRoom(caller: string): boolean {
    if (this.waiting < this.#bounds.waiting) return true;
    const own = this.#waiting.get(caller)?.length ?? 0;
    const longest = [...this.#waiting.values()].sort((a, b) => b.length - a.length)[0] ?? [];
    if (longest.length <= own + 1) return false;
    const last = longest.pop();
    last?.refuse();
    return true;
  }

  #forget(waiter: Waiter): void {
    const line = this.#waiting.get(waiter.caller) ?? [];
    const at = line.indexOf(waiter);
    if (at >= 0) line.splice(at, 1);
    if (line.length === 0) this.#waiting.delete(waiter.caller);
  }
}
