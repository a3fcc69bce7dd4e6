import { type Caller, requireGrant } from '../../domain/access/caller.ts';
import { hasVerb, type Verb } from '../../domain/access/grant.ts';
import { isClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';

/** The action of a caller as a verb phrase for the audit: `start a service`. */
export interface Intent {
  readonly action: string;
  readonly serviceId?: string;
}

/** Checks grants for the use cases and records every denial. */
export class Guard {
  readonly #audit: AuditLog;

  constructor(audit: AuditLog) {
    this.#audit = audit;
  }

  /** @throws ClarityError GRANT_REQUIRED after the denial is recorded. */
  async require(caller: Caller, grant: Verb, intent: Intent): Promise<void> {
    try {
      requireGrant(caller, grant);
    } catch (error) {
      if (isClarityError(error)) await this.#audit.settle(denial(caller, grant, intent));
      throw error;
    }
  }

  /** Same as `require` for synchronous use cases: the denial is recorded in the background. */
  check(caller: Caller, grant: Verb, intent: Intent): void {
    if (!hasVerb(caller, grant)) this.#audit.note(denial(caller, grant, intent));
    requireGrant(caller, grant);
  }
}

const denial = (caller: Caller, grant: Verb, { action, serviceId }: Intent): AuditEntry => ({
  kind: 'security.denied',
  level: 'warn',
  message: `Refused to ${action}: it requires '${grant}'`,
  caller,
  data: { action, grant },
  ...(serviceId === undefined ? {} : { serviceId: toPrintableAscii(serviceId) }),
});
