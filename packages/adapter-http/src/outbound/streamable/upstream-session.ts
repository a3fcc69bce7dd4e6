import { ClarityError } from '@clarity-runtime/core';
import type { ResponseHeaders } from '../http/upstream-response.ts';

/** Not specified: long enough for a JWT, and below the limit of a header. */
const MAX_ID_LENGTH = 4_096;

/**
 * Session id and protocol version of a legacy service, which every request after `initialize` repeats (MCP 2025-11-25,
 * Streamable HTTP, "Session Management").
 */
export class UpstreamSession {
  #id: string | undefined;
  #revision: string | undefined;
  /** The same object until the session changes: the sender prepares the headers of a request by it. */
  #headers: Readonly<Record<string, string>> = {};

  get id(): string | undefined {
    return this.#id;
  }

  /**
   * Stores the id of the response to `initialize`.
   * @throws ClarityError UPSTREAM_PROTOCOL unless it is visible ASCII of at most 4,096 characters.
   */
  begin(headers: ResponseHeaders): void {
    const given = headers['mcp-session-id'];
    const [first, ...others] = Array.isArray(given) ? given : [given];
    // A proxy may repeat a field. An empty one is not an id.
    const written = others.every((other) => other === first) ? first : others.join();
    const id = written === '' ? undefined : written;
    if (id !== undefined && (id.length > MAX_ID_LENGTH || !/^[\x21-\x7e]+$/.test(id))) {
      throw new ClarityError('UPSTREAM_PROTOCOL', 'the session id is not visible ASCII of at most 4,096 characters');
    }
    this.#id = id;
    this.#changed();
  }

  agree(revision: string): void {
    this.#revision = revision;
    this.#changed();
  }

  /** The service has lost the session. */
  forget(): void {
    this.#id = undefined;
    this.#revision = undefined;
    this.#changed();
  }

  headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  #changed(): void {
    this.#headers = {
      ...(this.#id === undefined ? {} : { 'mcp-session-id': this.#id }),
      ...(this.#revision === undefined ? {} : { 'mcp-protocol-version': this.#revision }),
    };
  }
}
