import { MODERN_REVISION, type Era, type Implementation, type McpRequest } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { strictMembers } from '../domain/json/json-members.ts';
import { rawObject } from './message-writer.ts';

const PREFIX = 'io.modelcontextprotocol/';
/** What a modern request says of itself; a legacy service would take it for the other era. */
const ENVELOPE = ['protocolVersion', 'clientCapabilities', 'clientInfo', 'logLevel'].map((name) => PREFIX + name);

/** How a request is to look on this connection. */
export interface Dress {
  readonly era: Era;
  readonly client: Implementation;
  /** Stands in for the caller's own progress token, which other callers of the connection may use as well. */
  readonly token: number;
}

export interface EnvelopedRequest {
  readonly request: McpRequest;
  /** The token that the caller gave; without one no progress was asked for. */
  readonly progressToken?: RawJson;
}

/** The request as it goes out: with our progress token, and in the modern era with what it says of its client. */
export function withRequestEnvelope({ method, params }: McpRequest, { era, client, token }: Dress): EnvelopedRequest {
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
  const dressed = new Map(params);
  if (meta.size === 0) dressed.delete('_meta');
  else dressed.set('_meta', rawObject(meta));
  const request = { method, params: dressed };
  return progressToken === undefined ? { request } : { request, progressToken };
}
