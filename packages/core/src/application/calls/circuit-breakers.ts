import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { isCancelled } from '../../domain/calls/cancellation.ts';
import {
  CircuitBreaker,
  type CallSample,
  type CircuitBreakerOptions,
  circuitReason,
  circuitRefusal,
  circuitReport,
  type CircuitBreakerStatus,
  type CircuitPermit,
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
  lifecycle(serviceId: string): ServiceStatus['lifecycle'];
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

/** Principals with a circuit of their own per service; the least recently added circuit that is closed makes room. */
const MAX_PRINCIPAL_COUNT = 256;

/**
 * Stage `circuit`: one circuit breaker per service and principal, so that the arguments of one principal never reject the calls
 * of another. Every change of state is recorded in the audit log.
 */
export class CircuitBreakers implements CallStage {
  readonly name = 'circuit';
  readonly #dependencies: CircuitBreakersDependencies;
  /** By service, then by principal. */
  readonly #entries = new Map<string, Map<string, CircuitEntry>>();

  constructor(dependencies: CircuitBreakersDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Counts the outcome of the call, unless the client cancelled it.
   * @throws ClarityError CIRCUIT_OPEN while the circuit is open.
   */
  async run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply> {
    const { service } = call;
    const { serviceId } = service;
    // The bridge reports a service that does not run.
    if (!ALIVE.has(this.#dependencies.supervisor.lifecycle(serviceId))) return next(call);
    const entry = this.#of(serviceId, principalKey(call.caller));
    const { state, openings } = entry.circuit;
    const permit = entry.circuit.admit(this.#now());
    this.#changed(serviceId, entry, { state, openings });
    const report = permit === undefined ? this.#reportOf(entry) : undefined;
    if (report !== undefined) throw new ClarityError('CIRCUIT_OPEN', ...circuitRefusal(service, report));
    try {
      const reply = await next(call);
      this.#settle(serviceId, entry, permit, 'well');
      return reply;
    } catch (error) {
      const isFailure = !isCancelled(call) && isServiceFault(error);
      if (isFailure) entry.lastError = toLogLine(reasonOf(error));
      this.#settle(serviceId, entry, permit, isFailure ? 'failed' : 'neither');
      throw error;
    }
  }

  #settle(serviceId: string, entry: CircuitEntry, permit: CircuitPermit | undefined, sample: CallSample): void {
    if (permit === undefined) return;
    const { state, openings } = entry.circuit;
    entry.circuit.settle(permit, sample, this.#now());
    this.#changed(serviceId, entry, { state, openings });
  }

  /** Returns the status of a circuit of any principal that is not closed; undefined while all calls pass. */
  report(serviceId: string): CircuitBreakerStatus | undefined {
    for (const entry of this.#entries.get(serviceId)?.values() ?? []) {
      const report = this.#reportOf(entry);
      if (report !== undefined) return report;
    }
    return undefined;
  }

  #reportOf({ circuit, retryAt, lastError }: CircuitEntry): CircuitBreakerStatus | undefined {
    return circuitReport(circuit, this.#dependencies.rules, { retryAt, lastError });
  }

  /** Closes the circuits of all principals and clears their counts. */
  close(caller: Caller, serviceId: string): void {
    for (const entry of this.#entries.get(serviceId)?.values() ?? []) {
      const { state, openings } = entry.circuit;
      entry.circuit.close();
      this.#changed(serviceId, entry, { state, openings }, caller);
    }
  }

  /** Allows probes at once if the service restarted after the circuit opened. */
  changed(serviceId: string): void {
    for (const { circuit, openedAt } of this.#entries.get(serviceId)?.values() ?? []) {
      if (circuit.state !== 'open') continue;
      const { runningSince = 0 } = this.#dependencies.supervisor.status(serviceId);
      if (runningSince > openedAt) circuit.retry(this.#now());
    }
  }

  forget(serviceId: string): void {
    this.#entries.delete(serviceId);
  }

  #of(serviceId: string, principal: string): CircuitEntry {
    let entries = this.#entries.get(serviceId);
    if (entries === undefined) this.#entries.set(serviceId, (entries = new Map<string, CircuitEntry>()));
    const known = entries.get(principal);
    if (known !== undefined) return known;
    if (entries.size >= MAX_PRINCIPAL_COUNT) {
      const oldest = [...entries].find(([, { circuit }]) => circuit.state === 'closed')?.[0] ?? [...entries.keys()][0];
      entries.delete(oldest ?? '');
    }
    const { entropy, rules } = this.#dependencies;
    const circuit = new CircuitBreaker(rules, () => randomFraction(entropy));
    const entry = { circuit, openedAt: 0, retryAt: '', lastError: 'unknown' };
    entries.set(principal, entry);
    return entry;
  }

  /** Announces the state of a circuit if it is another one than before. */
  #changed(
    serviceId: string,
    entry: CircuitEntry,
    before: Pick<CircuitBreaker, 'state' | 'openings'>,
    caller: Caller = systemCaller,
  ): void {
    const { state, openings } = entry.circuit;
    if (state !== before.state || openings > before.openings) this.#announce(serviceId, entry, caller);
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
    const report = this.#reportOf(entry);
    if (report === undefined) {
      note({ kind: 'service.circuit_closed', level: 'info', message: 'Circuit closed: calls pass again' });
      return;
    }
    const { openings, calls, failures } = report;
    const data = { openings, calls, failures, failureRate: Math.round((failures / calls) * 1000) / 1000 };
    const reason = circuitReason(report);
    if (state === 'held' && this.#isUsedByOthers(serviceId, entry)) {
      note({
        kind: 'service.circuit_opened',
        level: 'warn',
        message: `Circuit held: ${reason}`,
        data: { ...data, reason },
      });
    } else if (state === 'held') {
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

  /** Returns whether calls of another principal pass: then the failures are about the caller, not the service. */
  #isUsedByOthers(serviceId: string, own: CircuitEntry): boolean {
    const all = [...(this.#entries.get(serviceId)?.values() ?? [])];
    return all.some((entry) => entry !== own && entry.circuit.state === 'closed' && entry.circuit.succeeded);
  }

  #now(): number {
    return this.#dependencies.clock.monotonic();
  }
}
