import type { IncomingHttpHeaders } from 'node:http';
import { ClarityError } from '@clarity-runtime/core';

const MAX_ID_LENGTH = 256;

/** What a legacy service gave at `initialize`, and what every later request repeats. */
export class UpstreamSession {
  #id: string | undefined;
  #revision: string | undefined;

  get id(): string | undefined {
    return this.#id;
  }

  /** Takes the id out of the answer to `initialize`; refuses one that is no short visible ASCII. */
  begin(headers: IncomingHttpHeaders): void {
    const given = headers['mcp-session-id'];
    const id = Array.isArray(given) ? given.join() : given;
    if (id !== undefined && (id.length > MAX_ID_LENGTH || !/^[\x21-\x7e]+$/.test(id))) {
      throw new ClarityError('UPSTREAM_PROTOCOL', 'its session id is not visible ASCII of at most 256 characters');
    }
    this.#id = id;
  }

  agree(revision: string): void {
    this.#revision = revision;
  }

  /** The service does not know it any more. */
  forget(): void {
    this.#id = undefined;
    this.#revision = undefined;
  }

  headers(): Readonly<Record<string, string>> {
    return {
      ...(this.#id === undefined ? {} : { 'mcp-session-id': this.#id }),
      ...(this.#revision === undefined ? {} : { 'mcp-protocol-version': this.#revision }),
    };
  }
}
