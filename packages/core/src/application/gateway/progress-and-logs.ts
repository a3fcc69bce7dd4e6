import type { McpNotification, McpParams, Era } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { LOG_LEVEL, severityOf } from './log-levels.ts';

type Send = (notification: McpNotification) => void;

/** Era and log level of the client of a call. */
export interface LogFilter {
  readonly era: Era;
  /** The level that a legacy client has set. */
  readonly logLevel?: string | undefined;
  /** The last progress that the client received already. */
  readonly sentProgress?: number | undefined;
}

/**
 * Returns a filter of the notifications of one call: progress with the token of the call while it increases, and log
 * messages from the level of the client.
 * A modern client sets the level in `_meta` of the request.
 */
export function forwardNotifications(
  { era, logLevel, sentProgress = -Infinity }: LogFilter,
  params: McpParams,
  send: Send,
): Send {
  let progress = sentProgress;
  const isRequested = ({ method, params: received }: McpNotification): boolean => {
    const meta = Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>;
    if (method === 'notifications/message') {
      if (era === 'legacy' && logLevel === undefined) return true;
      const minimum = severityOf(era === 'legacy' ? logLevel : meta[LOG_LEVEL]);
      return minimum >= 0 && severityOf(received.get('level')?.value) >= minimum;
    }
    if (method !== 'notifications/progress') return false;
    const now = received.get('progress')?.value;
    if (typeof now !== 'number' || now <= progress) return false;
    const token = received.get('progressToken')?.value;
    if ((typeof token !== 'string' && typeof token !== 'number') || token !== meta['progressToken']) return false;
    progress = now;
    return true;
  };
  return (notification) => {
    if (isRequested(notification)) send(notification);
  };
}

/** Returns the notification with the progress token of another request; undefined when that request has none. */
export function withProgressToken(notification: McpNotification, params: McpParams): McpNotification | undefined {
  if (notification.method !== 'notifications/progress') return notification;
  const meta = Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>;
  const token = meta['progressToken'];
  if (token === undefined) return undefined;
  return { ...notification, params: new Map(notification.params).set('progressToken', RawJson.of(token)) };
}
