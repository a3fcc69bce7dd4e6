import {
  ClarityError,
  createRuntime,
  embeddedCaller,
  grantOf,
  type Caller,
  type Runtime,
  type RuntimeAdapters,
} from '@clarity-runtime/core';
import {
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryInterfaceStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemorySecretStore,
  MemoryServiceRegistry,
} from '@clarity-runtime/core/memory';
import { VERBS } from '@clarity-runtime/core/internal';
import type { HttpServerOptions } from '../../src/index.ts';
import type { ServedTenants } from '../../src/server/options.ts';
import { startDaemon, type Daemon } from './daemon.ts';
import { FakeConnector, manifestOf } from './fake-connector.ts';

export const OPERATOR = 'correct-horse-battery-staple';

/** A daemon whose tenants `red` and `blue` have the stores of `default`. */
export interface TenantDaemon extends Daemon {
  readonly tenants: ReadonlyMap<string, Runtime>;
}

export const ownerOf = (tenant: string): Caller => ({ ...embeddedCaller, tenant });

/** `adaptersOf` returns further adapters of the runtime of a tenant, which may replace the usual ones. */
export async function startTenants(
  options: Partial<HttpServerOptions> = {},
  adaptersOf: (tenant: string) => RuntimeAdapters = () => ({}),
): Promise<TenantDaemon> {
  const shared: RuntimeAdapters = {
    registry: new MemoryServiceRegistry(),
    policies: new MemoryPolicyRegistry(),
    profiles: new MemoryProfileStore(),
    accessTokens: new MemoryAccessTokenStore(),
    approvals: new MemoryApprovalStore(),
    interfaces: new MemoryInterfaceStore(),
    secretStore: new MemorySecretStore(),
  };
  const tenants = new Map<string, Runtime>();
  for (const tenant of ['red', 'blue']) {
    const connector = new FakeConnector();
    connector.tool = { name: `tool_of_${tenant}`, description: 'A tool.', inputSchema: { type: 'object' } };
    const adapters = { ...withoutDispose(shared), connectors: [connector], ...adaptersOf(tenant) };
    tenants.set(tenant, await createRuntime(adapters, { tenant, controlTools: true, words: 'program' }));
  }
  const refuse = (): Promise<never> => Promise.reject(new ClarityError('TENANT_NOT_FOUND', ''));
  const operations: ServedTenants = {
    find: (name) => tenants.get(name),
    runtimes: () => [...tenants.values()],
    list: () => Promise.resolve([...tenants.keys()].map((name) => ({ name, state: 'open' as const }))),
    create: refuse,
    remove: refuse,
  };
  const daemon = await startDaemon({
    token: OPERATOR,
    adapters: { ...shared, ...adaptersOf('default') },
    runtimeOptions: { controlTools: true },
    tenants: operations,
    ...options,
  });
  return {
    ...daemon,
    tenants,
    async [Symbol.asyncDispose]() {
      for (const runtime of tenants.values()) await runtime.close();
      await daemon[Symbol.asyncDispose]();
    },
  };
}

const failed = { name: 'acme', state: 'failed', reason: 'none', services: 1, tokens: 1 } as const;

/** Tenants whose operations answer with every member. */
export const answeringTenants: ServedTenants = {
  find: () => undefined,
  runtimes: () => [],
  list: () => Promise.resolve([failed]),
  create: () => Promise.resolve(failed),
  remove: () => Promise.resolve({ services: ['a'], tokens: 1 }),
};

/** The stores belong to the runtime of `default`. */
const withoutDispose = (adapters: RuntimeAdapters): RuntimeAdapters =>
  Object.fromEntries(
    Object.entries(adapters).map(([name, adapter]: [string, object]) => [
      name,
      new Proxy(adapter, {
        get: (target, member) => {
          if (member === Symbol.asyncDispose) return undefined;
          const value: unknown = Reflect.get(target, member, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
    ]),
  );

/** Creates a token of a tenant with all verbs, for the API and for clients. */
export async function adminOf(daemon: TenantDaemon, tenant: string, name = 'admin'): Promise<string> {
  const runtime = daemon.tenants.get(tenant) ?? daemon.runtime;
  const request = { name, grants: [grantOf(...VERBS)], doors: ['mcp', 'http'] as const };
  return (await runtime.tokens.create(ownerOf(tenant), request)).token;
}

/** Names of everything that `fill` creates in a tenant; each is in no other tenant. */
export interface Filled {
  readonly serviceId: string;
  readonly names: readonly string[];
}

/** Gives a tenant one record of each kind, with a call, a log line and events. */
export async function fill(runtime: Runtime, tenant: string): Promise<Filled> {
  const owner = ownerOf(tenant);
  const mark = `canary_${tenant}`;
  const { service } = await runtime.services.apply(owner, manifestOf(`${mark}_svc`));
  await runtime.services.start(owner, service.serviceId);
  await runtime.profiles.apply(owner, {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Profile',
    metadata: { name: `${mark}_profile` },
    spec: { services: ['*'] },
  });
  await runtime.policies.apply(owner, {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: `${mark}_policy` },
    spec: { denyTools: [`${mark}_denied`] },
  });
  await runtime.tokens.create(owner, { name: `${mark}_token`, grants: [grantOf('read')], note: `${mark}_note` });
  await runtime.secrets.set(owner, `file:${mark}_secret`, `${mark}_value`, { hosts: [`${mark}.example`] });
  await runtime.tools.call(owner, { name: `${mark}_svc__tool_of_${tenant}` });
  const kinds = ['svc', 'profile', 'policy', 'token', 'secret', 'denied'];
  return {
    serviceId: service.serviceId,
    names: [service.serviceId, `file:${mark}_secret`, ...kinds.map((kind) => `${mark}_${kind}`)],
  };
}
