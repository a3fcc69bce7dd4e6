import type { ServerResponse } from 'node:http';

/** Bounds the streams that stay open without an end in sight. */
export class StreamSlots {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one until the response closes; false when there is none left. */
  take(res: ServerResponse): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken += 1;
    res.once('close', () => {
      this.#taken -= 1;
    });
    return true;
  }
}
