import type { IncomingMessage } from 'node:http';
import { LEGACY_REVISIONS, MODERN_REVISION, type McpRequest, type RawJson } from '@clarity-runtime/core';
import { ParamHeaderCache, readMessage, strictMembers } from '@clarity-runtime/core/protocol';

const VERSION = 'io.modelcontextprotocol/protocolVersion';

/** Returns the protocol version in the `_meta` of a message, which makes it modern; undefined for a legacy message. */
export function claimedRevision({ params }: McpRequest): string | undefined {
  const meta = params.get('_meta');
  const claim = meta === undefined ? undefined : strictMembers(meta.bytes)?.get(VERSION)?.value;
  return typeof claim === 'string' ? claim : undefined;
}

/** Returns the headers of a legacy message after `initialize`. */
const legacyHeaders = (revision: string | undefined, session: string | undefined): Record<string, string> => ({
  ...(LEGACY_REVISIONS.some((known) => known === revision) && revision !== undefined
    ? { 'mcp-protocol-version': revision }
    : {}),
  ...(session === undefined ? {} : { 'mcp-session-id': session }),
});

/** The state that the HTTP transport needs: the era of each message, the revision and the session. */
export class BridgeConversation {
  readonly #paramHeaders = new ParamHeaderCache();
  /** The client's `initialize`, to be repeated when the daemon has lost the session. */
  #opening: Uint8Array | undefined;
  #revision: string | undefined;
  #session: string | undefined;
  #hasModernMessage = false;

  get session(): string | undefined {
    return this.#session;
  }

  get opening(): Uint8Array | undefined {
    return this.#opening;
  }

  /** Returns the headers of a message; without one those of a batch, of a response and of a GET or DELETE. */
  headersOf(message: McpRequest | undefined): Readonly<Record<string, string>> {
    const revision = message === undefined ? undefined : claimedRevision(message);
    if (message !== undefined && revision !== undefined) {
      this.#hasModernMessage = true;
      return this.#paramHeaders.headersOf(message, revision);
    }
    if (message?.method === 'initialize') return {};
    if (this.#opening === undefined && this.#hasModernMessage) return { 'mcp-protocol-version': MODERN_REVISION };
    return legacyHeaders(this.#revision, this.#session);
  }

  /** Records the client's `initialize`. A new handshake replaces the session. */
  begin(line: Uint8Array): void {
    this.#opening = line;
    this.#revision = undefined;
    this.#session = undefined;
  }

  /** Records the revision and the session of the response to `initialize`. */
  settle(response: IncomingMessage, result: RawJson): void {
    const { protocolVersion } = result.value as { readonly protocolVersion?: unknown };
    if (typeof protocolVersion === 'string') this.#revision = protocolVersion;
    const session = response.headers['mcp-session-id'];
    this.#session = typeof session === 'string' ? session : undefined;
  }

  /** Records the parameter headers of a tool list. */
  learn(method: string, reply: Uint8Array): void {
    if (method !== 'tools/list') return;
    const message = readMessage(reply, 'server');
    if (message.kind === 'reply' && 'result' in message.reply) this.#paramHeaders.learn(message.reply.result);
  }
}
