import type { ServerResponse } from 'node:http';
import type { RefusalName } from '@clarity-runtime/core';

/** Bounds the streams that stay open without an end in sight. */
export class StreamSlots {
  readonly #most: number;
  readonly #refused: (what: RefusalName) => void;
  #taken = 0;

  constructor(most: number, refused: (what: RefusalName) => void) {
    this.#most = most;
    this.#refused = refused;
  }

  get taken(): number {
    return this.#taken;
  }

  /** A stream was cut because its client did not read. */
  readonly tooSlow = (): void => {
    this.#refused('stream.too_slow');
  };

  /** Takes one until the response closes; false when there is none left. */
  take(res: ServerResponse): boolean {
    if (this.#taken >= this.#most) {
      this.#refused('stream.too_many');
      return false;
    }
    this.#taken += 1;
    res.once('close', () => {
      this.#taken -= 1;
    });
    return true;
  }
}
