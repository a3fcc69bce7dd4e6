import type { Failure } from '../errors/clarity-error.ts';
import { RawJson } from '../json/raw-json.ts';

/**
 * Returns a failure as a tool result with `isError`.
 * Only an unknown tool or a malformed request is a protocol error (MCP 2025-11-25, Tools, "Error Handling").
 */
export function failedToolResult({ code, message, hint, retryable }: Failure): RawJson {
  return RawJson.of({
    content: [{ type: 'text', text: `${message}\n${hint}` }],
    isError: true,
    _meta: { 'clarity/error': { code, retryable } },
  });
}
