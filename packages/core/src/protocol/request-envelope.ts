import { MODERN_REVISION, type Era, type Implementation, type McpRequest } from '../domain/mcp/mcp.ts';
import { RecentTexts } from './recent-texts.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { objectOf, strictMembers } from '../domain/json/json-members.ts';

const PREFIX = 'io.modelcontextprotocol/';
/** Members of `_meta` that describe a modern request. A legacy server would mistake the request for a modern one. */
const ENVELOPE = ['protocolVersion', 'clientCapabilities', 'clientInfo', 'logLevel'].map((name) => PREFIX + name);

const VERSION = `${PREFIX}protocolVersion`;
const CAPABILITIES = `${PREFIX}clientCapabilities`;
const CLIENT = `${PREFIX}clientInfo`;

const MAX_META_BYTES = 1_024;
/** Texts of `_meta` that are sent as they are. */
const complete = new RecentTexts<true>(64, MAX_META_BYTES);

/** Returns whether the caller wrote the whole envelope, so that the request is sent as it is. */
const isComplete = (meta: ReadonlyMap<string, RawJson>): boolean =>
  meta.has(CAPABILITIES) && meta.has(CLIENT) && meta.get(VERSION)?.value === MODERN_REVISION;

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
  const text = era === 'modern' && given !== undefined && given.bytes.length <= MAX_META_BYTES ? given.text : undefined;
  if (text !== undefined && complete.get(text) === true) return { request: { method, params } };
  const meta = (given === undefined ? undefined : strictMembers(given.bytes)) ?? new Map<string, RawJson>();
  const progressToken = meta.get('progressToken');
  if (era === 'modern' && progressToken === undefined && isComplete(meta)) {
    if (text !== undefined) complete.keep(text, true);
    return { request: { method, params } };
  }
  if (progressToken !== undefined) meta.set('progressToken', RawJson.of(token));
  if (era === 'modern') {
    meta.set(VERSION, RawJson.of(MODERN_REVISION));
    if (!meta.has(CAPABILITIES)) meta.set(CAPABILITIES, RawJson.of({}));
    if (!meta.has(CLIENT)) meta.set(CLIENT, RawJson.of(client));
  } else {
    for (const name of ENVELOPE) meta.delete(name);
  }
  const enveloped = new Map(params);
  if (meta.size === 0) enveloped.delete('_meta');
  else enveloped.set('_meta', objectOf(meta));
  const request = { method, params: enveloped };
  return progressToken === undefined ? { request } : { request, progressToken };
}
