import { METHOD_NOT_SUPPORTED } from './client-capabilities.ts';
import type { McpReply } from './mcp.ts';

const ignore = (): void => undefined;
const reject = (): Promise<McpReply> => Promise.resolve(METHOD_NOT_SUPPORTED);

/**
 * Returns the options of an upstream request that the runtime sends for itself.
 * The request has the given limits. Its notifications are discarded. Requests of the service are rejected with -32601.
 */
export const silentRequest = <L extends object>(signal: AbortSignal, limits: L) => ({
  ...limits,
  signal,
  onNotification: ignore,
  onRequest: reject,
  onSent: ignore,
});
