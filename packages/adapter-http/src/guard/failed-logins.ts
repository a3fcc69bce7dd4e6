import type { AuditTrail } from '@clarity-runtime/core';

export interface FailedLogin {
  readonly door: string;
  readonly peer: string;
  readonly reason:
    | 'wrong token'
    | 'token invalid'
    | 'token door'
    | 'token required'
    | 'not loopback'
    | 'forwarded'
    | 'process of a service';
}

/** Records failed logins in the audit log, which folds those of a peer into one event per minute. */
export class FailedLogins {
  readonly #audit: AuditTrail;
  readonly #onError: (line: string) => void;

  constructor(audit: AuditTrail, onError: (line: string) => void) {
    this.#audit = audit;
    this.#onError = onError;
  }

  /** Resolves when the login is stored or counted. Never rejects, because the login is refused in any case. */
  async record(login: FailedLogin): Promise<void> {
    const { door, peer, reason } = login;
    const caller = { kind: 'unknown', id: peer, door };
    const message = `Login refused: ${reason}`;
    try {
      await this.#audit.record({ kind: 'auth.failed', level: 'warn', message, data: { ...login }, caller });
    } catch (error) {
      this.#onError(`auth.failed not recorded: ${String(error)}`);
    }
  }
}
