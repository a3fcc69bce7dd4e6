import {
  pointOf,
  quantileMs,
  SERIES_POINTS,
  SERIES_STEP_SECONDS,
  type CallSeries,
  type CallSpan,
} from '../../domain/calls/call-series.ts';
import type { CallFigures, FigureSeries, SeriesStep } from '../../ports/inbound/overview.ts';

const MINUTE_POINTS = 60 / SERIES_STEP_SECONDS;
const NOTHING: CallSpan = { calls: 0, failed: 0, buckets: [] };

/** Returns the figures of the last minute. `now` is in monotonic seconds. */
export const minuteOf = (series: CallSeries | undefined, now: number): CallFigures =>
  figuresOf(minuteSpan(series, now));

/** Returns the figures of the last minute of several series together. */
export function totalOf(all: readonly (CallSeries | undefined)[], now: number): CallFigures {
  const spans = all.map((series) => minuteSpan(series, now));
  const buckets: number[] = [];
  for (const span of spans)
    for (const [place, count] of span.buckets.entries()) buckets[place] = (buckets[place] ?? 0) + count;
  return figuresOf({
    calls: spans.reduce((sum, { calls }) => sum + calls, 0),
    failed: spans.reduce((sum, { failed }) => sum + failed, 0),
    buckets,
  });
}

/** Returns one hour in steps; the last step ends now. */
export function seriesOf(
  series: CallSeries | undefined,
  { now, wallMs, step }: { readonly now: number; readonly wallMs: number; readonly step: SeriesStep },
): FigureSeries {
  const width = step / SERIES_STEP_SECONDS;
  const count = SERIES_POINTS / width;
  const starts = startsOf(now, width, count);
  return {
    from: new Date(wallMs - (now - (starts[0] ?? 0) * SERIES_STEP_SECONDS) * 1000).toISOString(),
    stepSeconds: step,
    points: starts.map((start) => figuresOf(series?.span(start, start + width - 1, now) ?? NOTHING)),
  };
}

/** Returns the number of calls per step. */
export function countsOf(
  series: CallSeries | undefined,
  { now, step, points }: { readonly now: number; readonly step: SeriesStep; readonly points: number },
): readonly number[] {
  const width = step / SERIES_STEP_SECONDS;
  return startsOf(now, width, points).map((start) => series?.span(start, start + width - 1, now).calls ?? 0);
}

/** Returns the first points of `count` steps of which the last one is in progress. Steps begin at multiples of their width. */
function startsOf(now: number, width: number, count: number): readonly number[] {
  const last = Math.floor(pointOf(now) / width) * width;
  return Array.from({ length: count }, (_, index) => last - (count - 1 - index) * width);
}

const minuteSpan = (series: CallSeries | undefined, now: number): CallSpan =>
  series?.span(pointOf(now) - MINUTE_POINTS + 1, pointOf(now), now) ?? NOTHING;

function figuresOf({ calls, failed, buckets }: CallSpan): CallFigures {
  const [p50Ms, p95Ms] = [quantileMs(buckets, 0.5), quantileMs(buckets, 0.95)];
  return {
    calls,
    failed,
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p95Ms === undefined ? {} : { p95Ms }),
  };
}
