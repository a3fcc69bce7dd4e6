/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 8;

/** Divides long work into slices, so that other work of the process runs between them. */
export class Slices {
  #began = performance.now();

  /** Resolves at once, or after a turn of the event loop if the slice is used up. */
  async turn(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#began = performance.now();
  }
}
