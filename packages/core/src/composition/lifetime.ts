/** The disposable objects that one runtime owns. */
export class Lifetime {
  readonly #owned = new Set<AsyncDisposable>();

  /** Takes ownership of `value` if it is disposable. The same object is disposed once. */
  own(value: unknown): void {
    if (isDisposable(value)) this.#owned.add(value);
  }

  /** Disposes everything in reverse order, also after a failure. Returns the errors. */
  async end(): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    const owned = [...this.#owned].reverse();
    this.#owned.clear();
    for (const disposable of owned) {
      try {
        await disposable[Symbol.asyncDispose]();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

const isDisposable = (value: unknown): value is AsyncDisposable =>
  value !== null &&
  (typeof value === 'object' || typeof value === 'function') &&
  typeof (value as Partial<AsyncDisposable>)[Symbol.asyncDispose] === 'function';
