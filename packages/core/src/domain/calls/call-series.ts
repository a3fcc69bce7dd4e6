import { CALL_DURATION_BUCKETS } from './call-metrics.ts';

/** Seconds of one point of the fine counts, and their number: one hour. */
export const SERIES_STEP_SECONDS = 5;
export const SERIES_POINTS = 720;
/** Seconds of one point of the coarse histograms: one hour in 60 points. */
const MINUTE_SECONDS = 60;
const MINUTES = 60;
/** Points of the fine histograms of one service: the last minute. */
const RECENT_POINTS = 12;

const WIDTH = CALL_DURATION_BUCKETS.length + 1;

/** Histograms of durations in the slots of a ring. A slot that is used again is cleared first. */
class HistogramRing {
  readonly #counts: Uint32Array;
  readonly #slots: number;

  constructor(slots: number) {
    this.#counts = new Uint32Array(slots * WIDTH);
    this.#slots = slots;
  }

  clear(index: number): void {
    const start = (index % this.#slots) * WIDTH;
    this.#counts.fill(0, start, start + WIDTH);
  }

  add(index: number, bucket: number): void {
    const at = (index % this.#slots) * WIDTH + bucket;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /** Adds the histograms from `first` to `last` to `sum`. */
  sum(first: number, last: number, sum: number[]): void {
    for (let index = Math.max(first, last - this.#slots + 1); index <= last; index += 1) {
      const start = (index % this.#slots) * WIDTH;
      for (let bucket = 0; bucket < WIDTH; bucket += 1)
        sum[bucket] = (sum[bucket] ?? 0) + (this.#counts[start + bucket] ?? 0);
    }
  }
}

/** Counts of the calls in a span of time. `buckets` counts durations as `CallMetrics.buckets` does. */
export interface CallSpan {
  readonly calls: number;
  readonly failed: number;
  readonly buckets: readonly number[];
}

/**
 * The calls of the last hour, in rings of fixed size: counts of 5 seconds, and histograms of durations. The histograms have 5
 * seconds for the last minute and one minute before it; with `isFine` they have 5 seconds for the whole hour. Times are in
 * monotonic seconds and may not decrease. Hot path: `add` allocates nothing.
 */
export class CallSeries {
  readonly #calls = new Uint32Array(SERIES_POINTS);
  readonly #failed = new Uint32Array(SERIES_POINTS);
  readonly #fine: HistogramRing;
  readonly #finePoints: number;
  readonly #coarse = new HistogramRing(MINUTES);
  /** The newest point that has been used. */
  #newest = -1;
  #lastCall = -Infinity;

  constructor(isFine = false) {
    this.#finePoints = isFine ? SERIES_POINTS : RECENT_POINTS;
    this.#fine = new HistogramRing(this.#finePoints);
  }

  add(seconds: number, hasFailed: boolean, bucket: number): void {
    const point = this.#advance(seconds);
    const slot = point % SERIES_POINTS;
    this.#lastCall = point;
    this.#calls[slot] = (this.#calls[slot] ?? 0) + 1;
    if (hasFailed) this.#failed[slot] = (this.#failed[slot] ?? 0) + 1;
    this.#fine.add(point, bucket);
    this.#coarse.add(minuteOf(point), bucket);
  }

  /** Returns whether the hour before `seconds` has no call. */
  isEmpty(seconds: number): boolean {
    return pointOf(seconds) - this.#lastCall >= SERIES_POINTS;
  }

  /**
   * Returns the calls of the points from `first` to `last` (`pointOf`). Points before the last hour are empty. The histogram of
   * a span beyond the fine histograms begins at a full minute.
   */
  span(first: number, last: number, now: number): CallSpan {
    this.#advance(now);
    const oldest = Math.max(first, this.#newest - SERIES_POINTS + 1, 0);
    const end = Math.min(last, this.#newest);
    const buckets = Array.from({ length: WIDTH }, () => 0);
    let [calls, failed] = [0, 0];
    for (let point = oldest; point <= end; point += 1) {
      calls += this.#calls[point % SERIES_POINTS] ?? 0;
      failed += this.#failed[point % SERIES_POINTS] ?? 0;
    }
    if (oldest > end) return { calls, failed, buckets };
    if (oldest > this.#newest - this.#finePoints) this.#fine.sum(oldest, end, buckets);
    else this.#coarse.sum(Math.max(minuteOf(oldest), minuteOf(this.#newest) - MINUTES + 1), minuteOf(end), buckets);
    return { calls, failed, buckets };
  }

  /** Clears the slots between the newest point and that of `seconds`, and returns the latter. */
  #advance(seconds: number): number {
    const point = Math.max(pointOf(seconds), this.#newest, 0);
    if (point === this.#newest) return point;
    const first = Math.max(this.#newest + 1, point - SERIES_POINTS + 1);
    for (let index = first; index <= point; index += 1) {
      this.#calls[index % SERIES_POINTS] = 0;
      this.#failed[index % SERIES_POINTS] = 0;
      this.#fine.clear(index);
    }
    const last = this.#newest < 0 ? minuteOf(point) - MINUTES : minuteOf(this.#newest);
    for (let minute = Math.max(last + 1, minuteOf(point) - MINUTES + 1, 0); minute <= minuteOf(point); minute += 1)
      this.#coarse.clear(minute);
    this.#newest = point;
    return point;
  }
}

/** Returns the number of the point of a time in monotonic seconds. */
export const pointOf = (seconds: number): number => Math.floor(seconds / SERIES_STEP_SECONDS);
const minuteOf = (point: number): number => Math.floor((point * SERIES_STEP_SECONDS) / MINUTE_SECONDS);

/**
 * Returns an estimate of a quantile of durations in milliseconds: linear within its bucket. Undefined without calls. Calls longer
 * than the last bound count as that bound.
 */
export function quantileMs(buckets: readonly number[], quantile: number): number | undefined {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = quantile * total;
  let below = 0;
  for (const [place, count] of buckets.entries()) {
    const upper = CALL_DURATION_BUCKETS[place];
    if (count > 0 && below + count >= rank) {
      if (upper === undefined) break;
      const lower = CALL_DURATION_BUCKETS[place - 1] ?? 0;
      return toMs(lower + ((upper - lower) * Math.max(0, rank - below)) / count);
    }
    below += count;
  }
  return toMs(CALL_DURATION_BUCKETS.at(-1) ?? 0);
}

const toMs = (seconds: number): number => Math.round(seconds * 100_000) / 100;
