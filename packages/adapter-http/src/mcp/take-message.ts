import type { McpNotification } from '@clarity-runtime/core';
import { legacyDialect, notificationDialect } from './dialect.ts';
import { invalidRequest, type RpcMessage } from './rpc-message.ts';
import { refused, type Answer, type Post } from './rpc-post.ts';
import { sessionOf } from './session-of.ts';
import type { Sessions } from './sessions.ts';

/** Takes what has no answer; an answer is why it was not taken. */
export function takeNotification(sessions: Sessions, notification: McpNotification, post: Post): Answer | undefined {
  const dialect = notificationDialect(post.headers, notification);
  if ('code' in dialect) return refused(dialect);
  const found = dialect.era === 'modern' ? undefined : sessionOf(sessions, post);
  if (found !== undefined && 'error' in found) return refused(found.error, undefined, found.status);
  found?.notify(notification);
  return undefined;
}

/** Takes what a client answers to something that it was asked: only a legacy client is ever asked. */
export function takeResponse(
  sessions: Sessions,
  { id, reply }: Extract<RpcMessage, { kind: 'response' }>,
  post: Post,
): Answer | undefined {
  if ('code' in legacyDialect(post.headers)) return refused(invalidRequest('a response answers nothing here'));
  const found = sessionOf(sessions, post);
  if (found !== undefined && 'error' in found) return refused(found.error, undefined, found.status);
  if (id !== undefined) found?.answer(id, reply);
  return undefined;
}
