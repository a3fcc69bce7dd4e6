import type { IncomingMessage } from 'node:http';
import { RawJson, RpcCode } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { idKey, readMessage, replyBytes } from '@clarity-runtime/core/protocol';

/** JSON text of an id, as written; `null` for a message whose id cannot be read (JSON-RPC 2.0 §5). */
export type IdText = string;

export const NO_ID: IdText = 'null';

/** Returns an error response. */
export const errorMessage = (id: IdText, code: number, message: string): Uint8Array =>
  replyBytes(id, { error: { code, message } });

/** Returns the response for a failure between bridge and daemon: -32603, because JSON-RPC has no own code for it. */
export const bridgeError = (id: IdText, message: string): Uint8Array =>
  errorMessage(id, RpcCode.internalError, message);

/** Two texts are one id, also if they escape characters differently. */
export const isSameId = (a: IdText | undefined, b: IdText): boolean =>
  a === b || (a !== undefined && idKey(RawJson.fromText(a)) === idKey(RawJson.fromText(b)));

/** Returns message and code of a thrown value, by its shape: an error of another realm is not an `instanceof Error`. */
export function thrown(error: unknown): { readonly message: string; readonly code: string | undefined } {
  const { message, code } = Object(error) as { readonly message?: unknown; readonly code?: unknown };
  return {
    message: typeof message === 'string' ? message : 'unknown',
    code: typeof code === 'string' ? code : undefined,
  };
}

const MAX_SHOWN_LENGTH = 300;

/** Reads the body of a response. Rejects if it has more than `maxBytes`. */
export async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      response.destroy();
      throw new Error(`the answer of the daemon has more than ${String(maxBytes)} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface ReplyOptions {
  readonly id: IdText;
  /** Origin of the daemon, for messages. */
  readonly place: string;
  /** Removes secrets from foreign text. */
  readonly hide: (text: string) => string;
}

/** Returns the reply in a JSON response, or an error with the id of the request. */
export function replyIn(response: IncomingMessage, body: Uint8Array, { id, place, hide }: ReplyOptions): Uint8Array {
  const status = response.statusCode ?? 0;
  if (status === 401 || status === 403) return bridgeError(id, refused(status, place));
  const message = readMessage(body, 'server');
  if (message.kind === 'reply') {
    if (isSameId(message.id, id)) return body;
    // An error without id is the response to this request: the daemon found it before it read the id.
    const hasNoId = message.id === undefined || message.id === NO_ID;
    if (hasNoId && 'error' in message.reply)
      return errorMessage(id, message.reply.error.code, message.reply.error.message);
  }
  return bridgeError(id, hide(apiErrorIn(body) ?? notTheEndpoint(response, place)));
}

const refused = (status: number, place: string): string =>
  status === 401
    ? `the daemon at ${place} asks for another token: set CLARITYD_AUTH_TOKEN for the bridge`
    : `the daemon at ${place} does not serve this caller`;

const notTheEndpoint = ({ statusCode = 0, headers }: IncomingMessage, place: string): string =>
  `what answers at ${place} is not the MCP endpoint of clarityd (status ${String(statusCode)}, ${toPrintableAscii(headers['content-type'] ?? 'no type', 64)})`;

/** Returns error and hint of an error response of the HTTP API. */
function apiErrorIn(body: Uint8Array): string | undefined {
  try {
    const { error, hint } = JSON.parse(new TextDecoder().decode(body)) as { error?: unknown; hint?: unknown };
    if (typeof error !== 'string') return undefined;
    return toPrintableAscii(typeof hint === 'string' ? `${error}; ${hint}` : error, MAX_SHOWN_LENGTH);
  } catch {
    return undefined;
  }
}
