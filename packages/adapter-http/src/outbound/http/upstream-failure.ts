import { ClarityError, type RpcError } from '@clarity-runtime/core';
import { toDisplayText, readMessage } from '@clarity-runtime/core/protocol';
import { encodingOf, readBounded } from './bounded-body.ts';
import type { UpstreamResponse } from './upstream-response.ts';

const MAX_BYTES = 64 * 1024;
const SHOWN = 200;

/** Statuses of the request alone: another request may succeed. */
const OF_REQUEST: ReadonlySet<number> = new Set([400, 403, 409, 413, 414, 422, 429, 431]);

/** A response with an error status. The status is evidence of the era; the text is safe to display. */
export class UpstreamFailure extends ClarityError {
  readonly status: number;
  override readonly ofRequest: boolean;
  /** The JSON-RPC error of the body, if it has one. */
  readonly rpc: RpcError | undefined;

  constructor(status: number, text: string, rpc: RpcError | undefined) {
    super(codeOf(status), text === '' ? `HTTP ${String(status)}` : `HTTP ${String(status)}: ${text}`);
    this.status = status;
    this.ofRequest = OF_REQUEST.has(status);
    this.rpc = rpc;
  }
}

/** Reads a response with an error status. `redact` removes credentials from its text. */
export async function failureOf(
  response: UpstreamResponse,
  redact: (text: string) => string,
): Promise<UpstreamFailure> {
  const { status } = response;
  if (status >= 300 && status < 400) {
    response.destroy();
    return new UpstreamFailure(status, 'the response is a redirect, and redirects are not followed', undefined);
  }
  const body = await readText(response);
  const message = readMessage(body, 'server');
  const rpc = message.kind === 'reply' && 'error' in message.reply ? message.reply.error : undefined;
  const text = rpc?.message ?? Buffer.from(body).toString('utf8');
  return new UpstreamFailure(status, toDisplayText(redact(text), SHOWN), rpc);
}

/** Returns the body; empty if it is compressed or larger than 64 KiB. */
async function readText(response: UpstreamResponse): Promise<Uint8Array> {
  if (encodingOf(response) === undefined) return readBounded(response, MAX_BYTES).catch(() => Buffer.alloc(0));
  response.destroy();
  return Buffer.alloc(0);
}

/** The status says nothing about the era of the server. */
export const isNoEvidence = (status: number): boolean =>
  status < 400 || status >= 500 || [401, 403, 407, 408, 429].includes(status);

function codeOf(status: number): 'UPSTREAM_UNAUTHORIZED' | 'UPSTREAM_FAILED' | 'UPSTREAM_PROTOCOL' {
  if (status === 401 || status === 403 || status === 407) return 'UPSTREAM_UNAUTHORIZED';
  return status >= 500 || status === 408 || status === 429 ? 'UPSTREAM_FAILED' : 'UPSTREAM_PROTOCOL';
}
