/** A pool that adapters of one runtime share. The runtime creates it first and disposes it last. */
export class ConnectionPool implements AsyncDisposable {
  isOpen = true;

  [Symbol.asyncDispose](): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }
}
