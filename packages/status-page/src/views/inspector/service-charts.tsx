import type { ServiceEntry } from '../../api/model.ts';
import { Spark, type ChartValues } from '../../parts/charts.tsx';
import { slowNow } from '../../state/clock.ts';
import { useRequest } from '../../state/use-request.ts';
import { toDuration, toPercent, toRate } from '../../text/numbers.ts';
import type { MetricSeries } from '../../text/series.ts';
import { toClock } from '../../text/times.ts';

/** Calls, duration and failures of one service in the last hour. */
export function ServiceCharts({ service: { id, calls, failed, p95Ms } }: { readonly service: ServiceEntry }) {
  const minute = Math.floor(slowNow.value / 60_000);
  const { value } = useRequest<MetricSeries>(`/api/metrics/series?service=${encodeURIComponent(id)}&step=60`, [minute]);
  const series = value?.series;
  const share = calls === 0 ? 0 : failed / calls;
  return (
    <div class="charts">
      <Chart label="Calls / min" value={toRate(calls)} values={series?.calls} from={value?.from} isBars />
      <Chart
        label="p95"
        value={p95Ms === undefined ? '–' : toDuration(p95Ms)}
        values={series?.p95Ms}
        from={value?.from}
      />
      <Chart
        label="Failed"
        value={toPercent(share)}
        values={series?.failed}
        from={value?.from}
        isBars
        isBad={share > 0.05}
      />
    </div>
  );
}

interface ChartProps {
  readonly label: string;
  readonly value: string;
  readonly values: ChartValues | undefined;
  readonly from: string | undefined;
  readonly isBars?: boolean;
  readonly isBad?: boolean;
}

const Chart = ({ label, value, values = [], from, isBars = false, isBad = false }: ChartProps) => (
  <div class="chart">
    <p class="head">
      {label}
      <b class="num">{value}</b>
    </p>
    <Spark values={values} isBars={isBars} isBad={isBad} floor={isBars ? 4 : 1e-9} label={`${label}, last hour`} />
    <p class="foot num">
      <span>{from === undefined ? '' : toClock(from)}</span>
      <span>now</span>
    </p>
  </div>
);
