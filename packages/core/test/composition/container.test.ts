import { expect, test } from '@jest/globals';
import {
  createContainer,
  createRuntime,
  embeddedCaller,
  grantOf,
  perRuntime,
  PORT,
  systemClock,
  type Runtime,
  type Token,
} from '@clarity-runtime/core';
import { TelemetryAuditStore } from '@clarity-runtime/core/audit-chain';
import { systemEntropy } from '@clarity-runtime/core/internal';
import {
  ManualClock,
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryLeases,
  MemoryLoginSealer,
  MemoryLoginStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemoryInterfaceStore,
  MemorySecretStore,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import { fakeCompiler, FakeWorkspace, provisioner } from '../support/control-stage.ts';
import { FakeAuthorization, FakeRemote, logIn, registerRemote } from '../support/fake-authorization.ts';
import { FakeConnector, manifestOf } from '../support/fake-connector.ts';
import { absentCompiler, acceptAll, client, credentials, installer, noPeers, passOn } from '../support/port-fakes.ts';
import { recorded, sharedClaims } from '../support/recorded.ts';
import { ask } from '../support/speak.ts';

const control = (runtime: Runtime, name: string, args: object = {}): Promise<unknown> =>
  ask(runtime, 'tools/call', { name: `runtime__${name}`, arguments: args }, { caller: provisioner });
const named = (name: string) => ({ apiVersion: 'clarity.runtime/v1', metadata: { name } }) as const;
const logsIn = async (runtime: Runtime): Promise<unknown> => logIn(runtime, await registerRemote(runtime));
const register = async (runtime: Runtime): Promise<string> =>
  (await runtime.services.apply(embeddedCaller, manifestOf('calc'))).service.serviceId;

interface Row {
  readonly fake: object;
  /** Uses the feature of the port, which calls `method`. */
  use(runtime: Runtime): Promise<unknown>;
  readonly method: string;
}

/** One row per token: a new token does not compile without one. */
const rows: { readonly [Name in keyof typeof PORT]: Row } = {
  serviceRegistry: { fake: new MemoryServiceRegistry(), use: register, method: 'put' },
  claimStore: { fake: sharedClaims(), use: register, method: 'put' },
  policyRegistry: {
    fake: new MemoryPolicyRegistry(),
    use: (runtime) => runtime.policies.apply(embeddedCaller, { ...named('strict'), kind: 'Policy', spec: {} }),
    method: 'put',
  },
  profileStore: {
    fake: new MemoryProfileStore(),
    use: (runtime) =>
      runtime.profiles.apply(embeddedCaller, { ...named('coding'), kind: 'Profile', spec: { services: ['*'] } }),
    method: 'put',
  },
  accessTokenStore: {
    fake: new MemoryAccessTokenStore(),
    use: (runtime) => runtime.tokens.create(embeddedCaller, { name: 'ci', grants: [grantOf('read')] }),
    method: 'put',
  },
  approvalStore: {
    fake: new MemoryApprovalStore(),
    use: (runtime) => runtime.approvals.list(embeddedCaller),
    method: 'list',
  },
  loginStore: {
    fake: new MemoryLoginStore(),
    use: async (runtime) => logIn(runtime, await registerRemote(runtime)),
    method: 'put',
  },
  loginSealer: { fake: new MemoryLoginSealer(), use: logsIn, method: 'seal' },
  authorizationClient: { fake: new FakeAuthorization(), use: logsIn, method: 'discover' },
  leases: {
    fake: new MemoryLeases(),
    use: async (runtime) => {
      const serviceId = await registerRemote(runtime);
      await logIn(runtime, serviceId);
      await runtime.services.restart(embeddedCaller, serviceId);
    },
    method: 'acquire',
  },
  peers: { fake: noPeers, use: () => Promise.resolve(), method: 'serve' },
  telemetry: {
    fake: new MemoryTelemetry(),
    use: (runtime) => runtime.audit.page(embeddedCaller, { limit: 1 }),
    method: 'events',
  },
  auditStore: {
    fake: new TelemetryAuditStore({ telemetry: new MemoryTelemetry(), clock: new ManualClock() }),
    use: (runtime) => runtime.audit.page(embeddedCaller, { limit: 1 }),
    method: 'newest',
  },
  secretStore: {
    fake: new MemorySecretStore(),
    use: (runtime) => runtime.secrets.set(embeddedCaller, 'file:mail', 'value'),
    method: 'write',
  },
  interfaceStore: {
    fake: new MemoryInterfaceStore(),
    use: async (runtime) => {
      await runtime.services.start(embeddedCaller, await register(runtime));
      await runtime.close();
    },
    method: 'save',
  },
  artifactCleaner: {
    fake: { cleanUp: () => Promise.resolve({ removed: [], left: [] }) },
    use: async (runtime) => runtime.services.remove(embeddedCaller, await register(runtime), { cleanUp: true }),
    method: 'cleanUp',
  },
  clientConfigs: {
    fake: { clients: [client], entry: () => ({ transport: 'stdio', command: 'clarityctl', args: [] }) },
    use: (runtime) => runtime.bootstrap.put(embeddedCaller, { clients: ['fake'] }),
    method: 'entry',
  },
  workspace: { fake: new FakeWorkspace(), use: (runtime) => control(runtime, 'clarity_sources'), method: 'sources' },
  workspaceTrust: {
    fake: { state: { trusted: true }, grant: () => Promise.resolve(), revoke: () => Promise.resolve() },
    use: async (runtime) => runtime.trust.trust(embeddedCaller, (await runtime.trust.report(embeddedCaller)).digest),
    method: 'grant',
  },
  compiler: { fake: fakeCompiler, use: (runtime) => control(runtime, 'ensure_compiler'), method: 'state' },
  compilerInstaller: {
    fake: installer,
    use: (runtime) => control(runtime, 'ensure_compiler', { auto_install: true, install_command: ['brew', 'install'] }),
    method: 'run',
  },
  schemaValidator: { fake: acceptAll, use: () => Promise.resolve(), method: '()' },
  interfaceJudge: {
    fake: { judge: () => Promise.resolve(undefined) },
    use: async (runtime) => runtime.services.start(embeddedCaller, await register(runtime)),
    method: 'judge',
  },
  clock: {
    fake: new ManualClock(),
    use: (runtime) => runtime.audit.record({ kind: 'test', level: 'info', message: 'm' }),
    method: 'wall',
  },
  entropy: { fake: systemEntropy, use: register, method: 'bytes' },
  serviceConnector: {
    fake: new FakeConnector(),
    use: async (runtime) => runtime.services.start(embeddedCaller, await register(runtime)),
    method: 'connect',
  },
  credentialProvider: {
    fake: credentials,
    use: (runtime) => runtime.secrets.validate(embeddedCaller, 'fake:target'),
    method: 'validate',
  },
  callStage: {
    fake: passOn,
    use: async (runtime) => {
      await runtime.services.start(embeddedCaller, await register(runtime));
      return runtime.tools.call(embeddedCaller, { name: 'calc__fn__add', arguments: {} });
    },
    method: 'run',
  },
  resource: {
    fake: { [Symbol.asyncDispose]: () => Promise.resolve() },
    use: (runtime) => runtime.close(),
    method: 'dispose',
  },
};

test.each(Object.entries(rows))('PORT.%s resolves to the registration of the embedder', async (name, row) => {
  const calls: string[] = [];
  const container = createContainer();
  const token = PORT[name as keyof typeof PORT] as Token<unknown>;
  container.register(
    token,
    perRuntime<unknown>(() => recorded(row.fake, calls)),
  );
  const connector = new FakeConnector();
  if (name === 'interfaceJudge') connector.tools.set('calc', [{ name: 'add', note: 'x'.repeat(20_000) }]);
  // Its tokens have ended, so that the next connection renews them.
  const authorization = Object.assign(new FakeAuthorization(), { expiresAt: 1 });
  const leases = new MemoryLeases({ clock: systemClock });
  const adapters = { connectors: [connector, new FakeRemote()], compiler: absentCompiler, authorization, leases };
  await using runtime = await createRuntime({ container, adapters, options: { controlTools: true } });
  // Two ports are used while the runtime starts; every other one afterwards.
  if (!['schemaValidator', 'peers'].includes(name)) calls.length = 0;
  await row.use(runtime);
  expect(calls).toContain(row.method);
});

test('PORT tokens are the same symbols in every copy of the package', () => {
  for (const [name, token] of Object.entries(PORT)) expect(token).toBe(Symbol.for(`clarity-runtime/port/${name}`));
});

test('two runtimes of one container share its values and nothing else', async () => {
  const container = createContainer();
  const registry = new MemoryServiceRegistry();
  const made: MemoryTelemetry[] = [];
  container.register(PORT.serviceRegistry, { useValue: registry });
  container.register(
    PORT.telemetry,
    perRuntime(() => {
      made.push(new MemoryTelemetry());
      return made.at(-1) ?? new MemoryTelemetry();
    }),
  );
  const create = (): Promise<Runtime> => createRuntime({ container, adapters: { connectors: [new FakeConnector()] } });
  const a = await create();
  const heard: string[] = [];
  const serviceId = await register(a);
  await a.secrets.set(embeddedCaller, 'file:mail', 'value');
  const b = await create();
  b.on('audited', ({ kind }) => heard.push(kind));
  await a.services.start(embeddedCaller, serviceId);
  expect(made).toHaveLength(2);
  expect(b.services.get(embeddedCaller, serviceId).status.lifecycle).toBe('REGISTERED');
  expect(await b.secrets.list(embeddedCaller)).toMatchObject({ count: 0 });
  expect(heard).toEqual([]);
  expect(b.instance.id).not.toBe(a.instance.id);
  await a.close();
  expect((await registry.list('default')).items).toHaveLength(1);
  await expect(made[0]?.events('default', { limit: 1 })).rejects.toMatchObject({ kind: 'closed' });
  expect((await b.audit.recent(embeddedCaller, { limit: 9 })).map(({ kind }) => kind)).toEqual(['runtime.started']);
  await b.close();
});

test('perRuntime passes the container of the runtime that resolves', async () => {
  const container = createContainer();
  const clocks: unknown[] = [];
  container.register(
    PORT.telemetry,
    perRuntime((c) => {
      clocks.push(c.resolve(PORT.clock));
      return new MemoryTelemetry();
    }),
  );
  const first = new ManualClock();
  const second = new ManualClock();
  await using a = await createRuntime({ container, adapters: { clock: first } });
  await using b = await createRuntime({ container, adapters: { clock: second } });
  expect(clocks).toEqual([first, second]);
  expect([a.storage().state, b.storage().state]).toEqual(['up', 'up']);
});
