import type { Failure } from '../errors/clarity-error.ts';
import { membersOf, objectOf } from '../json/json-members.ts';
import { RawJson } from '../json/raw-json.ts';

/** Member of `_meta` with the code of a failure of the runtime. */
const FAILURE = 'clarity/error';

/**
 * Returns a failure as a tool result with `isError`.
 * Only an unknown tool or a malformed request is a protocol error (MCP 2025-11-25, Tools, "Error Handling").
 */
export function failedToolResult({ code, message, hint, retryable }: Failure): RawJson {
  return RawJson.of({
    content: [{ type: 'text', text: `${message}\n${hint}` }],
    isError: true,
    _meta: { [FAILURE]: { code, retryable } },
  });
}

/**
 * Returns the result of an upstream without the mark of a failure of the runtime: a reader of `_meta` could not tell it from a
 * refusal of this gateway. All other bytes stay.
 */
export function withoutFailureMark(result: RawJson): RawJson {
  const members = membersOf(result);
  const meta = members.get('_meta');
  const marks = meta === undefined ? undefined : membersOf(meta);
  if (marks?.has(FAILURE) !== true) return result;
  return objectOf(new Map(members).set('_meta', objectOf(new Map([...marks].filter(([name]) => name !== FAILURE)))));
}
