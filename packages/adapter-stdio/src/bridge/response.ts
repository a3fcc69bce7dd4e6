import { RpcCode } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { IncomingMessage } from 'node:http';
import { readMessage } from '@clarity-runtime/core/protocol';

/** How a long line begins when its id stands where clients write it: before what may be long. */
const HEAD =
  /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?(?:"method"\s*:\s*"[^"\\]*"\s*,\s*)?"id"\s*:\s*("(?:[^"\\]|\\.){0,256}"|-?\d{1,18})\s*[,}]/;

const encoder = new TextEncoder();

export type RpcId = string | number | null;

/** One error as a message. */
export const errorMessage = (id: RpcId, code: number, message: string): Uint8Array =>
  encoder.encode(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));

/** For what is wrong between the client and the daemon; the protocol has no number of its own for it. */
export const bridgeError = (id: RpcId, message: string): Uint8Array => errorMessage(id, RpcCode.internalError, message);

/** The id of a message of which only the beginning is known; null when it cannot be told. */
export function idInHead(head: Uint8Array): RpcId {
  const written = HEAD.exec(new TextDecoder().decode(head))?.[1];
  if (written === undefined) return null;
  try {
    return JSON.parse(written) as RpcId;
  } catch {
    return null;
  }
}

/** What was thrown, known by its shape: errors of other realms are no instances of ours. */
export function thrown(error: unknown): { readonly message: string; readonly code: string | undefined } {
  const { message, code } = Object(error) as { readonly message?: unknown; readonly code?: unknown };
  return {
    message: typeof message === 'string' ? message : 'unknown',
    code: typeof code === 'string' ? code : undefined,
  };
}

const MAX_SAID = 300;

/** All bytes of an answer; fails when there are more than allowed. */
export async function bodyOf(answer: IncomingMessage, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) {
      answer.destroy();
      throw new Error(`the answer of the daemon has more than ${String(most)} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface ReplyOptions {
  readonly id: RpcId;
  /** Where the daemon is, for people. */
  readonly place: string;
  /** Takes secrets out of what others have written. */
  readonly hide: (text: string) => string;
}

/** What the client is told of a plain answer: the reply that it holds, or an error with the client's own id. */
export function replyIn(answer: IncomingMessage, body: Uint8Array, { id, place, hide }: ReplyOptions): Uint8Array {
  const status = answer.statusCode ?? 0;
  if (status === 401 || status === 403) return bridgeError(id, refused(status, place));
  const message = readMessage(body);
  if (message.kind === 'reply') {
    if (message.id === id) return body;
    // An error that was found before the id was read has none, and yet it is the answer to this request.
    const isNobodys = message.id === undefined || message.id === null;
    if (isNobodys && 'error' in message.reply)
      return errorMessage(id, message.reply.error.code, message.reply.error.message);
  }
  return bridgeError(id, hide(saidIn(body) ?? strange(answer, place)));
}

const refused = (status: number, place: string): string =>
  status === 401
    ? `the daemon at ${place} asks for another token: set CLARITYD_AUTH_TOKEN for the bridge`
    : `the daemon at ${place} does not serve this caller`;

const strange = ({ statusCode = 0, headers }: IncomingMessage, place: string): string =>
  `what answers at ${place} is not the MCP endpoint of clarityd (status ${String(statusCode)}, ${toPrintableAscii(headers['content-type'] ?? 'no type', 64)})`;

/** The daemon's own words about a request that it refused. */
function saidIn(body: Uint8Array): string | undefined {
  try {
    const { error, hint } = JSON.parse(new TextDecoder().decode(body)) as { error?: unknown; hint?: unknown };
    if (typeof error !== 'string') return undefined;
    return toPrintableAscii(typeof hint === 'string' ? `${error}; ${hint}` : error, MAX_SAID);
  } catch {
    return undefined;
  }
}
