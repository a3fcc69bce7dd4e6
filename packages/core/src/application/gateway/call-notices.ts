import type { McpNotification, McpParams } from '../../domain/mcp.ts';
import type { GatewayScope } from '../../ports/index.ts';

type Send = (notification: McpNotification) => void;

const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
/** The least severe first. */
const LEVELS: readonly unknown[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/**
 * Lets through what a service says about one call and its client has asked to hear: progress under the token of the call,
 * as long as it grows, and log lines; in the modern era those only from the level that the call names.
 */
export function callNotices({ era }: GatewayScope, params: McpParams, send: Send): Send {
  let progress = -Infinity;
  const isAskedFor = ({ method, params: said }: McpNotification): boolean => {
    const meta = Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>;
    if (method === 'notifications/message') {
      const least = LEVELS.indexOf(meta[LOG_LEVEL]);
      return era === 'legacy' || (least >= 0 && LEVELS.indexOf(said.get('level')?.value) >= least);
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
