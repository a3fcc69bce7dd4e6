import { createHttpServer, type ImportOperations } from '@clarity-runtime/adapter-http';
import {
  ClarityError,
  createRuntime,
  RawJson,
  type Manifest,
  type OriginType,
  type Runtime,
  type RuntimeAdapters,
  type ServiceArtifact,
} from '@clarity-runtime/core';
import type { ConnectionEvents, ServiceConnector } from '@clarity-runtime/core/ports';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { capture } from './capture.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FakeDaemon extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly url: string;
  readonly admitted: readonly Manifest[];
  /** When set, every start fails with this error. */
  startFailure?: ClarityError | undefined;
  /** Called for each registration. It rejects the registration by throwing. */
  admission?: (manifest: Manifest) => void;
  /** Log lines of every service at its start. */
  lines: readonly string[];
  /** Tools of every service. */
  tools: readonly object[];
  /** Runs `clarityctl` with these arguments, on a terminal when `columns` is set. */
  ctl(
    argv: readonly string[],
    options?: { cwd?: string; columns?: number; env?: Record<string, string>; unread?: AbortSignal },
  ): Promise<Ran>;
  /** Output of the last command so far, standard error included. */
  written(): string;
}

const tool = { name: 'fn__add', description: 'Adds two numbers.\nMore.', inputSchema: { type: 'object' } };

/** A home folder that does not exist, so that the tests read no client configuration of the developer. */
const ABSENT_HOME = '/nonexistent';

interface FakeDaemonOptions {
  readonly token?: string;
  readonly adapters?: RuntimeAdapters;
  readonly mcpProvisioning?: boolean;
  readonly imports?: (runtime: Runtime) => ImportOperations;
}

/** Starts the real API with fake services, and runs `clarityctl` in this process. */
export async function fakeDaemon({ adapters = {}, imports, ...options }: FakeDaemonOptions = {}): Promise<FakeDaemon> {
  const admitted: Manifest[] = [];
  const connectorOf = (origin: OriginType): ServiceConnector => ({
    origin,
    admit: (manifest): Promise<ServiceArtifact | undefined> => {
      daemon.admission?.(manifest);
      admitted.push(manifest);
      return Promise.resolve(undefined);
    },
    connect: (_service, events: ConnectionEvents) => {
      if (daemon.startFailure !== undefined) return Promise.reject(daemon.startFailure);
      for (const line of daemon.lines) events.onLog(line);
      return Promise.resolve({
        era: 'legacy' as const,
        capabilities: { tools: {} },
        request: () => Promise.resolve({ result: RawJson.of({ tools: daemon.tools }) }),
        notify: () => undefined,
        close: () => Promise.resolve(),
      });
    },
  });
  const connectors = (['local_wasm', 'remote_mcp', 'local_process'] as const).map(connectorOf);
  const runtime = await createRuntime({ connectors, ...adapters }, { words: 'program' });
  // The home folder is absent, so the command line has no key with which to prove its user.
  const server = createHttpServer(runtime, {
    host: '127.0.0.1',
    port: 0,
    words: 'program',
    isOfUser: () => true,
    mcpProvisioning: true,
    ...options,
    ...(imports === undefined ? {} : { imports: imports(runtime) }),
  });
  const { url } = await server.listen();
  let written = (): string => '';
  const daemon: FakeDaemon = {
    runtime,
    url,
    admitted,
    lines: [],
    tools: [tool],
    written: () => written(),
    ctl: async (argv, { cwd = process.cwd(), columns, env = {}, unread } = {}) => {
      const stdout = capture(columns);
      const stderr = capture(columns);
      written = () => stdout.text + stderr.text;
      const surroundings = {
        argv,
        cwd,
        stdout,
        stderr,
        ...(unread === undefined ? {} : { unread }),
        env: { CLARITYD_URL: url, NO_COLOR: '1', HOME: ABSENT_HOME, ...env },
      };
      const exitCode = await exitCodeOf(runCtl, surroundings);
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await runtime.close();
    },
  };
  return daemon;
}
