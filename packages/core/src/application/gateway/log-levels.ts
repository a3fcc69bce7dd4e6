import { RawJson } from '../../domain/json/raw-json.ts';
import type { Connection } from '../../ports/index.ts';

/** The least severe first. */
const LEVELS: readonly unknown[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** Key in `_meta` of a modern request. */
export const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

/** How severe a level is; -1 for what is none. */
export const severityOf = (level: unknown): number => LEVELS.indexOf(level);

/** Sees to it that legacy services say as much as the most curious of their clients wants to hear. */
export class LogLevels {
  readonly #asked = new WeakMap<Connection, number>();

  canRaise({ era, capabilities }: Connection): boolean {
    return era === 'legacy' && capabilities['logging'] !== undefined;
  }

  /** Nothing happens when the service says that much already. Never rejects. */
  async raise(connection: Connection, level: unknown, timeoutMs: number): Promise<void> {
    const severity = severityOf(level);
    if (severity < 0 || severity >= (this.#asked.get(connection) ?? LEVELS.length)) return;
    this.#asked.set(connection, severity);
    await connection
      .request(
        { method: 'logging/setLevel', params: new Map([['level', RawJson.of(level)]]) },
        {
          signal: new AbortController().signal,
          idleMs: 0,
          totalMs: timeoutMs,
          maxReplyBytes: 64 * 1024,
          onNotification: () => undefined,
          onRequest: () => Promise.reject(new Error('nobody is asked')),
          onSent: () => undefined,
        },
      )
      .catch(() => undefined);
  }
}
