import { MODERN_REVISION, type Era, type Implementation, type McpRequest } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { objectOf, strictMembers } from '../domain/json/json-members.ts';

const PREFIX = 'io.modelcontextprotocol/';
/** Members of `_meta` that describe a modern request. A legacy server would mistake the request for a modern one. */
const ENVELOPE = ['protocolVersion', 'clientCapabilities', 'clientInfo', 'logLevel'].map((name) => PREFIX + name);

/** The part of a request's `_meta` that depends on the connection. */
export interface RequestEnvelope {
  readonly era: Era;
  readonly client: Implementation;
  /** Replaces the progress token of the caller, which other callers of the connection may use too. */
  readonly token: number;
}

export interface EnvelopedRequest {
  readonly request: McpRequest;
  /** The token of the caller. Absent if the caller has not requested progress. */
  readonly progressToken?: RawJson;
}

/**
 * Returns the request as it is sent: with the progress token of the connection and, in the modern era, with protocol
 * version, client capabilities and client information (MCP 2026-07-28, "Per-Request Metadata").
 */
export function withRequestEnvelope(
  { method, params }: McpRequest,
  { era, client, token }: RequestEnvelope,
): EnvelopedRequest {
  const given = params.get('_meta');
  const meta = new Map(given === undefined ? [] : (strictMembers(given.bytes) ?? []));
  const progressToken = meta.get('progressToken');
  if (progressToken !== undefined) meta.set('progressToken', RawJson.of(token));
  if (era === 'modern') {
    meta.set(`${PREFIX}protocolVersion`, RawJson.of(MODERN_REVISION));
    if (!meta.has(`${PREFIX}clientCapabilities`)) meta.set(`${PREFIX}clientCapabilities`, RawJson.of({}));
    if (!meta.has(`${PREFIX}clientInfo`)) meta.set(`${PREFIX}clientInfo`, RawJson.of(client));
  } else {
    for (const name of ENVELOPE) meta.delete(name);
  }
  const enveloped = new Map(params);
  if (meta.size === 0) enveloped.delete('_meta');
  else enveloped.set('_meta', objectOf(meta));
  const request = { method, params: enveloped };
  return progressToken === undefined ? { request } : { request, progressToken };
}
