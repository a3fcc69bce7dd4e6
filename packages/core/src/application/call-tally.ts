import { CALL_SECONDS, type CallMeasure, type CallOutcome } from '../domain/calls/call-metrics.ts';
import type { Service } from '../domain/services/service.ts';

interface Row {
  namespace: string;
  readonly outcomes: Record<CallOutcome, number>;
  seconds: number;
  readonly buckets: number[];
}

/** Counts calls by service. It stands on the road of every call: nothing is made for a service that is known. */
export class CallTally {
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
  read(isThere: (serviceId: string) => boolean): readonly CallMeasure[] {
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
    const buckets = Array.from({ length: CALL_SECONDS.length + 1 }, () => 0);
    const row = { namespace, outcomes, seconds: 0, buckets };
    this.#rows.set(serviceId, row);
    return row;
  }
}

function bucketOf(seconds: number): number {
  let place = 0;
  while (seconds > (CALL_SECONDS[place] ?? Infinity)) place += 1;
  return place;
}
