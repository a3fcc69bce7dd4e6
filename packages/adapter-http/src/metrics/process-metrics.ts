import { alone, counter, gauge, type Metric } from './metric.ts';

/** Metrics of the process with the usual names of dashboards, and the delay of its event loop. */
export const processFigures: readonly Metric[] = [
  gauge(
    'clarity_event_loop_delay_seconds',
    'Delay of the event loop since the previous scrape: p50, p99, max. The first scrape starts the measurement.',
    {
      labels: ['stat'],
      read: ({ process: { loop } }) =>
        loop === undefined ? [] : Object.entries({ ...loop }).map(([stat, value]) => ({ labels: { stat }, value })),
    },
  ),
  counter('process_cpu_seconds_total', 'CPU time of the process, user and system.', {
    read: alone((facts) => facts.process.cpuSeconds),
  }),
  gauge('process_start_time_seconds', 'Start time of the process in seconds since 1970.', {
    read: alone((facts) => facts.process.startedAt),
  }),
  gauge('process_resident_memory_bytes', 'Resident memory of the process.', {
    read: alone((facts) => facts.process.residentBytes),
  }),
  gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use.', {
    read: alone((facts) => facts.process.heapUsedBytes),
  }),
  gauge('nodejs_external_memory_bytes', 'Memory of JavaScript objects outside the heap.', {
    read: alone((facts) => facts.process.externalBytes),
  }),
  gauge('process_open_fds', 'Open file descriptors; only on systems that report them.', {
    read: alone((facts) => facts.process.openFiles),
  }),
];
