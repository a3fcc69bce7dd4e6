import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import {
  CircuitBreaker,
  type CallSample,
  type CircuitBreakerOptions,
  circuitReason,
  circuitRefusal,
  circuitReport,
  type CircuitBreakerStatus,
} from '../../domain/calls/circuit-breaker.ts';
import { ClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import { isServiceFault } from '../../domain/services/health.ts';
import { toLogLine } from '../../domain/text/safe-text.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { Clock, Entropy } from '../../ports/index.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { randomFraction } from '../support/random.ts';

/** What the circuits need of whoever runs the services. */
export interface QuarantineTarget {
  status(serviceId: string): ServiceStatus;
  /** Holds it until an operator lets it go; it never rejects. */
  quarantine(serviceId: string, reason: string, data: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface CircuitBreakersDependencies {
  readonly keeper: QuarantineTarget;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly rules: CircuitBreakerOptions;
}

interface Kept {
  readonly circuit: CircuitBreaker;
  /** Monotonic milliseconds. */
  openedAt: number;
  retryAt: string;
  lastError: string;
}

/** There is a connection, or there will be one without anybody asking. */
const ALIVE: ReadonlySet<ServiceStatus['lifecycle']> = new Set(['RUNNING', 'STARTING', 'CRASHED']);

/** A circuit for each service: it keeps calls away from one that fails too many, and tells whenever that changes. */
export class CircuitBreakers {
  readonly #parts: CircuitBreakersDependencies;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: CircuitBreakersDependencies) {
    this.#parts = parts;
  }

  /** CIRCUIT_OPEN when the call has to stay away; else how it went is counted. What its `signal` has ended is not. */
  async run<T>(service: Service, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    const { serviceId } = service;
    // What does not run says so by itself.
    if (!ALIVE.has(this.#parts.keeper.status(serviceId).lifecycle)) return send();
    const kept = this.#of(serviceId);
    const pass = this.#change(serviceId, kept, () => kept.circuit.admit(this.#now()));
    const report = pass === undefined ? this.report(serviceId) : undefined;
    if (report !== undefined) throw new ClarityError('CIRCUIT_OPEN', ...circuitRefusal(service, report));
    const settle = (verdict: CallSample): void => {
      if (pass === undefined) return;
      this.#change(serviceId, kept, () => {
        kept.circuit.settle(pass, verdict, this.#now());
      });
    };
    try {
      const result = await send();
      settle('well');
      return result;
    } catch (error) {
      const isFailure = !signal.aborted && isServiceFault(error);
      if (isFailure) kept.lastError = toLogLine(reasonOf(error));
      settle(isFailure ? 'failed' : 'neither');
      throw error;
    }
  }

  /** Undefined while calls go as usual. */
  report(serviceId: string): CircuitBreakerStatus | undefined {
    const kept = this.#kept.get(serviceId);
    if (kept === undefined) return undefined;
    const { circuit, retryAt, lastError } = kept;
    return circuitReport(circuit, this.#parts.rules, { retryAt, lastError });
  }

  /** Somebody has seen to the service: calls go, and what was counted is forgotten. */
  close(caller: Caller, serviceId: string): void {
    const kept = this.#kept.get(serviceId);
    if (kept === undefined) return;
    this.#change(
      serviceId,
      kept,
      () => {
        kept.circuit.close();
      },
      caller,
    );
  }

  /** It may have been started since: then a few calls are let through at once. */
  changed(serviceId: string): void {
    const kept = this.#kept.get(serviceId);
    if (kept?.circuit.state !== 'open') return;
    const { runningSince = 0 } = this.#parts.keeper.status(serviceId);
    if (runningSince > kept.openedAt) kept.circuit.retry(this.#now());
  }

  /** The service is gone. */
  forget(serviceId: string): void {
    this.#kept.delete(serviceId);
  }

  #of(serviceId: string): Kept {
    const known = this.#kept.get(serviceId);
    if (known !== undefined) return known;
    const { entropy, rules } = this.#parts;
    const circuit = new CircuitBreaker(rules, () => randomFraction(entropy));
    const kept = { circuit, openedAt: 0, retryAt: '', lastError: 'unknown' };
    this.#kept.set(serviceId, kept);
    return kept;
  }

  #change<T>(serviceId: string, kept: Kept, act: () => T, caller: Caller = systemCaller): T {
    const { state, openings } = kept.circuit;
    const result = act();
    if (kept.circuit.state !== state || kept.circuit.openings > openings) this.#tell(serviceId, kept, caller);
    return result;
  }

  #tell(serviceId: string, kept: Kept, caller: Caller): void {
    const { audit, clock, keeper } = this.#parts;
    const note = (entry: Pick<AuditEntry, 'kind' | 'level' | 'message' | 'data'>): void => {
      audit.log(serviceId, entry.message);
      audit.note({ ...entry, serviceId, caller });
    };
    const { state, retryAt } = kept.circuit;
    if (state === 'open' || state === 'held') {
      kept.openedAt = this.#now();
      kept.retryAt = new Date(clock.wall().getTime() + retryAt - kept.openedAt).toISOString();
    }
    const report = this.report(serviceId);
    if (report === undefined) {
      note({ kind: 'service.circuit_closed', level: 'info', message: 'Calls are let through again' });
      return;
    }
    const { openings, calls, failures } = report;
    const data = { openings, calls, failures, failureRate: Math.round((failures / calls) * 1000) / 1000 };
    const reason = circuitReason(report);
    if (state === 'held') {
      const words = `calls were kept away ${String(openings)} times in a row: ${reason}`;
      void keeper.quarantine(serviceId, words, data);
    } else if (state === 'open') {
      const message = `Calls are kept away until ${kept.retryAt}: ${reason}`;
      note({
        kind: 'service.circuit_opened',
        level: 'warn',
        message,
        data: { ...data, retryAt: kept.retryAt, reason },
      });
    } else {
      note({
        kind: 'service.circuit_probed',
        level: 'info',
        message: 'A few calls are let through',
        data: { openings },
      });
    }
  }

  #now(): number {
    return this.#parts.clock.monotonic();
  }
}
