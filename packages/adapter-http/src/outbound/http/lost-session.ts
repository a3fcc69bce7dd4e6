import { RpcCode } from '@clarity-runtime/core';
import { readMessage, toDisplayText } from '@clarity-runtime/core/protocol';
import type { UpstreamFailure } from './upstream-failure.ts';

/** Texts that name a session, a handshake or a connection as the reason. */
const NAMES_SESSION =
  /\bsession|session[ _-]?id|\b(un|not (been |yet )?|before |without |first |must (re-?)?)initiali[sz]|\binitiali[sz](e|ation) (first|again|required)|re-?initiali[sz]e|\bno (active |valid |open )?(transport|connection)\b|(unknown|stale|invalid) (client|connection|transport)|reconnect/i;
/** Texts that say so about a request that the service read. */
const UNKNOWN =
  /not found|unknown|invalid|expired|no (valid|active|such)|missing|terminated|closed|not exist|lost|required|stale|timed out|gone|initiali[sz]/i;
/** Codes of a request that the service understood. */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  RpcCode.parseError,
  RpcCode.invalidRequest,
  RpcCode.methodNotFound,
  RpcCode.invalidParams,
]);
/** Statuses of a session that has ended, whatever the text (MCP 2025-11-25, Session Management: 404). */
const ENDED: ReadonlySet<number> = new Set([404, 410, 440]);

/** A response with an error status, as far as this rule reads it. */
export type Refusal = Pick<UpstreamFailure, 'status' | 'text' | 'rpc' | 'isUnaddressed'>;

/** Tells whether a refusal with an HTTP status can mean that the service does not know the session of the request. */
export function canMeanLostSession({ status, text, rpc, isUnaddressed }: Refusal): boolean {
  if (status < 400 || status === 407 || status === 408 || status === 429) return false;
  const isNamed = NAMES_SESSION.test(text);
  if (status >= 401 && status !== 404 && status !== 410 && status !== 440) return isNamed && UNKNOWN.test(text);
  if (isNamed) return true;
  const isUnderstood = rpc !== undefined && UNDERSTOOD.has(rpc.code);
  if (ENDED.has(status)) return !isUnderstood;
  // Status 400: an error for no request, or without a word, comes from the layer that looks for the session.
  return !isUnderstood && (isUnaddressed || text === '');
}

/** Milliseconds without a new session after one that did not help. */
const FRUITLESS_MS = 60_000;

/** Decides which refusals lead to a new session. */
export class LostSessionTrials {
  #pausedUntil = 0;

  /** `sessionId` is the session of the request; undefined without one. */
  allows(failure: UpstreamFailure, sessionId: string | undefined): boolean {
    if (!canMeanLostSession(failure)) return false;
    if (sessionId === undefined) return /initiali[sz]/i.test(failure.text);
    return failure.status === 404 || performance.now() >= this.#pausedUntil;
  }

  /** A new session did not help: for a minute, only status 404 leads to another one. */
  end(): void {
    this.#pausedUntil = performance.now() + FRUITLESS_MS;
  }
}

/** Larger responses are results. */
const MAX_REFUSAL_BYTES = 2_048;
const ERROR = Buffer.from('"error"');

/** Returns the words of an error response that names an unknown session; undefined for any other message. */
export function lostSessionIn(message: Uint8Array): string | undefined {
  if (message.length > MAX_REFUSAL_BYTES) return undefined;
  if (!Buffer.from(message.buffer, message.byteOffset, message.length).includes(ERROR)) return undefined;
  const read = readMessage(message, 'server');
  if (read.kind !== 'reply' || !('error' in read.reply)) return undefined;
  const { message: words } = read.reply.error;
  return NAMES_SESSION.test(words) && UNKNOWN.test(words) ? toDisplayText(words, 200) : undefined;
}
