import type { ErrorCode, RuntimeInstance, RuntimeMetrics, ServiceView, StorageState } from '@clarity-runtime/core';
import type { ProcessState } from './process-state.ts';

/** The values of one reply of `/metrics`. */
export interface Facts {
  readonly instance: RuntimeInstance;
  readonly uptimeSeconds: number;
  readonly services: readonly ServiceView[];
  readonly measures: RuntimeMetrics;
  readonly storage: StorageState;
  readonly edge: HttpLoad;
  readonly process: ProcessState;
  /** Absent when the host does not report its WebAssembly workers. */
  readonly workers?: WorkerLoad | undefined;
  readonly auditExports: readonly AuditExportLoad[];
}

/** State of one export of the audit log. `sink` is the kind of the destination. */
export interface AuditExportLoad {
  readonly sink: string;
  /** Stored events that the destination does not have yet. */
  readonly lag: number;
  readonly exported: number;
  readonly failures: number;
  /** Events that retention dropped before they were exported. */
  readonly missed: number;
}

/** Open sessions and streams of the HTTP server, and its refused requests. */
export interface HttpLoad {
  readonly mcpSessions: number;
  readonly mcpStreams: number;
  readonly eventStreams: number;
  readonly refusals: ReadonlyMap<ErrorCode, number>;
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of Prometheus with its reader. The number of values of its labels is bounded. */
export interface Metric {
  readonly name: string;
  /** Describes the metric and its labels. */
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly read: (facts: Facts) => readonly Sample[];
}

type Read = Metric['read'];

/** Returns a metric that only increases, from 0 at the start of the process. */
export const counter = (name: string, help: string, by: { labels?: readonly string[]; read: Read }): Metric => ({
  name,
  help,
  type: 'counter',
  labels: by.labels ?? [],
  read: by.read,
});

/** Returns a metric with a current value. */
export const gauge = (name: string, help: string, by: { labels?: readonly string[]; read: Read }): Metric => ({
  ...counter(name, help, by),
  type: 'gauge',
});

/** Returns a reader of one sample without labels, or of no sample when the value is undefined. */
export const alone =
  (read: (facts: Facts) => number | undefined): Read =>
  (facts) => {
    const value = read(facts);
    return value === undefined ? [] : [{ value }];
  };

/** Returns one sample for each entry of a map of counts. */
export const byName = (label: string, counts: Iterable<readonly [string, number]>): readonly Sample[] =>
  [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }));

/** Worker threads of a WebAssembly host, for `/metrics`. */
export interface WorkerLoad {
  readonly live: number;
  /** Threads that did not end after their termination was requested. */
  readonly wedged: number;
  /** Modules that wait for a thread. */
  readonly waiting: number;
}
