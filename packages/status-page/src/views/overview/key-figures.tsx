import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { CallEntry } from '../../api/model.ts';
import { Spark, type ChartValues } from '../../parts/charts.tsx';
import { useStore } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { toClientName } from '../../text/events.ts';
import { toCount, toDuration } from '../../text/numbers.ts';
import { toClock } from '../../text/times.ts';
import { toFailedRate, type MetricSeries } from '../../text/series.ts';

const STEP_SECONDS = 60;

/** Calls, failures, duration and clients: the newest value with the last hour. */
export function KeyFigures() {
  const store = useStore();
  const figures = store.figures.value.at(-1);
  // The series loads once a minute: the newest value comes with the stream.
  const minute = Math.floor(new Date(figures?.at ?? 0).getTime() / 60_000);
  const { value } = useRequest<MetricSeries>(`/api/metrics/series?step=${String(STEP_SECONDS)}`, [minute]);
  const perSecond = (list: ChartValues = []): ChartValues =>
    list.map((count) => (count === null ? null : count / STEP_SECONDS));
  const from = value === undefined ? undefined : new Date(value.from).getTime();
  const rate = figures?.callsPerSecond ?? 0;
  const failed = figures === undefined ? 0 : toFailedRate(figures);
  return (
    <section class="figures ov-figs" aria-label="Key figures, last hour">
      <KeyFigure
        label="Calls"
        unit="per s"
        value={toShort(rate)}
        values={perSecond(value?.series.calls)}
        from={from}
        show={toShort}
      />
      <KeyFigure
        label="Failed calls"
        unit="per s"
        value={failed === 0 ? '0' : failed.toFixed(2)}
        values={perSecond(value?.series.failed)}
        from={from}
        isBars
        isBad
        show={(count) => (count === 0 ? '0' : count.toFixed(2))}
      />
      <KeyFigure
        label="Duration, p95"
        value={figures?.p95Ms === undefined ? '–' : toDuration(figures.p95Ms)}
        values={value?.series.p95Ms ?? []}
        from={from}
        show={toDuration}
      />
      <KeyFigure
        label="Active clients"
        value={toCount(countClients(store.calls.value, figures?.at))}
        values={[]}
        from={from}
        show={toCount}
        foot={
          figures === undefined
            ? ''
            : `${toCount(figures.inFlight)} calls in flight, ${toCount(figures.waiting)} waiting`
        }
      />
    </section>
  );
}

/** Returns the count of clients that called in the minute before a time. */
function countClients(calls: readonly CallEntry[], until: string | undefined): number {
  const since = new Date(new Date(until ?? 0).getTime() - 60_000).toISOString();
  return new Set(calls.filter(({ at }) => at >= since).map(toClientName)).size;
}

const toShort = (count: number): string => (count >= 100 ? toCount(count) : count.toFixed(1));

interface KeyFigureProps {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly values: ChartValues;
  readonly from: number | undefined;
  readonly show: (value: number) => string;
  readonly isBars?: boolean;
  readonly isBad?: boolean;
  readonly foot?: ComponentChildren;
}

/** One figure with its chart. The pointer and the arrow keys read any moment of it. */
function KeyFigure({ label, value, unit, values, from, show, isBars = false, isBad = false, foot }: KeyFigureProps) {
  const [read, setRead] = useState<number>();
  const known = values.map((one) => one ?? 0);
  const peak = known.indexOf(Math.max(...known));
  const point = read ?? peak;
  const at = from === undefined ? undefined : from + point * STEP_SECONDS * 1_000;
  const text =
    at === undefined || known[point] === undefined ? '' : `${toClock(at)}: ${show(known[point])} ${unit ?? ''}`;
  const pick = (share: number): void => {
    if (known.length > 0) setRead(Math.max(0, Math.min(known.length - 1, Math.floor(share * known.length))));
  };
  return (
    <div class="figure">
      <p class="label">{label}</p>
      <p class="value">
        {value} {unit !== undefined && <small>{unit}</small>}
      </p>
      {known.length > 0 ? (
        <div
          class="reader"
          role="slider"
          tabIndex={0}
          aria-label={`${label}, last hour`}
          aria-valuemin={0}
          aria-valuemax={known.length - 1}
          aria-valuenow={Math.max(0, point)}
          aria-valuetext={text}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            pick((event.clientX - box.left) / box.width);
          }}
          onPointerLeave={() => {
            setRead(undefined);
          }}
          onKeyDown={(event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            if (step === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            setRead(Math.max(0, Math.min(known.length - 1, point + step)));
          }}
        >
          <Spark values={values} isBars={isBars} isBad={isBad} />
        </div>
      ) : (
        <div class="spark" />
      )}
      <p class="foot num">{foot ?? (read === undefined && text !== '' ? `most at ${text}` : text)}</p>
    </div>
  );
}
