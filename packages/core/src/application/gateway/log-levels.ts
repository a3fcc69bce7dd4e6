import type { McpRequest } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { silentRequest } from '../../domain/mcp/silent-request.ts';
import type { Connection } from '../../ports/index.ts';

const MAX_REPLY_BYTES = 64 * 1024;

/** In order of severity, the lowest first (RFC 5424). */
const LEVELS: readonly unknown[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** Key in `_meta` of a modern request. */
export const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

/** Returns the rank of a log level; -1 for another value. */
export const severityOf = (level: unknown): number => LEVELS.indexOf(level);

/** Sets the log level of legacy services to the lowest level that a client of the connection has requested. */
export class LogLevels {
  readonly #requested = new WeakMap<Connection, number>();

  canRaise({ era, capabilities }: Connection): boolean {
    return era === 'legacy' && capabilities['logging'] !== undefined;
  }

  /** Sends `logging/setLevel` if the level is lower than the current one. Never rejects. */
  async raise(connection: Connection, level: unknown, limits: CallLimits): Promise<void> {
    const severity = severityOf(level);
    if (severity < 0 || severity >= (this.#requested.get(connection) ?? LEVELS.length)) return;
    this.#requested.set(connection, severity);
    const maxReplyBytes = Math.min(limits.maxReplyBytes, MAX_REPLY_BYTES);
    const request = { method: 'logging/setLevel', params: new Map([['level', RawJson.of(level)]]) };
    const options = silentRequest(new AbortController().signal, { ...limits, maxReplyBytes });
    await connection.request(request, options).catch(() => undefined);
  }
}

/** Returns the log level that a modern request asks for. */
export const levelOf = ({ params }: McpRequest): unknown =>
  (Object(params.get('_meta')?.value) as Readonly<Record<string, unknown>>)[LOG_LEVEL];
