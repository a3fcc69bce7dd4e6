import type { Cancellation } from './cancellation.ts';

/** Limits of a queue: `places` is the count of calls in progress, `waiting` the count of queued calls. */
export interface QueueLimits {
  readonly places: number;
  readonly waiting: number;
}

/** Releases the slot. A second call does nothing. */
export type ReleaseSlot = () => void;

interface Waiter {
  readonly caller: string;
  readonly admit: (leave: ReleaseSlot) => void;
  readonly refuse: () => void;
}

const CANCELLED = 'the call was cancelled while it waited';

/** Callers without a call in progress whose entry is kept. */
const MAX_IDLE_COUNT = 64;

/**
 * A concurrency limiter with a fair queue: a free place goes to the waiting caller with the fewest calls in progress, and
 * callers with as many take turns. So a caller gets at most half of the places while another one waits. In a full
 * queue the newest call of the caller with the most waiting calls makes room for a caller with fewer.
 */
export class FairQueue {
  readonly #waiting = new Map<string, Waiter[]>();
  /** Calls in progress by caller, while places are limited. */
  readonly #held = new Map<string, number>();
  #bounds: QueueLimits;
  #inside = 0;
  #waitingCount = 0;

  constructor(bounds: QueueLimits) {
    this.#bounds = bounds;
  }

  get inside(): number {
    return this.#inside;
  }

  get waiting(): number {
    return this.#waitingCount;
  }

  /** Changes the limits. Waiting calls enter as far as there is room; no waiting call is rejected. */
  change(bounds: QueueLimits): void {
    this.#bounds = bounds;
    this.#letIn();
  }

  /** Takes a slot if one is free. */
  tryEnter(caller: string): ReleaseSlot | undefined {
    return this.#inside < this.#bounds.places ? this.#take(caller) : undefined;
  }

  /** Takes a slot, if necessary after waiting; undefined if the queue is full. Rejects when the call is cancelled. */
  enter(caller: string, cancellation: Cancellation): Promise<ReleaseSlot | undefined> | ReleaseSlot {
    if (this.#inside < this.#bounds.places) return this.#take(caller);
    if (!this.#makeRoom(caller)) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const leaveQueue = (): void => {
        this.#forget(waiter);
        reject(new Error(CANCELLED));
      };
      const settle = (leave: ReleaseSlot | undefined): void => {
        cancellation.unsubscribe(leaveQueue);
        resolve(leave);
      };
      const waiter: Waiter = {
        caller,
        admit: settle,
        refuse: () => {
          settle(undefined);
        },
      };
      if (cancellation.isCancelled) {
        reject(new Error(CANCELLED));
        return;
      }
      cancellation.subscribe(leaveQueue);
      const line = this.#waiting.get(caller);
      if (line === undefined) this.#waiting.set(caller, [waiter]);
      else line.push(waiter);
      this.#waitingCount += 1;
    });
  }

  #take(caller: string): ReleaseSlot {
    this.#inside += 1;
    const isCounted = this.#bounds.places !== Infinity;
    if (isCounted) this.#held.set(caller, (this.#held.get(caller) ?? 0) + 1);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      if (isCounted) this.#giveBack(caller);
      this.#letIn();
    };
  }

  #letIn(): void {
    while (this.#inside < this.#bounds.places) {
      const waiter = this.#next();
      if (waiter === undefined) return;
      waiter.admit(this.#take(waiter.caller));
    }
  }

  #giveBack(caller: string): void {
    const left = (this.#held.get(caller) ?? 1) - 1;
    if (left > 0 || this.#held.size <= MAX_IDLE_COUNT) this.#held.set(caller, left);
    else this.#held.delete(caller);
  }

  /** Removes the oldest waiting call of the next caller and moves the caller to the end. */
  #next(): Waiter | undefined {
    let first: readonly [string, Waiter[]] | undefined;
    let fewest = Infinity;
    for (const entry of this.#waiting) {
      const held = this.#held.get(entry[0]) ?? 0;
      if (held < fewest) [first, fewest] = [entry, held];
    }
    if (first === undefined) return undefined;
    const [caller, line] = first;
    const waiter = line.shift();
    this.#waitingCount -= 1;
    this.#waiting.delete(caller);
    if (line.length > 0) this.#waiting.set(caller, line);
    return waiter;
  }

  #makeRoom(caller: string): boolean {
    if (this.#waitingCount < this.#bounds.waiting) return true;
    const own = this.#waiting.get(caller)?.length ?? 0;
    const longest = [...this.#waiting.values()].sort((a, b) => b.length - a.length)[0] ?? [];
    if (longest.length <= own + 1) return false;
    const last = longest.pop();
    this.#waitingCount -= 1;
    last?.refuse();
    return true;
  }

  #forget(waiter: Waiter): void {
    const line = this.#waiting.get(waiter.caller) ?? [];
    const at = line.indexOf(waiter);
    if (at >= 0) {
      line.splice(at, 1);
      this.#waitingCount -= 1;
    }
    if (line.length === 0) this.#waiting.delete(waiter.caller);
  }
}
