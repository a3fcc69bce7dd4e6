import { LIMIT_NAMES, type LimitName } from '../../domain/audit/limit-name.ts';
import { CALL_DURATION_BUCKETS, type CallMetrics, type CallOutcome } from '../../domain/calls/call-metrics.ts';
import type { Service } from '../../domain/services/service.ts';
import type { LimitCounts } from '../../ports/inbound/runtime-metrics.ts';
import { bucketOf } from './call-history.ts';

/** Number of distinct kinds with a counter of their own. An embedder may record any number of kinds. */
const MAX_KINDS = 256;
const OTHERS = 'other';

/** Counts audit events by kind, including those that the telemetry rejects. */
export class AuditCounter {
  readonly #kinds = new Map<string, number>();
  readonly #rules = new Map<string, number>();

  /** Counts by event kind. */
  get kinds(): ReadonlyMap<string, number> {
    return this.#kinds;
  }

  /** Calls that a policy denied, by rule. */
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

/** Counts what the limits of one runtime reject. Every limit has a counter, also at zero. */
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

/** Counts calls by service. Hot path: allocates only at the first call of a service. */
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

  /** Returns copies of the rows of existing services and deletes the other rows. */
  read(exists: (serviceId: string) => boolean): readonly CallMetrics[] {
    for (const serviceId of this.#rows.keys()) if (!exists(serviceId)) this.#rows.delete(serviceId);
    return [...this.#rows].map(([serviceId, { namespace, outcomes, seconds, buckets }]) => ({
      serviceId,
      namespace,
      outcomes: { ...outcomes },
      seconds,
      buckets: [...buckets],
    }));
  }

  /** Deletes the row of a removed service. */
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
