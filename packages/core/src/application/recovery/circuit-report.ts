import type { FailureDetail } from '../../domain/errors/clarity-error.ts';
import type { Circuit, CircuitRules, CircuitState } from '../../domain/circuit.ts';
import type { Service } from '../../domain/services/service.ts';

/** Why calls of a service are kept away from it, and until when. */
export interface CircuitReport {
  readonly state: Exclude<CircuitState, 'closed'>;
  /** In a row. */
  readonly openings: number;
  /** What was counted within `windowMs` when it opened. */
  readonly calls: number;
  readonly failures: number;
  readonly windowMs: number;
  readonly errorRate: number;
  /** ISO 8601; when a few calls are let through, if it is open. */
  readonly retryAt: string;
  readonly lastError: string;
}

/** What is remembered of the moment at which a circuit opened. */
export interface Opening {
  readonly retryAt: string;
  readonly lastError: string;
}

export function circuitReport(circuit: Circuit, rules: CircuitRules, opening: Opening): CircuitReport | undefined {
  const { state, openings, seen } = circuit;
  if (state === 'closed') return undefined;
  const { windowMs, errorRate } = rules;
  return { state, openings, ...seen, windowMs, errorRate, ...opening };
}

/** What was seen, in words: `8 of 10 calls within 60 s failed (errorRate 0.6), the last one: …`. */
export function circuitReason({ calls, failures, windowMs, errorRate, lastError }: CircuitReport): string {
  const counted = `${String(failures)} of ${String(calls)} calls within ${String(windowMs / 1000)} s failed`;
  return `${counted} (errorRate ${String(errorRate)}), the last one: ${lastError}`;
}

/** The refusal of a call: the rule, what was seen, and the mend. */
export function circuitRefusal(
  { namespace, serviceId }: Service,
  report: CircuitReport,
): readonly [subject: string, detail: FailureDetail] {
  const again = {
    open: `a few calls are let through again at ${report.retryAt}`,
    half_open: 'a few calls are under way to see whether it works again',
    held: 'an operator has to look at it',
  }[report.state];
  const hint = `look at \`clarityctl logs ${serviceId}\` and mend the cause; try again later, or at once after \`clarityctl restart ${serviceId}\``;
  return [`${namespace}: ${circuitReason(report)}; ${again}`, { hint }];
}
