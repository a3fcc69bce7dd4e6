import { RawJson, type McpRequest } from '@clarity-runtime/core';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import type { JsonRpcConnection, ParamHeaderCache } from '@clarity-runtime/core/protocol';

const MAX_PAGES = 100;

interface RejectedCall {
  readonly request: McpRequest;
  /** Options of the `tools/list` requests. */
  readonly options: UpstreamRequestOptions;
  readonly paramHeaders: ParamHeaderCache;
}

/**
 * Lists the tools of the server again after a header mismatch, up to the first page that changes the headers of the call
 * (MCP 2026-07-28, Streamable HTTP, "Client Behavior"). Returns true if they changed: a retry can succeed.
 */
export async function relistTools(
  connection: JsonRpcConnection,
  { request, options, paramHeaders }: RejectedCall,
): Promise<boolean> {
  const headersNow = (): string => JSON.stringify(paramHeaders.headersOf(request));
  const before = headersNow();
  const sent = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = new Map(cursor === undefined ? [] : [['cursor', RawJson.of(cursor)] as const]);
    const reply = await connection.request({ method: 'tools/list', params }, options);
    if ('error' in reply) return false;
    // The connection has passed the list to the cache before it replied.
    if (headersNow() !== before) return true;
    const { nextCursor } = reply.result.value as { readonly nextCursor?: unknown };
    if (typeof nextCursor !== 'string' || sent.has(nextCursor)) return false;
    sent.add(nextCursor);
    cursor = nextCursor;
  }
  return false;
}
