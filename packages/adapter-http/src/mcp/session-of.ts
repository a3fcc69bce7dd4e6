import type { IncomingHttpHeaders } from 'node:http';
import { RpcCode, type RpcError } from '@clarity-runtime/core';
import { SESSION_HEADER } from './dialect.ts';
import { invalidRequest } from './rpc-message.ts';
import type { McpContext } from './rpc-post.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface SessionProblem {
  readonly status: 404 | 503;
  readonly error: RpcError;
}

/** The session that the headers name; undefined when they name none. */
export function sessionOf(
  sessions: Sessions,
  { headers, context }: { readonly headers: IncomingHttpHeaders; readonly context: McpContext },
): Session | SessionProblem | undefined {
  const id = headers[SESSION_HEADER];
  if (id === undefined) return undefined;
  const found = typeof id === 'string' ? sessions.find(id, context) : 'unknown';
  if (found === 'unknown') return { status: 404, error: invalidRequest('no such session: begin anew with initialize') };
  if (found === 'full') {
    return {
      status: 503,
      error: { code: RpcCode.internalError, message: 'too many sessions are busy: try again later' },
    };
  }
  return found;
}
