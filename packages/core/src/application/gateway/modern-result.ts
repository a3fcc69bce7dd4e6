import type { Implementation } from '../../domain/mcp.ts';
import { RawJson } from '../../domain/raw-json.ts';
import { memberSpans } from './member-spans.ts';

/** Key of the server's identity in `_meta` of a modern result. */
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

const OPEN_BRACE = 0x7b;

/**
 * A result as the modern revision wants it: it says that it is complete and who gave it, unless it says so itself. What a
 * service wrote stays as it was written.
 */
export function modernResult(result: RawJson, serverInfo: Implementation): RawJson {
  const spans = memberSpans(result.bytes);
  const type = spans.has('resultType') ? {} : { resultType: 'complete' };
  const span = spans.get('_meta');
  const identity = { [SERVER_INFO]: serverInfo };
  if (span === undefined) return result.withMembersFirst({ ...type, _meta: identity });
  const { bytes } = result;
  const meta = RawJson.fromBytes(bytes.subarray(span.start, span.end));
  if (meta.bytes[0] !== OPEN_BRACE || memberSpans(meta.bytes).has(SERVER_INFO)) return result.withMembersFirst(type);
  const parts = [bytes.subarray(0, span.start), meta.withMembersFirst(identity).bytes, bytes.subarray(span.end)];
  return RawJson.fromBytes(joined(parts)).withMembersFirst(type);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
