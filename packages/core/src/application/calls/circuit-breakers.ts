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
import type { McpReply } from '../../domain/mcp/mcp.ts';
import { isServiceFault } from '../../domain/services/health.ts';
import { toLogLine } from '../../domain/text/safe-text.ts';
import type { ServiceStatus } from '../../domain/services/service.ts';
import type { CallStage, Clock, Entropy, ToolCall } from '../../ports/index.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { randomFraction } from '../support/random.ts';

/** The part of the supervisor that the circuit breakers use. */
export interface QuarantineTarget {
  status(serviceId: string): ServiceStatus;
  /** Stops the service until an operator lifts its quarantine. Never rejects. */
  quarantine(serviceId: string, reason: string, data: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface CircuitBreakersDependencies {
  readonly supervisor: QuarantineTarget;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly rules: CircuitBreakerOptions;
}

interface CircuitEntry {
  readonly circuit: CircuitBreaker;
  /** Monotonic milliseconds. */
  openedAt: number;
  retryAt: string;
  lastError: string;
}

/** States in which the service has a connection or gets one automatically. */
const ALIVE: ReadonlySet<ServiceStatus['lifecycle']> = new Set(['RUNNING', 'STARTING', 'CRASHED']);

/** Stage `circuit`: one circuit breaker per service. Every change of state is recorded in the audit log. */
export class CircuitBreakers implements CallStage {
  readonly name = 'circuit';
  readonly #dependencies: CircuitBreakersDependencies;
  readonly #entries = new Map<string, CircuitEntry>();

  constructor(dependencies: CircuitBreakersDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Counts the outcome of the call, unless the client cancelled it.
   * @throws ClarityError CIRCUIT_OPEN while the circuit is open.
   */
  async run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply> {
    const { service, signal } = call;
    const { serviceId } = service;
    // The bridge reports a service that does not run.
    if (!ALIVE.has(this.#dependencies.supervisor.status(serviceId).lifecycle)) return next(call);
    const entry = this.#of(serviceId);
    const permit = this.#change(serviceId, entry, () => entry.circuit.admit(this.#now()));
    const report = permit === undefined ? this.report(serviceId) : undefined;
    if (report !== undefined) throw new ClarityError('CIRCUIT_OPEN', ...circuitRefusal(service, report));
    const settle = (sample: CallSample): void => {
      if (permit === undefined) return;
      this.#change(serviceId, entry, () => {
        entry.circuit.settle(permit, sample, this.#now());
      });
    };
    try {
      const reply = await next(call);
      settle('well');
      return reply;
    } catch (error) {
      const isFailure = !signal.aborted && isServiceFault(error);
      if (isFailure) entry.lastError = toLogLine(reasonOf(error));
      settle(isFailure ? 'failed' : 'neither');
      throw error;
    }
  }

  /** Returns the status of a circuit that is not closed; undefined while calls pass. */
  report(serviceId: string): CircuitBreakerStatus | undefined {
    const entry = this.#entries.get(serviceId);
    if (entry === undefined) return undefined;
    const { circuit, retryAt, lastError } = entry;
    return circuitReport(circuit, this.#dependencies.rules, { retryAt, lastError });
  }

  /** Closes the circuit and clears its counts. */
  close(caller: Caller, serviceId: string): void {
    const entry = this.#entries.get(serviceId);
    if (entry === undefined) return;
    this.#change(
      serviceId,
      entry,
      () => {
        entry.circuit.close();
      },
      caller,
    );
  }

  /** Allows probes at once if the service restarted after the circuit opened. */
  changed(serviceId: string): void {
    const entry = this.#entries.get(serviceId);
    if (entry?.circuit.state !== 'open') return;
    const { runningSince = 0 } = this.#dependencies.supervisor.status(serviceId);
    if (runningSince > entry.openedAt) entry.circuit.retry(this.#now());
  }

  forget(serviceId: string): void {
    this.#entries.delete(serviceId);
  }

  #of(serviceId: string): CircuitEntry {
    const known = this.#entries.get(serviceId);
    if (known !== undefined) return known;
    const { entropy, rules } = this.#dependencies;
    const circuit = new CircuitBreaker(rules, () => randomFraction(entropy));
    const entry = { circuit, openedAt: 0, retryAt: '', lastError: 'unknown' };
    this.#entries.set(serviceId, entry);
    return entry;
  }

  #change<T>(serviceId: string, entry: CircuitEntry, act: () => T, caller: Caller = systemCaller): T {
    const { state, openings } = entry.circuit;
    const result = act();
    if (entry.circuit.state !== state || entry.circuit.openings > openings) this.#announce(serviceId, entry, caller);
    return result;
  }

  #announce(serviceId: string, entry: CircuitEntry, caller: Caller): void {
    const { audit, clock, supervisor } = this.#dependencies;
    const note = (entry: Pick<AuditEntry, 'kind' | 'level' | 'message' | 'data'>): void => {
      audit.log(serviceId, entry.message);
      audit.note({ ...entry, serviceId, caller });
    };
    const { state, retryAt } = entry.circuit;
    if (state === 'open' || state === 'held') {
      entry.openedAt = this.#now();
      entry.retryAt = new Date(clock.wall().getTime() + retryAt - entry.openedAt).toISOString();
    }
    const report = this.report(serviceId);
    if (report === undefined) {
      note({ kind: 'service.circuit_closed', level: 'info', message: 'Circuit closed: calls pass again' });
      return;
    }
    const { openings, calls, failures } = report;
    const data = { openings, calls, failures, failureRate: Math.round((failures / calls) * 1000) / 1000 };
    const reason = circuitReason(report);
    if (state === 'held') {
      const text = `the circuit opened ${String(openings)} times in a row: ${reason}`;
      void supervisor.quarantine(serviceId, text, data);
    } else if (state === 'open') {
      const message = `Circuit open: calls are rejected until ${entry.retryAt}: ${reason}`;
      note({
        kind: 'service.circuit_opened',
        level: 'warn',
        message,
        data: { ...data, retryAt: entry.retryAt, reason },
      });
    } else {
      note({
        kind: 'service.circuit_probed',
        level: 'info',
        message: 'Circuit half-open: probe calls pass',
        data: { openings },
      });
    }
  }

  #now(): number {
    return this.#dependencies.clock.monotonic();
  }
}
