/** One end of the bands: its share is proportional to its count, never enlarged. */
export interface BandEnd {
  readonly name: string;
  readonly count: number;
  /** The end is the sum of all that are not shown. */
  readonly isRest: boolean;
}

export interface BandLayout {
  readonly left: readonly BandEnd[];
  readonly right: readonly BandEnd[];
  /** SVG paths in a box of 100 × 100. */
  readonly bands: readonly string[];
}

interface Pair {
  readonly from: string;
  readonly to: string;
}

/**
 * Lays out bands between two columns. The ends of a column have equal slots; a band is as wide as its share of all pairs. At
 * most `limit` ends have a column; the rest is one end.
 */
export function layoutBands(pairs: readonly Pair[], limit: number): BandLayout {
  const left = endsOf(
    pairs.map(({ from }) => from),
    limit,
  );
  const right = endsOf(
    pairs.map(({ to }) => to),
    limit,
  );
  const counts = new Map<string, number>();
  for (const { from, to } of pairs) {
    const key = JSON.stringify([slotOf(left, from), slotOf(right, to)]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const thick = 100 / Math.max(left.length, right.length);
  const scale = (thick * 0.8) / Math.max(1, ...left.map(({ count }) => count), ...right.map(({ count }) => count));
  const starts = left.map(({ count }, index) => centre(index, left.length) - (count * scale) / 2);
  const ends = right.map(({ count }, index) => centre(index, right.length) - (count * scale) / 2);
  const bands = [...counts].map(([key, count]) => {
    const [a, b] = JSON.parse(key) as [number, number];
    const width = count * scale;
    const y1 = starts[a] ?? 0;
    const y2 = ends[b] ?? 0;
    starts[a] = y1 + width;
    ends[b] = y2 + width;
    const f = (y: number): string => y.toFixed(2);
    return `M0 ${f(y1)}C50 ${f(y1)} 50 ${f(y2)} 100 ${f(y2)}V${f(y2 + width)}C50 ${f(y2 + width)} 50 ${f(y1 + width)} 0 ${f(y1 + width)}Z`;
  });
  return { left, right, bands };
}

const centre = (index: number, count: number): number => ((index + 0.5) * 100) / count;

function endsOf(names: readonly string[], limit: number): readonly BandEnd[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const shown = sorted.length > limit ? sorted.slice(0, limit - 1) : sorted;
  const rest = sorted.slice(shown.length);
  return [
    ...shown.map(([name, count]) => ({ name, count, isRest: false })),
    ...(rest.length === 0
      ? []
      : [
          {
            name: `${String(rest.length)} others`,
            count: rest.reduce((sum, [, count]) => sum + count, 0),
            isRest: true,
          },
        ]),
  ];
}

function slotOf(ends: readonly BandEnd[], name: string): number {
  const found = ends.findIndex((end) => !end.isRest && end.name === name);
  return found >= 0 ? found : ends.length - 1;
}
