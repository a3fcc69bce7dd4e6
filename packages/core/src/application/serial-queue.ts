/** Runs one task after another. A task that fails does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #tasks = 0;

  /** No task runs and none waits. */
  get isIdle(): boolean {
    return this.#tasks === 0;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#tasks += 1;
    const done = this.#last.then(task).finally(() => {
      this.#tasks -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
