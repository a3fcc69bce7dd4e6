interface SyncRound {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Runs one sync at a time. All calls during a sync share the next one. */
export class GroupCommit {
  readonly #sync: () => Promise<void>;
  #next: SyncRound | undefined;
  #isRunning = false;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Settles like the next sync that starts after this call. */
  next(): Promise<void> {
    const round = (this.#next ??= newSyncRound());
    if (!this.#isRunning) void this.#run();
    return round.done;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let round = this.#takeNext(); round !== undefined; round = this.#takeNext()) {
      await this.#sync().then(round.resolve, round.reject);
    }
    this.#isRunning = false;
  }

  #takeNext(): SyncRound | undefined {
    const round = this.#next;
    this.#next = undefined;
    return round;
  }
}

function newSyncRound(): SyncRound {
  let settle: Pick<SyncRound, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { done, ...settle };
}
