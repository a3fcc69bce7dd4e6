import type { AuditLog } from '../application/audit/audit-log.ts';
import type { EventBus } from '../application/audit/event-bus.ts';
import type { PolicyCatalog } from '../application/calls/policy-catalog.ts';
import type { InterfaceMemory } from '../application/services/interface-memory.ts';
import type { ServiceCatalog } from '../application/services/service-catalog.ts';
import type { ServiceSupervisor } from '../application/services/service-supervisor.ts';
import type { LoginVault } from '../application/login/login-vault.ts';
import type { AccessTokens } from '../application/use-cases/access-tokens.ts';
import type { Profiles } from '../application/use-cases/profiles.ts';
import type { Approvals } from '../application/use-cases/approvals.ts';
import { systemCaller } from '../domain/access/caller.ts';
import { problemText } from '../domain/access/trust.ts';
import type { Service } from '../domain/services/service.ts';
import type { WorkspaceTrust } from '../ports/index.ts';
import type { RuntimeInstance } from '../ports/inbound/runtime.ts';
import type { Clock } from '../ports/index.ts';
import type { Lifetime } from './lifetime.ts';

export interface RuntimeLifecycleDependencies {
  readonly audit: AuditLog;
  readonly catalog: ServiceCatalog;
  readonly clock: Clock;
  /** Limit for disposing all adapters together. */
  readonly closeLimitMs: number;
  readonly events: EventBus;
  readonly instance: RuntimeInstance;
  readonly interfaces: InterfaceMemory;
  readonly lifetime: Lifetime;
  readonly policies: PolicyCatalog;
  readonly supervisor: ServiceSupervisor;
  readonly logins: LoginVault;
  readonly tokens: AccessTokens;
  readonly profiles: Profiles;
  readonly approvals: Approvals;
  readonly trust: WorkspaceTrust;
}

/** Loads, starts and closes one runtime. */
export class RuntimeLifecycle {
  readonly #dependencies: RuntimeLifecycleDependencies;
  #closed: Promise<void> | undefined;
  #isClosed = false;
  #isStarted = false;
  #hasRecalled = false;

  constructor(dependencies: RuntimeLifecycleDependencies) {
    this.#dependencies = dependencies;
  }

  /** Reads tokens, policies, services and approvals from their stores. Starts no service. */
  async load(): Promise<void> {
    const { catalog, logins, policies, profiles, supervisor, tokens } = this.#dependencies;
    await logins.load();
    await tokens.load('default');
    await profiles.load('default');
    await policies.load('default');
    await catalog.load('default');
    await this.#dependencies.approvals.load('default');
    for (const { serviceId } of catalog.all()) supervisor.adopt(serviceId);
    await this.#recallInterfaces();
    await this.#record('started');
    await this.#recordDistrust();
  }

  /** Starts nothing while the workspace is not trusted; `resume` does it then. */
  async autostart(): Promise<void> {
    const { supervisor, trust } = this.#dependencies;
    this.#isStarted = true;
    if (!trust.state.trusted) return;
    await this.#recallInterfaces();
    await Promise.allSettled(
      this.#autostarted.map(({ serviceId }) => supervisor.start(systemCaller, serviceId, 'own')),
    );
  }

  /** Starts a service that another process has registered, like the services at the start of this one. */
  async startFollowed(serviceId: string): Promise<void> {
    const { supervisor, trust } = this.#dependencies;
    const isStarted = this.#autostarted.some((service) => service.serviceId === serviceId);
    if (this.#isStarted && isStarted && trust.state.trusted) await supervisor.start(systemCaller, serviceId, 'own');
  }

  /** Starts the services after the workspace became trusted, if `autostart` was called before. */
  async resume(): Promise<void> {
    if (this.#isStarted) await this.autostart();
  }

  /** Starts nothing while the workspace is not trusted. */
  async retryWaiting(): Promise<void> {
    const { supervisor, trust } = this.#dependencies;
    if (trust.state.trusted) await supervisor.retryWaiting();
  }

  get #autostarted(): readonly Service[] {
    const isStarted = ({ manifest: { spec }, hold }: Service): boolean =>
      spec.enabled && spec.autostart && hold === undefined;
    return this.#dependencies.catalog.all().filter(isStarted);
  }

  /** Reads the last known interfaces once, so that clients see them before `autostart` and during the starts. */
  async #recallInterfaces(): Promise<void> {
    const { interfaces, supervisor, trust } = this.#dependencies;
    if (this.#hasRecalled || !trust.state.trusted) return;
    this.#hasRecalled = true;
    const starting = this.#autostarted;
    for (const { serviceId } of starting) supervisor.expectStart(serviceId);
    await interfaces.recall(starting);
  }

  /** `close` has ended, with or without errors. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Closes once; later calls return the same promise. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close().finally(() => {
      this.#isClosed = true;
    }));
  }

  async #close(): Promise<void> {
    const { catalog, clock, closeLimitMs, events, instance, lifetime, policies, supervisor } = this.#dependencies;
    events.publish('runtime.closing', { instance: instance.id });
    const errors: unknown[] = [];
    await supervisor.close().catch((error: unknown) => errors.push(error));
    catalog.close();
    policies.close();
    await this.#dependencies.tokens.close();
    this.#dependencies.profiles.close();
    this.#dependencies.approvals.close();
    this.#dependencies.logins.close();
    await this.#dependencies.interfaces.flush();
    await this.#dependencies.audit.flush();
    await this.#record('stopped');
    errors.push(...(await lifetime.end({ clock, ms: closeLimitMs })));
    if (errors.length > 0) throw new AggregateError(errors, 'the runtime did not close cleanly');
  }

  /** Writes one event per difference, which names the file. */
  async #recordDistrust(): Promise<void> {
    const { audit, trust } = this.#dependencies;
    const problems = trust.state.trusted ? [] : trust.state.problems;
    for (const problem of problems) {
      await audit.settle({
        kind: problem.reason === 'rolled_back' ? 'storage.rolled_back' : 'workspace.untrusted',
        level: 'warn',
        message: `Nothing is started: ${problemText(problem)}`,
        caller: systemCaller,
        data: { ...problem },
      });
    }
  }

  #record(word: 'started' | 'stopped'): Promise<void> {
    const { id, version } = this.#dependencies.instance;
    return this.#dependencies.audit.settle({
      kind: `runtime.${word}`,
      level: 'info',
      message: `Runtime ${word}`,
      caller: systemCaller,
      data: { instance: id, version },
    });
  }
}
