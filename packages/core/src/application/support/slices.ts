/** Bytes of definitions between two turns of the event loop: about 10 ms of work on a slow machine. */
const SLICE_BYTES = 32 * 1024;

/** Divides long work into slices, so that other work of the process runs between them. */
export class Slices {
  #left = SLICE_BYTES;

  /** Counts the next piece of work. Resolves at once, or after a turn of the event loop if the slice is used up. */
  async turn(bytes: number): Promise<void> {
    this.#left -= bytes;
    if (this.#left > 0) return;
    this.#left = SLICE_BYTES;
    await new Promise<void>((resolve) => {
      // eslint-disable-next-line no-restricted-globals -- no clock: only the order of work changes, not its time
      setImmediate(resolve);
    });
  }
}
