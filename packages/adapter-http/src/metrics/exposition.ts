import { Counter, Gauge, Registry, type Histogram } from 'prom-client';
import { type CallMetrics } from '@clarity-runtime/core';
import { CALL_DURATION_BUCKETS } from '@clarity-runtime/core/internal';
import type { Facts, Metric } from './metric.ts';
import { processFigures } from './process-metrics.ts';
import { runtimeFigures } from './runtime-metrics.ts';
import { serviceFigures } from './service-metrics.ts';

const FIGURES: readonly Metric[] = [...runtimeFigures, ...serviceFigures, ...processFigures];
const DURATION = 'clarity_call_duration_seconds';

/** Returns the metrics in the text format of Prometheus. Each reply has its own registry, so that runtimes share nothing. */
export function exposition(facts: Facts): Promise<string> {
  const registry = new Registry();
  for (const figure of FIGURES) addFigure(registry, figure, facts);
  registry.registerMetric(durations(facts.measures.calls) as unknown as Histogram);
  return registry.metrics();
}

function addFigure(registry: Registry, { name, help, type, labels, read }: Metric, facts: Facts): void {
  const setting = { name, help, labelNames: [...labels], registers: [registry] };
  const samples = read(facts);
  if (type === 'counter') {
    const counter = new Counter(setting);
    for (const sample of samples) counter.inc({ ...sample.labels }, sample.value);
  } else {
    const gauge = new Gauge(setting);
    // prom-client starts a gauge without labels at 0.
    if (samples.length === 0 && labels.length === 0) gauge.remove();
    for (const sample of samples) gauge.set({ ...sample.labels }, sample.value);
  }
}

/** Replaces the histogram of prom-client, which cannot take counts of buckets. */
function durations(calls: readonly CallMetrics[]): object {
  const values = calls.flatMap(({ namespace, buckets, seconds }) => {
    const labels = { service: namespace };
    let sum = 0;
    const cumulative = [...CALL_DURATION_BUCKETS, '+Inf'].map((le, place) => {
      sum += buckets[place] ?? 0;
      return { metricName: `${DURATION}_bucket`, labels: { ...labels, le }, value: sum };
    });
    return [
      ...cumulative,
      { metricName: `${DURATION}_sum`, labels, value: seconds },
      { metricName: `${DURATION}_count`, labels, value: sum },
    ];
  });
  const metric = {
    name: DURATION,
    help: 'Duration of tool calls by service, with their time in the queue.',
    type: 'histogram',
    values,
  };
  return { name: DURATION, get: () => Promise.resolve(metric) };
}
