import { ClarityError } from '@clarity-runtime/core';
import type { ResponseHeaders } from '../http/upstream-response.ts';

const MAX_ID_LENGTH = 256;

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
   * @throws ClarityError UPSTREAM_PROTOCOL unless it is visible ASCII of at most 256 characters.
   */
  begin(headers: ResponseHeaders): void {
    const given = headers['mcp-session-id'];
    const id = Array.isArray(given) ? given.join() : given;
    if (id !== undefined && (id.length > MAX_ID_LENGTH || !/^[\x21-\x7e]+$/.test(id))) {
      throw new ClarityError('UPSTREAM_PROTOCOL', 'the session id is not visible ASCII of at most 256 characters');
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
