import type { Connection, GatewayScope } from '../../ports/index.ts';

/** What the gateway keeps of one client between its requests. */
export class ClientSession {
  readonly scope: GatewayScope;
  /** The least severe level that a legacy client wants to hear; it has named none as long as it is undefined. */
  logLevel: string | undefined;
  /** Connections of its own to services, by service id; undefined where there can be none. */
  readonly connections = new Map<string, Promise<Connection | undefined>>();
  /** What ends its subscription of a resource, by URI. */
  readonly watched = new Map<string, () => void>();
  readonly #ends: (() => void)[] = [];
  #isClosed = false;

  constructor(scope: GatewayScope) {
    this.scope = scope;
  }

  /** Runs it when the client has gone; at once when it already has. */
  atEnd(end: () => void): void {
    if (this.#isClosed) end();
    else this.#ends.push(end);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#ends.splice(0)) end();
    for (const end of this.watched.values()) end();
    this.watched.clear();
    for (const opening of this.connections.values()) {
      void opening.then((connection) => connection?.close('its client has gone')).catch(() => undefined);
    }
    this.connections.clear();
  }
}
