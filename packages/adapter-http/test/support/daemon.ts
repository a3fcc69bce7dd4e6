import {
  createRuntime,
  embeddedCaller,
  type AuditEvent,
  type Runtime,
  type RuntimeAdapters,
  type RuntimeOptions,
} from '@clarity-runtime/core';
import { createHttpServer, type HttpServerOptions } from '../../src/index.ts';
import { FakeConnector, manifestOf } from './fake-connector.ts';

/** A runtime in memory behind a real server on a loopback address. */
export interface Daemon {
  readonly runtime: Runtime;
  readonly connector: FakeConnector;
  readonly port: number;
  readonly url: string;
  /** Lines of the log of the daemon. */
  readonly log: readonly string[];
  /** Registers a service without HTTP; returns its id. */
  register(module: string): Promise<string>;
  /** Audit events since the start. */
  audited(): Promise<readonly AuditEvent[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DaemonOptions extends Partial<HttpServerOptions> {
  /** Wraps the runtime before the server receives it. */
  readonly wrap?: (runtime: Runtime) => Runtime;
  readonly adapters?: RuntimeAdapters;
  readonly runtimeOptions?: RuntimeOptions;
  readonly connector?: FakeConnector;
}

export async function startDaemon({
  wrap = (same) => same,
  adapters,
  runtimeOptions,
  connector = new FakeConnector(),
  ...options
}: DaemonOptions = {}): Promise<Daemon> {
  const runtime = await createRuntime(
    { connectors: [connector], ...adapters },
    { words: 'program', ...runtimeOptions },
  );
  const log: string[] = [];
  const onError = (line: string): void => {
    log.push(line);
  };
  const server = createHttpServer(wrap(runtime), { host: '127.0.0.1', port: 0, onError, words: 'program', ...options });
  const { port, url } = await server.listen();
  return {
    runtime,
    connector,
    port,
    url,
    log,
    register: async (module) => (await runtime.services.apply(embeddedCaller, manifestOf(module))).service.serviceId,
    audited: async () =>
      (await runtime.audit.recent(embeddedCaller, { limit: 2_000 })).filter(({ kind }) => kind !== 'runtime.started'),
    async [Symbol.asyncDispose]() {
      await server.close();
      await runtime.close();
    },
  };
}
