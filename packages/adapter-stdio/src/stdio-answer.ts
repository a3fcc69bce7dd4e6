import type { IncomingMessage } from 'node:http';
import { printable } from '@clarity-runtime/core';
import { readMessage } from '@clarity-runtime/core/protocol';
import { bridgeError, errorMessage, type RpcId } from './stdio-errors.ts';

const MOST_SAID = 300;

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

export interface ReplyTerms {
  readonly id: RpcId;
  /** Where the daemon is, for people. */
  readonly place: string;
  /** Takes secrets out of what others have written. */
  readonly hide: (text: string) => string;
}

/** What the client is told of a plain answer: the reply that it holds, or an error with the client's own id. */
export function replyIn(answer: IncomingMessage, body: Uint8Array, { id, place, hide }: ReplyTerms): Uint8Array {
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
  `what answers at ${place} is not the MCP endpoint of clarityd (status ${String(statusCode)}, ${printable(headers['content-type'] ?? 'no type', 64)})`;

/** The daemon's own words about a request that it refused. */
function saidIn(body: Uint8Array): string | undefined {
  try {
    const { error, hint } = JSON.parse(new TextDecoder().decode(body)) as { error?: unknown; hint?: unknown };
    if (typeof error !== 'string') return undefined;
    return printable(typeof hint === 'string' ? `${error}; ${hint}` : error, MOST_SAID);
  } catch {
    return undefined;
  }
}
