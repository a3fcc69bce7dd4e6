import { routes } from '@clarity-runtime/api-contract';
import {
  ERROR_TABLE,
  errorRow,
  isClarityError,
  type ErrorCode,
  type Runtime,
  type ToolCallResult,
} from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import { sseEvent, strictMembers } from '@clarity-runtime/core/protocol';
import type { Reply, StreamReply } from '../http/response.ts';
import { route, type HttpRoute } from '../http/route.ts';

/** Returns the route that calls a tool. Arguments and result pass as bytes, so that no number is rounded. */
export const toolRoutes = ({ tools }: Runtime): readonly HttpRoute[] => [
  route(routes.callTool, async ({ caller, body: { service, tool }, bytes, accept, signal }) => {
    const rawArguments = strictMembers(bytes)?.get('arguments');
    const call: ToolRequest = (onProgress) =>
      outcomeOf(() => tools.call(caller, { name: tool, service, signal, ...defined({ rawArguments, onProgress }) }));
    return accept.includes('text/event-stream') ? eventReply(call) : jsonReply(await call());
  }),
];

type ToolRequest = (onProgress?: (progress: object) => void) => Promise<Uint8Array>;

const jsonReply = (body: Uint8Array): Reply => ({
  status: 200,
  body,
  headers: { 'content-type': 'application/json; charset=utf-8' },
});

/** Sends progress as it comes, then the outcome, or the refusal of a request that is not valid. The end of the connection aborts the signal of the request. */
const eventReply = (call: ToolRequest): StreamReply => ({
  stream: (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    res.flushHeaders();
    const show = (progress: object): void => {
      res.write(sseEvent({ event: 'progress', data: JSON.stringify(progress) }));
    };
    void call(show).then(
      (outcome) => res.end(sseEvent({ event: 'result', data: Buffer.from(outcome).toString() })),
      (error: unknown) => {
        if (!isClarityError(error)) {
          res.destroy(error instanceof Error ? error : undefined);
          return;
        }
        const { code, message, field, hint } = error.failure;
        res.end(sseEvent({ event: 'refused', data: JSON.stringify({ error: message, code, field, hint }) }));
      },
    );
  },
});

/** Returns the JSON of the reply. Errors of the request itself are thrown. */
async function outcomeOf(call: () => Promise<ToolCallResult>): Promise<Uint8Array> {
  const began = performance.now();
  const done = (outcome: string, more: object, result?: Uint8Array): Uint8Array => {
    const durationMs = Math.round((performance.now() - began) * 1000) / 1000;
    const head = JSON.stringify({ outcome, durationMs, bytes: result?.length ?? 0, ...more });
    if (result === undefined) return Buffer.from(head);
    return Buffer.concat([Buffer.from(`${head.slice(0, -1)},"result":`), result, Buffer.from('}')]);
  };
  try {
    const { raw, isError } = await call();
    const error = isError ? failureIn(raw.value) : undefined;
    if (!isError) return done('ok', {}, raw.bytes);
    return error === undefined ? done('tool_error', {}, raw.bytes) : done(verdictOf(error.code), { error });
  } catch (error) {
    if (!isClarityError(error) || error.code !== 'UPSTREAM_FAILED') throw error;
    const { code, message, hint } = error.failure;
    return done('error', { error: { code, message, hint } });
  }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_TABLE, code);

const verdictOf = (code: ErrorCode): string =>
  ['denied', 'exhausted'].includes(errorRow(code).kind) ? 'denied' : 'error';

/** Returns the failure in a result that the runtime made (`failedToolResult`). */
function failureIn(
  result: unknown,
): { readonly code: ErrorCode; readonly message: string; readonly hint?: string } | undefined {
  const { _meta: meta, content } = result as {
    _meta?: Record<string, unknown>;
    content?: readonly { text?: string }[];
  };
  const { code } = Object(meta?.['clarity/error']) as { code?: unknown };
  if (typeof code !== 'string' || !isErrorCode(code)) return undefined;
  const [message = '', hint] = content?.[0]?.text?.split('\n') ?? [];
  return { code, message, ...defined({ hint }) };
}
