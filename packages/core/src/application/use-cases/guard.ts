import { type Caller, type Grant, requireGrant } from '../../domain/access/caller.ts';
import { isClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';

/** What somebody wants to do, as a phrase for the record: `start a service`. */
export interface Intent {
  readonly action: string;
  readonly serviceId?: string;
}

/** Asks for grants on behalf of the use cases and writes every refusal down. */
export class Guard {
  readonly #audit: AuditLog;

  constructor(audit: AuditLog) {
    this.#audit = audit;
  }

  /** GRANT_REQUIRED, once the refusal is written down. */
  async require(caller: Caller, grant: Grant, intent: Intent): Promise<void> {
    try {
      requireGrant(caller, grant);
    } catch (error) {
      if (isClarityError(error)) await this.#audit.settle(denial(caller, grant, intent));
      throw error;
    }
  }

  /** The same for use cases that answer at once. */
  check(caller: Caller, grant: Grant, intent: Intent): void {
    if (!caller.grants.has(grant)) this.#audit.note(denial(caller, grant, intent));
    requireGrant(caller, grant);
  }
}

const denial = (caller: Caller, grant: Grant, { action, serviceId }: Intent): AuditEntry => ({
  kind: 'security.denied',
  level: 'warn',
  message: `Refused to ${action}: it needs '${grant}'`,
  caller,
  data: { action, grant },
  ...(serviceId === undefined ? {} : { serviceId: toPrintableAscii(serviceId) }),
});
