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

/** The replacement of a `_meta` without a progress token: the same, none, or another one. */
type SentMeta = 'same' | 'none' | RawJson;
type RecentMeta = Readonly<Record<Era, RecentTexts<SentMeta>>>;

/** Clients repeat their `_meta`: reading and writing it took 4 µs of each call. By the client information of a connection. */
const recent = new WeakMap<Implementation, RecentMeta>();

function recentOf(era: Era, client: Implementation): RecentTexts<SentMeta> {
  let known = recent.get(client);
  if (known === undefined) {
    known = { legacy: new RecentTexts(64, MAX_META_BYTES), modern: new RecentTexts(64, MAX_META_BYTES) };
    recent.set(client, known);
  }
  return known[era];
}

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
export function withRequestEnvelope(request: McpRequest, envelope: RequestEnvelope): EnvelopedRequest {
  const given = request.params.get('_meta');
  const text = given === undefined ? '' : given.bytes.length <= MAX_META_BYTES ? given.text : undefined;
  const { era, client, token } = envelope;
  const known = text === undefined ? undefined : recentOf(era, client).get(text);
  if (known !== undefined) return { request: withMeta(request, known) };
  const meta = (given === undefined ? undefined : strictMembers(given.bytes)) ?? new Map<string, RawJson>();
  const progressToken = meta.get('progressToken');
  if (progressToken !== undefined) {
    meta.set('progressToken', RawJson.of(token));
    return { request: withMeta(request, sentMeta(meta, envelope)), progressToken };
  }
  const sent = sentMeta(meta, envelope);
  // A copy: the memory of short texts is shared.
  if (text !== undefined)
    recentOf(era, client).keep(text, typeof sent === 'string' ? sent : RawJson.fromBytes(sent.bytes.slice()));
  return { request: withMeta(request, sent) };
}

/** Changes the members of a `_meta` to those that are sent. */
function sentMeta(meta: Map<string, RawJson>, { era, client }: RequestEnvelope): SentMeta {
  if (era === 'modern') {
    if (isComplete(meta) && !meta.has('progressToken')) return 'same';
    meta.set(VERSION, RawJson.of(MODERN_REVISION));
    if (!meta.has(CAPABILITIES)) meta.set(CAPABILITIES, RawJson.of({}));
    if (!meta.has(CLIENT)) meta.set(CLIENT, RawJson.of(client));
  } else {
    for (const name of ENVELOPE) meta.delete(name);
  }
  return meta.size === 0 ? 'none' : objectOf(meta);
}

function withMeta(request: McpRequest, sent: SentMeta): McpRequest {
  const { method, params } = request;
  if (sent === 'same' || (sent === 'none' && !params.has('_meta'))) return request;
  const changed = new Map(params);
  if (sent === 'none') changed.delete('_meta');
  else changed.set('_meta', sent);
  return { method, params: changed };
}
