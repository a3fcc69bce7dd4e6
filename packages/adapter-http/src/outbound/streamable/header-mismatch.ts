import { RawJson, RpcCode, type McpReply, type McpRequest } from '@clarity-runtime/core';
import type { CallTerms, JsonRpcConnection, ParamHeaderCache } from '@clarity-runtime/core/protocol';
import { ownTerms } from '../call-terms.ts';

const MAX_PAGES = 100;

/** The server has rejected a call because of its parameter headers, and has not run it. */
export const isHeaderMismatch = ({ method }: McpRequest, reply: McpReply): boolean =>
  method === 'tools/call' && 'error' in reply && reply.error.code === RpcCode.headerMismatch;

interface RejectedCall {
  readonly request: McpRequest;
  readonly terms: CallTerms;
  readonly paramHeaders: ParamHeaderCache;
}

/**
 * Lists the tools of the server again after a header mismatch, up to the first page that changes the headers of the call
 * (MCP 2026-07-28, Streamable HTTP, "Client Behavior"). Returns true if they changed: a retry can succeed.
 */
export async function relistTools(
  connection: JsonRpcConnection,
  { request, terms, paramHeaders }: RejectedCall,
): Promise<boolean> {
  const headersNow = (): string => JSON.stringify(paramHeaders.headersOf(request));
  const before = headersNow();
  const listTerms = ownTerms(terms.signal, terms.totalMs, terms.maxReplyBytes);
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = new Map(cursor === undefined ? [] : [['cursor', RawJson.of(cursor)] as const]);
    const reply = await connection.request({ method: 'tools/list', params }, listTerms);
    if ('error' in reply) return false;
    paramHeaders.learn(reply.result);
    if (headersNow() !== before) return true;
    const { nextCursor } = reply.result.value as { readonly nextCursor?: unknown };
    if (typeof nextCursor !== 'string' || nextCursor === cursor) return false;
    cursor = nextCursor;
  }
  return false;
}
