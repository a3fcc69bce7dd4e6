import { LIMIT_NAMES, type LimitName } from '../../domain/audit/limit-name.ts';
import { CALL_DURATION_BUCKETS, type CallMetrics, type CallOutcome } from '../../domain/calls/call-metrics.ts';
import type { Service } from '../../domain/services/service.ts';
import type { LimitCounts } from '../../ports/inbound/runtime-metrics.ts';

/** Kinds of their own that are counted; an embedder may make up any number of them. */
const MAX_KINDS = 256;
const OTHERS = 'other';

/** Counts what is written to the audit, whether or not the telemetry takes it. */
export class AuditCounter {
  readonly #kinds = new Map<string, number>();
  readonly #rules = new Map<string, number>();

  /** By kind, as it is written. */
  get kinds(): ReadonlyMap<string, number> {
    return this.#kinds;
  }

  /** Calls that a policy did not let through, by the rule that they broke. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#rules;
  }

  count(kind: string, data: Readonly<Record<string, unknown>> | undefined): void {
    const isKnown = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS;
    add(this.#kinds, isKnown ? kind : OTHERS);
    const rule = kind === 'policy.denied' ? data?.['rule'] : undefined;
    if (typeof rule === 'string') add(this.#rules, rule);
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Counts what the bounds of one runtime refuse, from its start on. Every name is there, those at zero too. */
export class LimitCounters implements LimitCounts {
  readonly #counts = new Map<LimitName, number>(LIMIT_NAMES.map((name) => [name, 0]));

  count(name: LimitName): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  counts(): Readonly<Record<LimitName, number>> {
    return Object.fromEntries(this.#counts) as Record<LimitName, number>;
  }
}

interface Row {
  namespace: string;
  readonly outcomes: Record<CallOutcome, number>;
  seconds: number;
  readonly buckets: number[];
}

/** Counts calls by service. It stands on the road of every call: nothing is made for a service that is known. */
export class CallCounter {
  readonly #rows = new Map<string, Row>();

  ended({ serviceId, namespace }: Service, outcome: CallOutcome, ms: number): void {
    const row = this.#rows.get(serviceId) ?? this.#begin(serviceId, namespace);
    const seconds = ms / 1000;
    row.namespace = namespace;
    row.outcomes[outcome] += 1;
    row.seconds += seconds;
    const place = bucketOf(seconds);
    row.buckets[place] = (row.buckets[place] ?? 0) + 1;
  }

  /** Copies, of the services that `isThere`; the others are forgotten. */
  read(isThere: (serviceId: string) => boolean): readonly CallMetrics[] {
    for (const serviceId of this.#rows.keys()) if (!isThere(serviceId)) this.#rows.delete(serviceId);
    return [...this.#rows].map(([serviceId, { namespace, outcomes, seconds, buckets }]) => ({
      serviceId,
      namespace,
      outcomes: { ...outcomes },
      seconds,
      buckets: [...buckets],
    }));
  }

  /** The service is gone. */
  forget(serviceId: string): void {
    this.#rows.delete(serviceId);
  }

  #begin(serviceId: string, namespace: string): Row {
    const outcomes = { ok: 0, tool_error: 0, error: 0 };
    const buckets = Array.from({ length: CALL_DURATION_BUCKETS.length + 1 }, () => 0);
    const row = { namespace, outcomes, seconds: 0, buckets };
    this.#rows.set(serviceId, row);
    return row;
  }
}

function bucketOf(seconds: number): number {
  let place = 0;
  while (seconds > (CALL_DURATION_BUCKETS[place] ?? Infinity)) place += 1;
  return place;
}
