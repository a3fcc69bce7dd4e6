import type { Implementation } from '../../domain/mcp/mcp.ts';
import { membersOf, objectOf, topLevelSpans } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { joined } from '../../domain/json/utf8.ts';

/** Key of the server's identity in `_meta` of a modern result. */
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

const OPEN_BRACE = 0x7b;
const COMPLETE = { resultType: 'complete' };

/**
 * Returns a result with `resultType`, the server identity and `caching` (MCP 2026-07-28), unless it already has them.
 * The bytes of the service stay unchanged.
 */
export function modernResult(result: RawJson, serverInfo: Implementation, caching?: object): RawJson {
  const spans = topLevelSpans(result.bytes);
  const hints = caching === undefined ? undefined : Object.entries(caching).filter(([name]) => !spans.has(name));
  const type = {
    ...(spans.has('resultType') ? undefined : COMPLETE),
    ...(hints === undefined ? undefined : Object.fromEntries(hints)),
  };
  const span = spans.get('_meta');
  if (span === undefined && caching === undefined) return result.withTextFirst(ownMembers(serverInfo, spans));
  const identity = { [SERVER_INFO]: serverInfo };
  if (span === undefined) return result.withMembersFirst({ ...type, _meta: identity });
  const { bytes } = result;
  const meta = RawJson.fromBytes(bytes.subarray(span.start, span.end));
  if (meta.bytes[0] !== OPEN_BRACE || topLevelSpans(meta.bytes).has(SERVER_INFO)) return result.withMembersFirst(type);
  const pieces = [bytes.subarray(0, span.start), meta.withMembersFirst(identity).bytes, bytes.subarray(span.end)];
  return RawJson.fromBytes(joined(pieces)).withMembersFirst(type);
}

const texts = new WeakMap<Implementation, { readonly all: string; readonly meta: string }>();

/** Returns the members that a result without `_meta` gets, as JSON text. The text is written once per identity. */
function ownMembers(serverInfo: Implementation, spans: ReadonlyMap<string, unknown>): string {
  let known = texts.get(serverInfo);
  if (known === undefined) {
    const identity = { _meta: { [SERVER_INFO]: serverInfo } };
    known = { all: JSON.stringify({ ...COMPLETE, ...identity }), meta: JSON.stringify(identity) };
    texts.set(serverInfo, known);
  }
  return spans.has('resultType') ? known.meta : known.all;
}

/** Members of results that only the modern era has. */
const MODERN_MEMBERS = ['resultType', 'ttlMs', 'cacheScope'] as const;

/**
 * Returns the result of a modern service as a legacy one: without `resultType`, the cache hints and the identity of the server,
 * which a server of a legacy revision does not send. The values of all other members keep their bytes.
 */
export function legacyResult(result: RawJson): RawJson {
  if (result.bytes[0] !== OPEN_BRACE) return result;
  const members = new Map(membersOf(result));
  let isChanged = false;
  for (const name of MODERN_MEMBERS) isChanged = members.delete(name) || isChanged;
  const meta = members.get('_meta');
  if (meta?.bytes[0] === OPEN_BRACE) {
    const inner = new Map(membersOf(meta));
    if (inner.delete(SERVER_INFO)) {
      isChanged = true;
      if (inner.size === 0) members.delete('_meta');
      else members.set('_meta', objectOf(inner));
    }
  }
  return isChanged ? objectOf(members) : result;
}
