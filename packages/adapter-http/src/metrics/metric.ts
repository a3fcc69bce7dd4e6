import type { ErrorCode, RuntimeInstance, RuntimeMetrics, ServiceView, StorageState } from '@clarity-runtime/core';
import type { ProcessState } from './process-state.ts';

/** Everything that one answer of `/metrics` is made of, taken at one moment. */
export interface Facts {
  readonly instance: RuntimeInstance;
  readonly uptimeSeconds: number;
  readonly services: readonly ServiceView[];
  readonly measures: RuntimeMetrics;
  readonly storage: StorageState;
  readonly edge: HttpLoad;
  readonly process: ProcessState;
  /** Absent where no WebAssembly is run, or nobody says. */
  readonly workers?: WorkerLoad | undefined;
}

/** What the HTTP edge holds open, and what it has refused. */
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

/** One metric by its name in Prometheus: what it says, and how it is read. Its labels take a bounded number of values. */
export interface Metric {
  readonly name: string;
  /** Names the labels, in words. */
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly read: (facts: Facts) => readonly Sample[];
}

type Read = Metric['read'];

/** Something that only grows, from 0 at the start of the process on. */
export const counter = (name: string, help: string, by: { labels?: readonly string[]; read: Read }): Metric => ({
  name,
  help,
  type: 'counter',
  labels: by.labels ?? [],
  read: by.read,
});

/** Something as it is now. */
export const gauge = (name: string, help: string, by: { labels?: readonly string[]; read: Read }): Metric => ({
  ...counter(name, help, by),
  type: 'gauge',
});

/** A figure without labels; none when there is nothing to tell. */
export const alone =
  (read: (facts: Facts) => number | undefined): Read =>
  (facts) => {
    const value = read(facts);
    return value === undefined ? [] : [{ value }];
  };

/** One sample for each entry of a map of counts. */
export const byName = (label: string, counts: Iterable<readonly [string, number]>): readonly Sample[] =>
  [...counts].map(([name, value]) => ({ labels: { [label]: name }, value }));

/** Worker threads of a WebAssembly host, for `/metrics`. */
export interface WorkerLoad {
  readonly live: number;
  /** Told to end, and still there. */
  readonly wedged: number;
  /** Modules that wait for a thread. */
  readonly waiting: number;
}
