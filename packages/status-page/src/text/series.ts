import type { MinuteReading } from '../api/model.ts';

/** Values of the daemon over time, oldest first. `from` is the time of the first value. */
export interface MetricSeries {
  readonly from: string;
  /** Seconds. */
  readonly step: number;
  readonly series: Readonly<Record<'calls' | 'failed' | 'p50Ms' | 'p95Ms', readonly (number | null)[]>>;
}

/** Returns failed calls per second. */
export const toFailedRate = ({ failed, windowSeconds }: Pick<MinuteReading, 'failed' | 'windowSeconds'>): number =>
  windowSeconds > 0 ? failed / windowSeconds : 0;

/** Counts times in buckets of equal width; times outside of the range are left out. */
export function countByTime(times: readonly number[], from: number, until: number, buckets: number): number[] {
  const counts = new Array<number>(buckets).fill(0);
  const step = Math.max(1, until - from) / buckets;
  for (const time of times) {
    const index = Math.floor((time - from) / step);
    if (time >= from && time <= until)
      counts[Math.min(buckets - 1, index)] = (counts[Math.min(buckets - 1, index)] ?? 0) + 1;
  }
  return counts;
}
