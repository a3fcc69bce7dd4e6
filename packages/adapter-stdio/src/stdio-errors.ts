import { RpcCode } from '@clarity-runtime/core';

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
