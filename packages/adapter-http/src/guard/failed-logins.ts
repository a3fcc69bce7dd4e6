import type { AuditTrail } from '@clarity-runtime/core';

const WINDOW_MS = 1_000;
const MAX_PER_WINDOW = 10;

export interface FailedLogin {
  readonly door: string;
  readonly peer: string;
  readonly reason: 'wrong token' | 'not loopback';
}

/** The caller of a failed login: only the address is known. */
interface Refused {
  readonly kind: 'unknown';
  readonly id: string;
  readonly door: string;
}

/** Records failed logins in the audit log: at most 10 events per second, then one event with the number of the others. */
export class FailedLogins {
  readonly #audit: AuditTrail;
  readonly #onError: (line: string) => void;
  #written = 0;
  #suppressed = 0;
  #window: NodeJS.Timeout | undefined;

  constructor(audit: AuditTrail, onError: (line: string) => void) {
    this.#audit = audit;
    this.#onError = onError;
  }

  /** Resolves when the login is stored or counted. Never rejects, because the login is refused in any case. */
  async record(login: FailedLogin): Promise<void> {
    if (this.#window === undefined) this.#window = setTimeout(this.#close, WINDOW_MS).unref();
    if (this.#written === MAX_PER_WINDOW) {
      this.#suppressed += 1;
      return;
    }
    this.#written += 1;
    const { door, peer } = login;
    await this.#write(`Login refused: ${login.reason}`, { ...login }, { kind: 'unknown', id: peer, door });
  }

  readonly #close = (): void => {
    const more = this.#suppressed;
    this.#window = undefined;
    this.#written = 0;
    this.#suppressed = 0;
    if (more > 0) void this.#write(`${String(more)} more logins refused`, { count: more });
  };

  async #write(message: string, data: Readonly<Record<string, unknown>>, caller?: Refused): Promise<void> {
    try {
      const who = caller === undefined ? {} : { caller };
      await this.#audit.record({ kind: 'auth.failed', level: 'warn', message, data, ...who });
    } catch (error) {
      this.#onError(`auth.failed not recorded: ${String(error)}`);
    }
  }
}
