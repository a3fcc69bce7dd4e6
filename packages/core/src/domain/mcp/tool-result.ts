import type { Failure } from '../errors/clarity-error.ts';
import { RawJson } from '../json/raw-json.ts';

/** Everything that goes wrong after "this tool exists and the message is well-formed" is a result, not a protocol error. */
export function failedToolResult({ code, message, hint, retryable }: Failure): RawJson {
  return RawJson.of({
    content: [{ type: 'text', text: `${message}\n${hint}` }],
    isError: true,
    _meta: { 'clarity/error': { code, retryable } },
  });
}
