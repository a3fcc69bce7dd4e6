import { POLICY_KNOBS } from '../../domain/services/policy-knobs.ts';
import type { PolicyOrigin, PolicyRule } from '../../domain/calls/policy-verdict.ts';
import { denialFor } from '../../domain/calls/policy-verdict.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { ToolCall } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { LimitCounters } from '../audit/counters.ts';

/** The parts of a call that a denial names. */
export type DeniedCall = Pick<ToolCall, 'service' | 'tool' | 'caller' | 'requestBytes'>;

/** Rejects calls that a policy denies: counts each, records it in the audit log and throws its error. */
export class CallDenials {
  readonly #audit: AuditLog;
  readonly #limits: LimitCounters | undefined;
  readonly #counts = new Map<string, number>();

  constructor(audit: AuditLog, limits: LimitCounters | undefined) {
    this.#audit = audit;
    this.#limits = limits;
  }

  count(serviceId: string): number {
    return this.#counts.get(serviceId) ?? 0;
  }

  /**
   * Denies a call, or a request for a prompt or a resource, whose name is in `tool`.
   * @throws ClarityError with the code of the rule.
   */
  deny(rule: PolicyRule, call: DeniedCall, sources: readonly PolicyOrigin[]): never {
    const { serviceId } = call.service;
    const { message, hint, code, field } = denialFor(rule, call, sources).failure;
    this.#counts.set(serviceId, this.count(serviceId) + 1);
    this.#limits?.count(POLICY_KNOBS[rule].denial.limit);
    this.#audit.log(serviceId, `${message}; ${hint}`);
    this.#audit.note({
      kind: 'policy.denied',
      level: 'warn',
      message,
      serviceId,
      caller: call.caller,
      data: { tool: toPrintableAscii(call.tool), rule, hint },
    });
    const subject = message.slice(message.indexOf(': ') + 2);
    throw new ClarityError(code, subject, { hint, ...(field === undefined ? {} : { field }) });
  }

  forget(serviceId: string): void {
    this.#counts.delete(serviceId);
  }
}
