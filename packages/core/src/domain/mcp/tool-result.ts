import type { Failure } from '../errors/clarity-error.ts';
import { RawJson } from '../json/raw-json.ts';

/** Returns a failed call as a tool result. Only an unknown tool and a malformed request are protocol errors (MCP, Tools). */
export function failedToolResult({ code, message, hint, retryable }: Failure): RawJson {
  return RawJson.of({
    content: [{ type: 'text', text: `${message}\n${hint}` }],
    isError: true,
    _meta: { 'clarity/error': { code, retryable } },
  });
}
