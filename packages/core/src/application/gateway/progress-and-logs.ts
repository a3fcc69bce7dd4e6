import type { McpNotification, McpParams, Era } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { LOG_LEVEL, severityOf } from './log-levels.ts';

type Send = (notification: McpNotification) => void;

export interface LogFilter {
  readonly era: Era;
  /** The level that a legacy client has set. */
  readonly logLevel?: string | undefined;
}

/**
 * Lets through what a service says about one call and its client has asked to hear: progress under the token of the call,
 * as long as it grows, and log lines from the level that the client named; a modern one names it with the call.
 */
export function forwardNotifications({ era, logLevel }: LogFilter, params: McpParams, send: Send): Send {
  let progress = -Infinity;
  const isAskedFor = ({ method, params: said }: McpNotification): boolean => {
    const meta = Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>;
    if (method === 'notifications/message') {
      if (era === 'legacy' && logLevel === undefined) return true;
      const least = severityOf(era === 'legacy' ? logLevel : meta[LOG_LEVEL]);
      return least >= 0 && severityOf(said.get('level')?.value) >= least;
    }
    if (method !== 'notifications/progress') return false;
    const now = said.get('progress')?.value;
    if (typeof now !== 'number' || now <= progress) return false;
    const token = said.get('progressToken')?.value;
    if ((typeof token !== 'string' && typeof token !== 'number') || token !== meta['progressToken']) return false;
    progress = now;
    return true;
  };
  return (notification) => {
    if (isAskedFor(notification)) send(notification);
  };
}

/** The same notice under the token of another request of the client; undefined when that asked for no progress. */
export function withProgressToken(notification: McpNotification, params: McpParams): McpNotification | undefined {
  if (notification.method !== 'notifications/progress') return notification;
  const meta = Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>;
  const token = meta['progressToken'];
  if (token === undefined) return undefined;
  return { ...notification, params: new Map(notification.params).set('progressToken', RawJson.of(token)) };
}
