import type { Connection, GatewayScope } from '../../ports/index.ts';

/** State of one client between its requests. */
export class ClientSession {
  readonly scope: GatewayScope;
  /** Lowest log level that a legacy client has set; undefined before the first `logging/setLevel`. */
  logLevel: string | undefined;
  /** Connections for this client only, by service id; undefined if the service cannot have one. */
  get connections(): Map<string, Promise<Connection | undefined>> {
    return (this.#connections ??= new Map());
  }

  /** Callbacks that end a resource subscription, by URI. */
  get watched(): Map<string, () => void> {
    return (this.#watched ??= new Map());
  }

  // Created at their first use: a modern client has a session for each call.
  #connections: Map<string, Promise<Connection | undefined>> | undefined;
  #watched: Map<string, () => void> | undefined;
  #ends: (() => void)[] | undefined;
  #isClosed = false;

  constructor(scope: GatewayScope) {
    this.scope = scope;
  }

  /** Runs the callback when the session closes, or at once if it is closed. */
  onClose(end: () => void): void {
    if (this.#isClosed) end();
    else if (this.#ends === undefined) this.#ends = [end];
    else this.#ends.push(end);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#ends?.splice(0) ?? []) end();
    for (const end of this.#watched?.values() ?? []) end();
    this.#watched?.clear();
    for (const opening of this.#connections?.values() ?? []) {
      void opening.then((connection) => connection?.close('the client session was closed')).catch(() => undefined);
    }
    this.#connections?.clear();
  }
}
