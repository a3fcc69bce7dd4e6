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

/** A runtime in memory behind a real server on loopback. */
export interface Daemon {
  readonly runtime: Runtime;
  readonly connector: FakeConnector;
  readonly port: number;
  readonly url: string;
  /** What went to the daemon's own log. */
  readonly log: readonly string[];
  /** Registers a service past the HTTP edge; its id. */
  register(module: string): Promise<string>;
  /** What was written down since it was up. */
  audited(): Promise<readonly AuditEvent[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface DaemonOptions extends Partial<HttpServerOptions> {
  /** Stands between the runtime and the server. */
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
  const runtime = await createRuntime({ connectors: [connector], ...adapters }, runtimeOptions);
  const log: string[] = [];
  const onError = (line: string): void => {
    log.push(line);
  };
  const server = createHttpServer(wrap(runtime), { host: '127.0.0.1', port: 0, onError, ...options });
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
