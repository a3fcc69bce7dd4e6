import { LEGACY_REVISIONS, type McpParams, type RawJson, MODERN_REVISION } from '@clarity-runtime/core';
import { strictMembers, readMessage } from '@clarity-runtime/core/protocol';
import type { IncomingMessage } from 'node:http';

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Requests whose target is repeated in a header, and the parameter that holds it. */
const NAMED: Readonly<Record<string, string | undefined>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

export interface RpcCall {
  readonly method: string;
  readonly params: McpParams;
}

/** The revision that a message claims for itself, which makes it modern; undefined for a legacy one. */
export function claimedRevision({ params }: RpcCall): string | undefined {
  const meta = params.get('_meta');
  const claim = meta === undefined ? undefined : strictMembers(meta.bytes)?.get(VERSION)?.value;
  return typeof claim === 'string' ? claim : undefined;
}

/** What the HTTP transport repeats of a modern request, so that others can route it. */
export function modernHeaders(spoken: RpcCall, revision: string, mirrored: MirroredArguments): Record<string, string> {
  const { method, params } = spoken;
  const source = NAMED[method];
  const target = source === undefined ? undefined : params.get(source)?.value;
  return {
    'mcp-protocol-version': headerValue(revision),
    'mcp-method': headerValue(method),
    ...(typeof target === 'string' ? { 'mcp-name': headerValue(target) } : {}),
    ...(method === 'tools/call' && typeof target === 'string' ? mirrored.of(target, params.get('arguments')) : {}),
  };
}

/** What a legacy message carries after its client and the daemon have settled on a revision. */
export const legacyHeaders = (revision: string | undefined, session: string | undefined): Record<string, string> => ({
  ...(LEGACY_REVISIONS.some((known) => known === revision) && revision !== undefined
    ? { 'mcp-protocol-version': revision }
    : {}),
  ...(session === undefined ? {} : { 'mcp-session-id': session }),
});

/** Text that is no plain header value, or could be taken for an encoded one, is written in base64. */
const headerValue = (text: string): string =>
  PLAIN.test(text) && !text.startsWith('=?') ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`;

/** Which arguments of which tools the HTTP transport repeats in headers: learnt from the lists that pass by. */
export class MirroredArguments {
  readonly #byTool = new Map<string, readonly (readonly [header: string, argument: string])[]>();

  /** Reads the result of a `tools/list`. */
  learn(result: RawJson): void {
    const { tools } = result.value as { readonly tools?: unknown };
    for (const tool of Array.isArray(tools) ? (tools as readonly unknown[]) : []) {
      const { name, inputSchema } = (tool ?? {}) as { readonly name?: unknown; readonly inputSchema?: unknown };
      const { properties } = (inputSchema ?? {}) as { readonly properties?: unknown };
      const wanted = Object.entries((properties ?? {}) as Readonly<Record<string, unknown>>).flatMap(
        ([argument, schema]): (readonly [string, string])[] => {
          const header = ((schema ?? {}) as Readonly<Record<string, unknown>>)['x-mcp-header'];
          return typeof header === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(header) ? [[header, argument]] : [];
        },
      );
      if (typeof name === 'string' && wanted.length > 0) this.#byTool.set(name, wanted);
    }
  }

  of(tool: string, args: RawJson | undefined): Record<string, string> {
    const wanted = this.#byTool.get(tool);
    const values = wanted === undefined || args === undefined ? undefined : strictMembers(args.bytes);
    const headers: Record<string, string> = {};
    for (const [header, argument] of wanted ?? []) {
      const value = values?.get(argument);
      if (value === undefined || value.value === null) continue;
      headers[`mcp-param-${header}`] = headerValue(typeof value.value === 'string' ? value.value : value.text);
    }
    return headers;
  }
}

/** What the client and the daemon have settled: the era of each message, the revision, the session. */
export class BridgeConversation {
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
  headersOf(spoken: RpcCall | undefined): Record<string, string> {
    const claimed = spoken === undefined ? undefined : claimedRevision(spoken);
    if (spoken !== undefined && claimed !== undefined) {
      this.#spokeModern = true;
      return modernHeaders(spoken, claimed, this.#mirrored);
    }
    if (spoken?.method === 'initialize') return {};
    if (this.#opening === undefined && this.#spokeModern) return { 'mcp-protocol-version': MODERN_REVISION };
    return legacyHeaders(this.#revision, this.#session);
  }

  isModern(spoken: RpcCall): boolean {
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
