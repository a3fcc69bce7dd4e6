import type { Caller } from '../../domain/access/caller.ts';
import { decide, knowsOf, requireAccess, type AccessRequest } from '../../domain/access/decide.ts';
import type { Verb } from '../../domain/access/grant.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { Service } from '../../domain/services/service.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';

/** The action of a caller as a verb phrase for the audit: `start a service`. */
export interface Intent {
  readonly action: string;
  readonly serviceId?: string;
  /** The services that the action concerns; all when absent. `something`: the result is filtered by service. */
  readonly target?: AccessRequest['target'];
}

/** An action on one service. */
export interface ServiceIntent extends Omit<Intent, 'target'> {
  readonly serviceId: string;
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
      requireAccess(caller, requestOf(grant, intent));
    } catch (error) {
      if (isClarityError(error)) await this.#audit.settle(denial(caller, grant, intent));
      throw error;
    }
  }

  /** Same as `require` for synchronous use cases: the denial is recorded in the background. */
  check(caller: Caller, grant: Verb, intent: Intent): void {
    const request = requestOf(grant, intent);
    if (!decide(caller, request).isAllowed) this.#audit.note(denial(caller, grant, intent));
    requireAccess(caller, request);
  }

  /**
   * Returns the service if the caller may act on it. A service that the caller may not know is answered like an unknown one.
   * @throws ClarityError GRANT_REQUIRED, SERVICE_NOT_FOUND
   */
  async requireOn(caller: Caller, grant: Verb, intent: ServiceIntent, found: Service | undefined): Promise<Service> {
    const service = known(caller, found);
    await this.require(caller, grant, { ...intent, target: service ?? 'something' });
    return service ?? unknown(intent);
  }

  /** Same as `requireOn` for synchronous use cases. */
  checkOn(caller: Caller, grant: Verb, intent: ServiceIntent, found: Service | undefined): Service {
    const service = known(caller, found);
    this.check(caller, grant, { ...intent, target: service ?? 'something' });
    return service ?? unknown(intent);
  }
}

const known = (caller: Caller, found: Service | undefined): Service | undefined =>
  found !== undefined && knowsOf(caller, found.namespace) ? found : undefined;

const unknown = ({ serviceId }: ServiceIntent): never => {
  throw new ClarityError('SERVICE_NOT_FOUND', toPrintableAscii(serviceId));
};

const requestOf = (verb: Verb, { target = 'everything' }: Intent): AccessRequest => ({ verb, target });

const denial = (caller: Caller, grant: Verb, { action, serviceId }: Intent): AuditEntry => ({
  kind: 'security.denied',
  level: 'warn',
  message: `Refused to ${action}: it requires '${grant}'`,
  caller,
  data: { action, grant },
  ...(serviceId === undefined ? {} : { serviceId: toPrintableAscii(serviceId) }),
});
