import type { IncomingMessage } from 'node:http';
import { ClarityError, type RpcError } from '@clarity-runtime/core';
import { toDisplayText, readMessage } from '@clarity-runtime/core/protocol';
import { encodingOf, readBounded } from './bounded-body.ts';

const MAX_BYTES = 64 * 1024;
const SHOWN = 200;

/** Refused for what it asks for, how large it is, or how many there were: another one may well be answered. */
const OF_REQUEST: ReadonlySet<number> = new Set([400, 403, 409, 413, 414, 422, 429, 431]);

/** An answer that is no success: its status is evidence of the era, its text is clean. */
export class UpstreamFailure extends ClarityError {
  readonly status: number;
  override readonly ofRequest: boolean;
  /** What it said in the words of JSON-RPC. */
  readonly rpc: RpcError | undefined;

  constructor(status: number, text: string, rpc: RpcError | undefined) {
    super(codeOf(status), text === '' ? `HTTP ${String(status)}` : `HTTP ${String(status)}: ${text}`);
    this.status = status;
    this.ofRequest = OF_REQUEST.has(status);
    this.rpc = rpc;
  }
}

/** Reads an answer that is no success. `redact` hides credentials that it repeats. */
export async function failureOf(answer: IncomingMessage, redact: (text: string) => string): Promise<UpstreamFailure> {
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    answer.destroy();
    return new UpstreamFailure(status, 'it points to another address, and redirects are not followed', undefined);
  }
  const body = await readText(answer);
  const message = readMessage(body, 'server');
  const rpc = message.kind === 'reply' && 'error' in message.reply ? message.reply.error : undefined;
  const text = rpc?.message ?? body.toString('utf8');
  return new UpstreamFailure(status, toDisplayText(redact(text), SHOWN), rpc);
}

/** What is compressed or too long says nothing. */
async function readText(answer: IncomingMessage): Promise<Buffer> {
  if (encodingOf(answer) === undefined) return readBounded(answer, MAX_BYTES).catch(() => Buffer.alloc(0));
  answer.destroy();
  return Buffer.alloc(0);
}

/** Nothing else is said by these: neither which era it speaks, nor whether the call exists. */
export const isNoEvidence = (status: number): boolean =>
  status < 400 || status >= 500 || [401, 403, 407, 408, 429].includes(status);

function codeOf(status: number): 'UPSTREAM_UNAUTHORIZED' | 'UPSTREAM_FAILED' | 'UPSTREAM_PROTOCOL' {
  if (status === 401 || status === 403 || status === 407) return 'UPSTREAM_UNAUTHORIZED';
  return status >= 500 || status === 408 || status === 429 ? 'UPSTREAM_FAILED' : 'UPSTREAM_PROTOCOL';
}
