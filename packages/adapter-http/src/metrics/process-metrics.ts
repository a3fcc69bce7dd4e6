import { alone, counter, gauge, type Metric } from './metric.ts';

/** The process, under the names that dashboards know, and how late its event loop is. */
export const processFigures: readonly Metric[] = [
  gauge(
    'clarity_event_loop_delay_seconds',
    'How late the event loop was since the answer before: p50, p99, max. Measured from the first answer on.',
    {
      labels: ['stat'],
      read: ({ process: { loop } }) =>
        loop === undefined ? [] : Object.entries({ ...loop }).map(([stat, value]) => ({ labels: { stat }, value })),
    },
  ),
  counter('process_cpu_seconds_total', 'CPU time of the process, user and system.', {
    read: alone((facts) => facts.process.cpuSeconds),
  }),
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', {
    read: alone((facts) => facts.process.startedAt),
  }),
  gauge('process_resident_memory_bytes', 'Memory of the process.', {
    read: alone((facts) => facts.process.residentBytes),
  }),
  gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use.', {
    read: alone((facts) => facts.process.heapUsedBytes),
  }),
  gauge('nodejs_external_memory_bytes', 'Memory outside of the JavaScript heap that it holds.', {
    read: alone((facts) => facts.process.externalBytes),
  }),
  gauge('process_open_fds', 'Open file descriptors; only where the system tells.', {
    read: alone((facts) => facts.process.openFiles),
  }),
];
