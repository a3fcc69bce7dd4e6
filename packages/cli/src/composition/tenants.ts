import type { RequestListenerOptions } from '@clarity-runtime/adapter-http';
import type { TenantReply } from '@clarity-runtime/api-contract';
import { ClarityError, type Caller, type Runtime } from '@clarity-runtime/core';
import { DEFAULT_TENANT, defined, lazyModule, systemCaller } from '@clarity-runtime/core/internal';
import { messageOf } from '../support/error-text.ts';
import { asUnavailable, TenantFolder } from './tenant-folder.ts';
import type { TenantRuntime, TenantRuntimeOptions } from './tenant-runtime.ts';

type ServedTenants = NonNullable<RequestListenerOptions['tenants']>;
type LostRecords = Awaited<ReturnType<ServedTenants['remove']>>;

/** Settings of `Tenants`. */
export interface TenantsOptions extends TenantRuntimeOptions {
  /** Folder of the workspace. */
  readonly workspace: string;
  /** The runtime of the tenant `default`, whose audit has the events of tenants. */
  readonly own: Pick<Runtime, 'audit'>;
  readonly log: (line: string) => void;
}

/** Maximum number of tenants: each has a runtime. */
export const MAX_TENANTS = 100;

const loadRuntime = lazyModule({ load: () => import('./tenant-runtime.ts'), has: 'openTenantRuntime' });

/**
 * The tenants of a daemon, each with a runtime of its own over `.clarity/tenants/<name>`. A tenant whose state cannot be used does not
 * stop the others: nothing of it is served.
 */
export class Tenants implements Required<ServedTenants> {
  readonly #options: TenantsOptions;
  readonly #folder: TenantFolder;
  readonly #open = new Map<string, TenantRuntime>();
  readonly #failed = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();
  #isStarted = false;

  private constructor(options: TenantsOptions) {
    this.#options = options;
    this.#folder = new TenantFolder(options.workspace);
  }

  /** Opens the tenants of a workspace, and completes removals that a crash interrupted. Starts no service. */
  static async open(options: TenantsOptions): Promise<Tenants> {
    const tenants = new Tenants(options);
    for (const left of await tenants.#folder.left()) await tenants.#delete(left);
    for (const name of await tenants.#folder.names()) await tenants.#load(name);
    return tenants;
  }

  find(name: string): Runtime | undefined {
    return this.#open.get(name)?.runtime;
  }

  runtimes(): readonly Runtime[] {
    return [...this.#open.values()].map(({ runtime }) => runtime);
  }

  sessionsOf(runtime: Runtime): TenantRuntime['sessions'] {
    return [...this.#open.values()].find((each) => each.runtime === runtime)?.sessions ?? {};
  }

  async list(): Promise<readonly TenantReply[]> {
    const names = [...this.#open.keys(), ...this.#failed.keys()].sort();
    return Promise.all(names.map((name) => this.#shown(name)));
  }

  create(caller: Caller, name: string): Promise<TenantReply> {
    return this.#serial(async () => {
      if (name === DEFAULT_TENANT || this.#has(name))
        throw new ClarityError('TENANT_NAME_TAKEN', `'${name}'`, { field: 'name' });
      if (this.#open.size + this.#failed.size >= MAX_TENANTS)
        throw new ClarityError('QUOTA_EXCEEDED', `at most ${String(MAX_TENANTS)} tenants`);
      await this.#folder.make(name);
      try {
        const opened = await asUnavailable(() => this.#openRuntime(name));
        this.#open.set(name, opened);
        await this.#record(caller, 'created', name);
        if (this.#isStarted) await opened.runtime.autostart();
        return await this.#shown(name);
      } catch (error) {
        await this.#end(name);
        await this.#delete(name);
        throw error;
      }
    });
  }

  remove(caller: Caller, name: string, force: boolean): Promise<LostRecords> {
    return this.#serial(async () => {
      if (!this.#has(name)) throw new ClarityError('TENANT_NOT_FOUND', '');
      const lost = await this.#lost(name);
      if (!force && (lost === undefined || lost.services.length > 0)) {
        const reason =
          lost === undefined ? 'its state cannot be read' : `services: ${lost.services.slice(0, 20).join(', ')}`;
        throw new ClarityError('TENANT_IN_USE', `'${name}', ${reason}`);
      }
      await this.#end(name);
      const removed = await this.#folder.setAside(name).catch(async (error: unknown) => {
        await this.#load(name);
        throw error;
      });
      this.#failed.delete(name);
      await this.#record(caller, 'removed', name, {
        services: lost?.services.length ?? null,
        tokens: lost?.tokens ?? null,
      });
      await this.#delete(removed);
      return lost ?? { services: [] };
    });
  }

  /** Trusts the workspaces of the tenants if the settings do, and starts their services. */
  async autostart(isTrusting: boolean): Promise<void> {
    this.#isStarted = true;
    await Promise.allSettled([...this.#open].map(([name, tenant]) => this.#start(name, tenant, isTrusting)));
  }

  async retryWaiting(): Promise<void> {
    await Promise.allSettled(this.runtimes().map((runtime) => runtime.retryWaiting()));
  }

  async close(): Promise<void> {
    await this.#last;
    await Promise.all([...this.#open.keys()].map((name) => this.#end(name)));
  }

  async #start(name: string, { runtime, isTrusted }: TenantRuntime, isTrusting: boolean): Promise<void> {
    const { log } = this.#options;
    try {
      if (!isTrusted() && isTrusting)
        await runtime.trust.trust(systemCaller, (await runtime.trust.report(systemCaller)).digest);
      if (!isTrusted()) log(`warning: tenant ${name} is not trusted; run \`clarityctl trust --tenant ${name}\``);
      await runtime.autostart();
    } catch (error) {
      log(`services of tenant ${name} did not start: ${messageOf(error)}`);
    }
  }

  #has(name: string): boolean {
    return this.#open.has(name) || this.#failed.has(name);
  }

  async #openRuntime(name: string): Promise<TenantRuntime> {
    const { openTenantRuntime } = await loadRuntime();
    // The stores check their files below the root, not the root.
    await this.#folder.check(name);
    return openTenantRuntime(name, this.#folder.pathOf(name), this.#options);
  }

  async #load(name: string): Promise<void> {
    try {
      this.#open.set(name, await this.#openRuntime(name));
    } catch (error) {
      this.#failed.set(name, messageOf(error));
      this.#options.log(`tenant ${name} is not served: ${messageOf(error)}`);
    }
  }

  /** Takes a tenant out of use, so that no later request finds it. Its services stop. */
  async #end(name: string): Promise<void> {
    const found = this.#open.get(name);
    this.#open.delete(name);
    await found?.runtime.close().catch((error: unknown) => {
      this.#options.log(`tenant ${name} did not close cleanly: ${messageOf(error)}`);
    });
  }

  async #delete(folder: string): Promise<void> {
    await this.#folder.delete(folder).catch((error: unknown) => {
      this.#options.log(`${this.#folder.pathOf(folder)} is left: ${messageOf(error)}`);
    });
  }

  /** Returns undefined for a tenant whose state cannot be used. */
  async #lost(name: string): Promise<LostRecords | undefined> {
    const runtime = this.find(name);
    if (runtime === undefined) return undefined;
    const services = runtime.services.list(systemCaller).map(({ service }) => service.namespace);
    const tokens = await runtime.tokens.list(systemCaller);
    return { services, tokens: tokens.filter(({ state }) => state === 'active').length };
  }

  async #shown(name: string): Promise<TenantReply> {
    const lost = await this.#lost(name);
    if (lost === undefined) return { name, state: 'failed', ...defined({ reason: this.#failed.get(name) }) };
    return { name, state: 'open', services: lost.services.length, ...defined({ tokens: lost.tokens }) };
  }

  async #record(caller: Caller, what: 'created' | 'removed', tenant: string, more: object = {}): Promise<void> {
    const message = `Tenant '${tenant}' was ${what}`;
    await this.#options.own.audit.record({
      kind: `tenant.${what}`,
      level: 'info',
      message,
      caller,
      data: { tenant, ...more },
    });
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** The tenants of a daemon, with the operations of its start and its end. */
export type OpenTenants = Pick<Tenants, keyof ServedTenants | 'autostart' | 'retryWaiting' | 'close'>;

/** Opens the tenants of a workspace. Daemons of a shared store have none: the other daemons would not know them. */
export async function openTenants({
  isShared,
  ...options
}: TenantsOptions & { readonly isShared: boolean }): Promise<OpenTenants> {
  return isShared ? noTenants : Tenants.open(options);
}

const noTenants: OpenTenants = {
  find: () => undefined,
  runtimes: () => [],
  sessionsOf: () => ({}),
  list: () => Promise.resolve([]),
  create: () =>
    Promise.reject(
      new ClarityError('REQUEST_INVALID', 'a daemon with --store has no tenants besides default', {
        hint: 'start a daemon without --store for tenants',
      }),
    ),
  remove: () => Promise.reject(new ClarityError('TENANT_NOT_FOUND', '')),
  autostart: () => Promise.resolve(),
  retryWaiting: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
