/** Values of a chart; null is a gap. */
export type ChartValues = readonly (number | null)[];

interface SparkProps {
  readonly values: ChartValues;
  readonly isBars?: boolean;
  readonly isBad?: boolean;
  readonly isSmall?: boolean;
  /** Smallest top of the scale, so that one call does not look like a peak. */
  readonly floor?: number;
  /** A chart with a label is an image for assistive technology; without one it is hidden. */
  readonly label?: string;
}

const HEIGHT = 40;

/** A chart without axes: counts as bars, durations as a line. */
export function Spark({ values, isBars = false, isBad = false, isSmall = false, floor = 1e-9, label }: SparkProps) {
  const top = Math.max(floor, ...values.map((value) => value ?? 0)) * 1.08;
  const classes = `spark${isBad ? ' bad' : ''}${isSmall ? ' mini' : ''}`;
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label };
  const box = isBars ? `-0.5 0 ${String(values.length)} 40` : `0 0 ${String(Math.max(1, values.length - 1))} 40`;
  return (
    <svg class={classes} viewBox={box} preserveAspectRatio="none" {...named}>
      {isBars ? <path class="bars" d={barsOf(values, top)} /> : <Line values={values} top={top} />}
    </svg>
  );
}

function Line({ values, top }: { readonly values: ChartValues; readonly top: number }) {
  const line = lineOf(values, top);
  return (
    <>
      <path class="area" d={line === '' ? '' : `${line}V40H0Z`} />
      <path class="stroke" d={line} />
    </>
  );
}

function lineOf(values: ChartValues, top: number): string {
  const points = values.map((value) => (HEIGHT - ((value ?? 0) / top) * HEIGHT).toFixed(1));
  return points.map((y, x) => `${x === 0 ? 'M' : 'L'}${String(x)} ${y}`).join('');
}

function barsOf(values: ChartValues, top: number): string {
  return values
    .map((value, x) =>
      value === null || value <= 0
        ? ''
        : `M${String(x - 0.36)} 40V${(HEIGHT - Math.max(2.5, (value / top) * HEIGHT)).toFixed(1)}h.72V40z`,
    )
    .join('');
}

interface HistogramProps {
  readonly good: readonly number[];
  readonly bad: readonly number[];
  readonly label: string;
  readonly onPick?: (share: number) => void;
}

/** Two stacked counts over time. A click reports its place between 0 and 1. */
export function Histogram({ good, bad, label, onPick }: HistogramProps) {
  const top = Math.max(4, ...good.map((count, index) => count + (bad[index] ?? 0)));
  const y = (count: number): string => (HEIGHT - (count / top) * HEIGHT).toFixed(1);
  const lower = good.map((count, x) => (count > 0 ? `M${String(x - 0.36)} 40V${y(count)}h.72V40z` : '')).join('');
  const upper = bad
    .map((count, x) => {
      const base = good[x] ?? 0;
      return count > 0 ? `M${String(x - 0.36)} ${y(base)}V${y(base + count)}h.72V${y(base)}z` : '';
    })
    .join('');
  return (
    <svg
      class={`spark${onPick === undefined ? '' : ' click'}`}
      viewBox={`-0.5 0 ${String(good.length)} 40`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        onPick?.((event.clientX - box.left) / box.width);
      }}
    >
      <path class="bars" d={lower} />
      <path class="over" d={upper} />
    </svg>
  );
}
