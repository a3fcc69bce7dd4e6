import type { RpcError } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { toDisplayLines } from '../domain/text/safe-text.ts';

const MAX_DATA_SIZE = 65_536;

/** Returns an error of a service without credentials and control characters; its message may have several lines. `data` above 64 KiB of text is dropped. */
export function sanitizedError({ code, message, data }: RpcError, redact: (text: string) => string): RpcError {
  const sanitized = { code, message: toDisplayLines(redact(message)) };
  if (data === undefined) return sanitized;
  const text = redact(JSON.stringify(data));
  return text.length > MAX_DATA_SIZE ? sanitized : { ...sanitized, data: RawJson.fromText(text).value };
}
