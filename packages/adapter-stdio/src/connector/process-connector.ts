import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  ClarityError,
  isClarityError,
  type CallLimits,
  type Era,
  type LocalProcessOrigin,
  type Manifest,
  type Service,
} from '@clarity-runtime/core';
import {
  hiddenValues,
  isPackageRunner,
  Redactor,
  ServiceValues,
  startLimits,
  toPrintableAscii,
} from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, ConnectOptions, ServiceConnector } from '@clarity-runtime/core/ports';
import { EraCache } from '@clarity-runtime/core/protocol';
import { childEnvironment } from './child-environment.ts';
import { DEFAULT_PROCESS_LIMITS, type ProcessConnectorOptions, type ProcessLimits } from './options.ts';
import { ProcessConnection } from './process-connection.ts';
import { UnfinishedStarts } from './unfinished-starts.ts';
import { BOOT_MARK, endMarked } from '../process/child-marks.ts';
import { startTimeOf, type ChildRecord } from '../process/child-record.ts';
import { startLimited, type LimitedChild } from '../isolation/limited-child.ts';
import { assertEnforceable } from '../isolation/resource-limits.ts';
import { UsageWatch } from '../isolation/usage-watch.ts';
import { findSandbox, sandboxFor, sandboxPaths, type FoundSandbox } from '../isolation/sandbox.ts';
import type { GuardedChild, ProcessSystem } from '../process/process-system.ts';
import { processSystem } from '../process/system-of-platform.ts';

/** Returns a connector that starts MCP servers as child processes. A child ends with its connection or with this process. */
export const processConnector = (options: ProcessConnectorOptions): ServiceConnector => new ProcessConnector(options);

interface Attempt {
  readonly signal: AbortSignal;
  readonly mark: string | undefined;
  readonly events: ConnectionEvents;
  readonly known: Era | undefined;
}

class ProcessConnector implements ServiceConnector {
  readonly origin = 'local_process';
  /** Each session is a separate process. */
  readonly sessions = 'costly';
  readonly defaultLimits: CallLimits;
  readonly #options: ProcessConnectorOptions;
  readonly #system: ProcessSystem;
  readonly #limits: ProcessLimits;
  readonly #eras: EraCache;
  readonly #unfinished = new UnfinishedStarts();
  readonly #watch = new UsageWatch();
  #sandbox: Promise<FoundSandbox> | undefined;
  /** Prefix of the marks of this connector; random, so that another daemon has others. */
  readonly #bootId = randomUUID();
  #startCount = 0;
  /** Ends of children whose descendants are being ended, with their service. */
  readonly #sweeps = new Map<Promise<void>, string>();
  readonly #running = new Map<number, ChildRecord>();

  constructor(options: ProcessConnectorOptions) {
    this.#options = options;
    this.#system = options.system ?? processSystem();
    this.#limits = { ...DEFAULT_PROCESS_LIMITS, ...options.limits };
    this.defaultLimits = {
      idleMs: this.#limits.callTimeoutMs,
      totalMs: this.#limits.maxCallTimeoutMs,
      maxReplyBytes: this.#limits.maxMessageBytes,
    };
    this.#eras = new EraCache(Infinity, () => 0);
  }

  /**
   * Checks that this machine can enforce limits and sandbox. The command is looked up at the start: it may be installed later.
   */
  async admit({ spec }: Manifest): Promise<undefined> {
    assertEnforceable(spec.limits);
    await sandboxFor(spec.sandbox, this.#findSandbox);
  }

  async connect(service: Service, events: ConnectionEvents, { signal, mark }: ConnectOptions): Promise<Connection> {
    const known = events.era ?? this.#eras.get(service.serviceId, service.era);
    await this.#unfinished.wait(service.serviceId, signal, () => events.onActivity?.());
    try {
      return await this.#attempt(service, { events, signal, mark, known });
    } catch (error) {
      const hasExited = isClarityError(error) && error.code === 'UPSTREAM_LOST' && !signal.aborted;
      if (!hasExited || known === 'legacy') throw error;
      // Some legacy servers exit when they receive the unknown method `server/discover`.
      return this.#attempt(service, { events, signal, mark, known: 'legacy' });
    }
  }

  async #attempt(service: Service, { events, signal, mark, known }: Attempt): Promise<Connection> {
    const { child, redactor, bootId } = await this.#start(service, events, signal);
    // Before any wait: when a child exits, Node discards the output that has no listener yet.
    const connection = new ProcessConnection(child, {
      service,
      events,
      redactor,
      mark,
      limits: this.#limits,
      isPackageRunner: isPackageRunner(service.manifest),
    });
    await this.#remember({ serviceId: service.serviceId, bootId }, child);
    try {
      await connection.open(known, signal);
      // A requested era does not prove which era the service would choose.
      if (events.era === undefined) this.#eras.set(service.serviceId, connection.era);
      return connection;
    } catch (error) {
      if (events.era === undefined) this.#eras.forget(service.serviceId);
      if (isPackageRunner(service.manifest) && hasExceededStart(signal)) {
        this.#unfinished.add(service.serviceId, connection, startLimits(service.manifest).maxMs);
      } else await connection.close('the handshake failed');
      throw error;
    }
  }

  async endLeftovers(serviceId: string): Promise<void> {
    await this.#unfinished.end(serviceId);
    await Promise.all([...this.#sweeps].flatMap(([swept, owner]) => (owner === serviceId ? [swept] : [])));
  }

  async #start(service: Service, events: ConnectionEvents, signal: AbortSignal) {
    const { origin, limits: resources = {}, sandbox: mode } = service.manifest.spec;
    if (origin.type !== 'local_process') throw new ClarityError('ORIGIN_UNSUPPORTED', origin.type);
    if (signal.aborted) throw new ClarityError('CALL_CANCELLED', '');
    assertEnforceable(resources);
    const values = new ServiceValues(service, this.#options.credentials, { signal });
    const { variables, secrets } = await childEnvironment(
      service,
      origin,
      { ...this.#options, system: this.#system },
      values,
    );
    const args = await values.expandAll(origin.args ?? [], { field: 'spec.origin.args', purpose: 'argument' });
    const bootId = `${this.#bootId}-${String((this.#startCount += 1))}`;
    this.#options.onStarting?.(this.#bootId);
    const env = this.#system.environment({ ...variables, [BOOT_MARK]: bootId });
    const cwd = await this.#workingDirectory(origin, values);
    const program = await this.#system.find(origin.command, cwd, env);
    const hidden = [...hiddenValues(service.manifest), ...values.configured];
    const redactor = Redactor.of([...secrets, ...values.secrets], hidden);
    const sandbox = await sandboxFor(mode, this.#findSandbox);
    const spec = { cwd, env, resources, bootId, watch: this.#watch, system: this.#system };
    const child = await withStartError(async () => {
      if (sandbox === undefined) return startLimited({ ...spec, program, args });
      if ('problem' in sandbox) {
        events.onLog(`spec.sandbox is auto, and ${sandbox.problem}: the service runs without a sandbox`);
        return startLimited({ ...spec, program, args });
      }
      const { workspace, hidden = [], environment } = this.#options;
      // The home folder of the user, not one that the manifest sets.
      const paths = await sandboxPaths({ cwd, workspace, hidden, program, home: environment['HOME'] });
      const [wrapper, ...words] = sandbox.command(sandbox.program, [program, ...args], paths);
      return startLimited({ ...spec, program: wrapper, args: words, sandboxProcesses: sandbox.processes });
    });
    return { child, redactor, bootId };
  }

  /** Returns the sandbox of this machine. One that works is found once; another one may be installed later. */
  readonly #findSandbox = async (): Promise<FoundSandbox> => {
    const found = await (this.#sandbox ??= (this.#options.findSandbox ?? findSandbox)());
    if ('problem' in found) this.#sandbox = undefined;
    return found;
  };

  async #workingDirectory({ cwd = '.' }: LocalProcessOrigin, values: ServiceValues): Promise<string> {
    const place = { field: 'spec.origin.cwd', purpose: 'argument' } as const;
    const folder = resolve(this.#options.workspace, await values.expand(cwd, place));
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() === true) return folder;
    throw new ClarityError('PROCESS_START_FAILED', `'${toPrintableAscii(folder)}' is not a directory`, {
      field: 'spec.origin.cwd',
    });
  }

  async #remember(owner: Pick<ChildRecord, 'serviceId' | 'bootId'>, { pid, ended }: GuardedChild): Promise<void> {
    const startedAt = (await startTimeOf(pid)) ?? '';
    this.#running.set(pid, { ...owner, pid, startedAt });
    this.#reportRunning();
    const swept = ended.then(async () => {
      // The record stays until its descendants are ended: a later boot looks for them.
      await endMarked(({ bootId }) => bootId === owner.bootId);
      this.#running.delete(pid);
      this.#reportRunning();
      this.#sweeps.delete(swept);
    });
    this.#sweeps.set(swept, owner.serviceId);
  }

  #reportRunning(): void {
    this.#options.remember?.([...this.#running.values()]);
  }
}

/** Returns whether the start was given up because of its limits, and not by a stop. */
const hasExceededStart = ({ reason }: AbortSignal): boolean =>
  isClarityError(reason) && reason.code === 'SERVICE_START_TIMEOUT';

/** Reasons of the system that pass. */
const SHORTAGES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'ENOBUFS']);

async function withStartError(start: () => Promise<LimitedChild>): Promise<LimitedChild> {
  try {
    return await start();
  } catch (cause) {
    if (isClarityError(cause)) throw cause;
    // Not a defect of the service: counted as one, a few attempts would quarantine it.
    if (SHORTAGES.has((cause as { readonly code?: unknown } | undefined)?.code))
      throw new ClarityError('RESOURCE_EXHAUSTED', 'a process for the service', { cause });
    throw new ClarityError('PROCESS_START_FAILED', cause instanceof Error ? cause.message : 'unknown', { cause });
  }
}
