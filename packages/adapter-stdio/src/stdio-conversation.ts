import type { IncomingMessage } from 'node:http';
import { MODERN_REVISION, type RawJson } from '@clarity-runtime/core';
import { readMessage } from '@clarity-runtime/core/protocol';
import { claimedRevision, legacyHeaders, MirroredArguments, modernHeaders, type Spoken } from './stdio-headers.ts';

/** What the client and the daemon have settled: the era of each message, the revision, the session. */
export class StdioConversation {
  readonly #mirrored = new MirroredArguments();
  /** The client's `initialize`, to be said again when the daemon has forgotten the session. */
  #opening: Uint8Array | undefined;
  #revision: string | undefined;
  #session: string | undefined;
  #spokeModern = false;

  get session(): string | undefined {
    return this.#session;
  }

  get opening(): Uint8Array | undefined {
    return this.#opening;
  }

  /** What the HTTP transport needs beside the body. */
  headersOf(spoken: Spoken | undefined): Record<string, string> {
    const claimed = spoken === undefined ? undefined : claimedRevision(spoken);
    if (spoken !== undefined && claimed !== undefined) {
      this.#spokeModern = true;
      return modernHeaders(spoken, claimed, this.#mirrored);
    }
    if (spoken?.method === 'initialize') return {};
    if (this.#opening === undefined && this.#spokeModern) return { 'mcp-protocol-version': MODERN_REVISION };
    return legacyHeaders(this.#revision, this.#session);
  }

  isModern(spoken: Spoken): boolean {
    return claimedRevision(spoken) !== undefined;
  }

  /** A new handshake ends the session before. */
  begin(line: Uint8Array): void {
    this.#opening = line;
    this.#revision = undefined;
    this.#session = undefined;
  }

  /** Reads out of the answer to `initialize` what later messages carry. */
  settle(answer: IncomingMessage, result: RawJson): void {
    const { protocolVersion } = result.value as { readonly protocolVersion?: unknown };
    if (typeof protocolVersion === 'string') this.#revision = protocolVersion;
    const session = answer.headers['mcp-session-id'];
    this.#session = typeof session === 'string' ? session : undefined;
  }

  learn(method: string, reply: Uint8Array): void {
    if (method !== 'tools/list') return;
    const message = readMessage(reply);
    if (message.kind === 'reply' && 'result' in message.reply) this.#mirrored.learn(message.reply.result);
  }
}
