interface Round {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** One sync at a time; everybody who asks while one is under way shares the next. */
export class SyncLoop {
  readonly #sync: () => Promise<void>;
  #next: Round | undefined;
  #running = false;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Settles as a sync does that begins after this call. */
  next(): Promise<void> {
    const round = (this.#next ??= newRound());
    if (!this.#running) void this.#run();
    return round.done;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let round = this.#take(); round !== undefined; round = this.#take()) {
      await this.#sync().then(round.resolve, round.reject);
    }
    this.#running = false;
  }

  #take(): Round | undefined {
    const round = this.#next;
    this.#next = undefined;
    return round;
  }
}

function newRound(): Round {
  let settle: Pick<Round, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { done, ...settle };
}
