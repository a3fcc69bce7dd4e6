import { callerRecord, type Caller } from '../../domain/access/caller.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import { errorRow } from '../../domain/errors/error-table.ts';
import { CALL_DURATION_BUCKETS, type CallOutcome } from '../../domain/calls/call-metrics.ts';
import { CallRing, type CallRecord, type CallVerdict } from '../../domain/calls/call-record.ts';
import { CallSeries } from '../../domain/calls/call-series.ts';
import type { Service } from '../../domain/services/service.ts';
import { toDisplayText, toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Clock } from '../../ports/index.ts';
import type { EventBus } from './event-bus.ts';

/** Calls that are kept: about 1 MB. */
const MAX_CALLS = 2_000;
const MAX_REASON_LENGTH = 300;

/** A call that ended. */
export interface EndedCall {
  readonly service: Service;
  readonly tool: string;
  readonly caller: Caller;
  readonly outcome: CallOutcome;
  /** Why the runtime did not get or give a result. */
  readonly failure?: Failure | undefined;
  readonly ms: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/**
 * The newest ended calls and the counts of the last hour, in memory. A service has counts from its first call until an hour
 * without one; the total of all services has finer histograms.
 */
export class CallHistory {
  readonly #ring = new CallRing(MAX_CALLS);
  readonly #series = new Map<string, CallSeries>();
  readonly #total = new CallSeries(true);
  readonly #clock: Clock;
  readonly #events: EventBus;

  constructor(clock: Clock, events: EventBus) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Records a call. Hot path. */
  ended({ service, tool, caller, outcome, failure, ms, requestBytes, responseBytes }: EndedCall): void {
    const seconds = this.#seconds();
    const bucket = bucketOf(ms / 1000);
    this.#of(service.serviceId, seconds).add(seconds, outcome !== 'ok', bucket);
    this.#total.add(seconds, outcome !== 'ok', bucket);
    const { client } = caller;
    const call = this.#ring.push({
      endedAtMs: this.#clock.wall().getTime(),
      serviceId: service.serviceId,
      namespace: service.namespace,
      tool: toPrintableAscii(tool),
      outcome: verdictOf(outcome, failure),
      ...(failure === undefined
        ? {}
        : { code: failure.code, reason: toDisplayText(failure.message, MAX_REASON_LENGTH) }),
      durationMs: Math.round(ms * 1000) / 1000,
      requestBytes,
      responseBytes,
      caller: callerRecord(caller),
      ...(client === undefined ? {} : { client }),
    });
    this.#events.publish('called', call);
  }

  /** Number of the newest call; 0 before the first. */
  get last(): number {
    return this.#ring.last;
  }

  /** Returns the calls with a number below `before` that pass the filter, newest first. */
  newest(limit: number, passes: (call: CallRecord) => boolean, before?: number): readonly CallRecord[] {
    return this.#ring.newest(limit, passes, before);
  }

  /** Returns the series of a service, or the total; undefined for a service without a call in the last hour. */
  series(serviceId?: string): CallSeries | undefined {
    return serviceId === undefined ? this.#total : this.#series.get(serviceId);
  }

  /** Ids of the services with a call in the last hour. */
  get active(): Iterable<string> {
    return this.#series.keys();
  }

  forget(serviceId: string): void {
    this.#series.delete(serviceId);
  }

  #of(serviceId: string, seconds: number): CallSeries {
    const known = this.#series.get(serviceId);
    if (known !== undefined) return known;
    for (const [id, series] of this.#series) if (series.isEmpty(seconds)) this.#series.delete(id);
    const fresh = new CallSeries();
    this.#series.set(serviceId, fresh);
    return fresh;
  }

  #seconds(): number {
    return this.#clock.monotonic() / 1000;
  }
}

const verdictOf = (outcome: CallOutcome, failure: Failure | undefined): CallVerdict => {
  if (failure === undefined) return outcome;
  const { kind } = errorRow(failure.code);
  return kind === 'denied' || kind === 'exhausted' ? 'denied' : 'error';
};

/** Returns the place of a duration in `CallMetrics.buckets`. */
export function bucketOf(seconds: number): number {
  let place = 0;
  while (seconds > (CALL_DURATION_BUCKETS[place] ?? Infinity)) place += 1;
  return place;
}
