import { failedToolResult, failure, printable, RawJson, type ErrorCode, type McpReply } from '@clarity-runtime/core';
import type { WasmFunction, WasmReply } from '@clarity-runtime/core/ports';

const QUOTE = '"';

/**
 * What a call answers, as the protocol says it. The JSON of a result is put in as it came, so that no digit is lost.
 * The value of an `Err` stands in `_meta`: clients check `structuredContent` against the output schema even in a result
 * that is an error, and an `Err` does not fit it.
 */
export function toolReply(reply: WasmReply, fn: WasmFunction, isRecord: boolean): McpReply {
  if (reply.type === 'failure') return failed(reply.code, reply.message);
  const { text: json } = reply.json;
  if (reply.type === 'err') {
    const meta = `{"clarity/err":${json}}`;
    return { result: RawJson.fromText(`{${content(shown(json))},"isError":true,"_meta":${meta}}`), isError: true };
  }
  if (fn.outputSchema === undefined) return textReply('(no output)');
  const structured = isRecord ? json : `{"result":${json}}`;
  return { result: RawJson.fromText(`{${content(shown(json))},"structuredContent":${structured}}`) };
}

export const textReply = (text: string): McpReply => ({ result: RawJson.fromText(`{${content(text)}}`) });

const LONGEST_SUBJECT = 500;

export const failed = (code: ErrorCode, subject: string): McpReply => ({
  result: failedToolResult(failure(code, printable(subject, LONGEST_SUBJECT))),
  isError: true,
});

/** A text as itself, everything else as JSON. */
const shown = (json: string): string => (json.startsWith(QUOTE) ? (JSON.parse(json) as string) : json);

const content = (text: string): string => `"content":[{"type":"text","text":${JSON.stringify(text)}}]`;
