import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createRuntime,
  Secret,
  type Caller,
  type Manifest,
  type Runtime,
  type TrustState,
} from '@clarity-runtime/core';
import { MemorySecretStore, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { CredentialProvider, WorkspaceTrust, WriteContext } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { agent, operator } from '../../support/speak.ts';

const UNKNOWN: TrustState = {
  trusted: false,
  problems: [{ file: '.clarity/runtime/registry.json', reason: 'unsigned' }],
};

class FakeTrust implements WorkspaceTrust {
  readonly root = '/ws';
  state: TrustState = { trusted: true };

  grant(): Promise<void> {
    this.state = { trusted: true };
    return Promise.resolve();
  }

  revoke(): Promise<void> {
    this.state = { trusted: false, problems: [{ file: '.clarity', reason: 'revoked' }] };
    return Promise.resolve();
  }
}

const remote = (module: string): Manifest => {
  const { spec, ...rest } = manifestOf(module);
  const origin = {
    type: 'remote_mcp',
    endpoint: 'https://h.example/mcp?api_key=CANARY',
    transport: 'streamable_http',
    authRef: 'env:AWS_SECRET_ACCESS_KEY',
  } as const;
  return { ...rest, spec: { ...spec, origin } };
};

interface Stage extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly trust: FakeTrust;
  readonly connector: FakeConnector;
  readonly resolved: string[];
  readonly secrets: MemorySecretStore;
}

/** Returns a runtime whose registry has these services, in a workspace that is not trusted. */
async function untrustedStage(...manifests: readonly Manifest[]): Promise<Stage> {
  const registry = new MemoryServiceRegistry();
  const remotes = Object.assign(new FakeConnector(), { origin: 'remote_mcp' as never });
  const first = await createRuntime({ registry, connectors: [new FakeConnector(), remotes] });
  for (const manifest of manifests) await first.services.apply(operator, manifest);
  const trust = new FakeTrust();
  trust.state = UNKNOWN;
  const connector = new FakeConnector();
  const resolved: string[] = [];
  const provider: CredentialProvider = {
    scheme: 'env',
    resolve: (target) => {
      resolved.push(target);
      return Promise.reject(new Error('not used'));
    },
    validate: (target) => {
      resolved.push(target);
      return Promise.resolve({ valid: true, issues: [], headers: [] });
    },
    health: () => Promise.resolve({ healthy: true, detail: '' }),
  };
  const secrets = new MemorySecretStore();
  const runtime = await createRuntime(
    { registry, trust, secretStore: secrets, connectors: [connector, remotes], credentialProviders: [provider] },
    { controlTools: true },
  );
  return { runtime, trust, connector, resolved, secrets, [Symbol.asyncDispose]: () => runtime.close() };
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );

test('R28a an untrusted workspace starts nothing and shows each service with WORKSPACE_UNTRUSTED', async () => {
  await using stage = await untrustedStage(manifestOf('calc'));
  await stage.runtime.autostart();
  const [view] = stage.runtime.services.list(operator);
  expect(view?.status.lifecycle).toBe('REGISTERED');
  expect(view?.status.lastError).toMatch(/^WORKSPACE_UNTRUSTED: .*registry\.json.*runtime\.trust\.trust/);
  expect(stage.connector.opened).toBe(0);
});

test('R100b each difference of an untrusted workspace is an event that names the file and both counters', async () => {
  const trust = new FakeTrust();
  const problems = [
    { file: 'registry.json', reason: 'rolled_back', expected: 7, found: 5 },
    { file: 'policies.json', reason: 'missing' },
  ] as const;
  trust.state = { trusted: false, problems };
  await using runtime = await createRuntime({ trust });
  const events = await runtime.audit.recent(operator, { limit: 10 });
  expect(events.slice(-2)).toMatchObject([
    { kind: 'storage.rolled_back', data: problems[0] },
    { kind: 'workspace.untrusted', data: problems[1] },
  ]);
});

test('R28b an untrusted workspace resolves no credential, also when a reference is validated', async () => {
  await using stage = await untrustedStage(remote('r'));
  const { runtime, resolved } = stage;
  const [view] = runtime.services.list(operator);
  expect(await code(runtime.services.start(operator, view?.service.serviceId ?? ''))).toBe('WORKSPACE_UNTRUSTED');
  expect(await code(runtime.secrets.validate(operator, 'env:HOME'))).toBe('WORKSPACE_UNTRUSTED');
  expect(resolved).toEqual([]);
});

test('R28c an untrusted workspace registers nothing, and removal works', async () => {
  await using stage = await untrustedStage(manifestOf('calc'));
  const { runtime } = stage;
  expect(await code(runtime.services.apply(operator, manifestOf('other')))).toBe('WORKSPACE_UNTRUSTED');
  expect(await code(runtime.secrets.set(operator, 'file:a', 'value'))).toBe('WORKSPACE_UNTRUSTED');
  const policy = { apiVersion: 'clarity.runtime/v1', kind: 'Policy', metadata: { name: 'p' }, spec: {} };
  expect(await code(runtime.policies.apply(operator, policy))).toBe('WORKSPACE_UNTRUSTED');
  const [view] = runtime.services.list(operator);
  await runtime.services.remove(operator, view?.service.serviceId ?? '');
  expect(runtime.services.list(operator)).toEqual([]);
});

test('R28a the report names commands, endpoints and credentials, without values', async () => {
  await using stage = await untrustedStage(manifestOf('calc'), remote('r'));
  const report = await stage.runtime.trust.report(operator);
  expect(report).toMatchObject({
    trusted: false,
    workspace: '/ws',
    problems: [{ reason: 'unsigned', text: '.clarity/runtime/registry.json has no valid mark of this user' }],
    policies: ['default'],
  });
  const [calc, shown] = report.services;
  expect(calc).toMatchObject({ type: 'local_wasm', starts: true, runs: '/src/calc.wasm' });
  expect(shown).toMatchObject({
    runs: 'https://h.example/mcp?api_key=***',
    credentials: ['env:AWS_SECRET_ACCESS_KEY'],
  });
  expect(JSON.stringify(report)).not.toContain('CANARY');
});

test('R28a trust applies to the digest that was shown, and then starts the services', async () => {
  await using stage = await untrustedStage(manifestOf('calc'), manifestOf('other'));
  const { runtime, connector } = stage;
  await runtime.autostart();
  const { digest, services } = await runtime.trust.report(operator);
  await runtime.services.remove(operator, services[1]?.serviceId ?? '');
  expect(await code(runtime.trust.trust(operator, digest))).toBe('REVISION_CONFLICT');
  expect(stage.trust.state.trusted).toBe(false);
  await runtime.trust.trust(operator, (await runtime.trust.report(operator)).digest);
  await new Promise(setImmediate);
  expect(connector.opened).toBe(1);
  const kinds = (await runtime.audit.recent(operator, { limit: 50 })).map(({ kind }) => kind);
  expect(kinds).toContain('workspace.trusted');
});

test('R28a a model never decides about trust, with any grants', async () => {
  await using stage = await untrustedStage(manifestOf('calc'));
  const model: Caller = { ...agent, grants: operator.grants };
  const { digest } = await stage.runtime.trust.report(model);
  expect(await code(stage.runtime.trust.trust(model, digest))).toBe('GRANT_REQUIRED');
  expect(await code(stage.runtime.trust.revoke(model))).toBe('GRANT_REQUIRED');
});

test('R28a revoking the trust stops every service and keeps it stopped', async () => {
  await using stage = await untrustedStage(manifestOf('calc'));
  const { runtime } = stage;
  await runtime.autostart();
  await runtime.trust.trust(operator, (await runtime.trust.report(operator)).digest);
  await new Promise(setImmediate);
  const id = runtime.services.list(operator)[0]?.service.serviceId ?? '';
  expect(runtime.services.get(operator, id).status.lifecycle).toBe('RUNNING');
  await runtime.trust.revoke(operator);
  expect(runtime.services.get(operator, id).status.lifecycle).toBe('STOPPED');
  expect(await code(runtime.services.start(operator, id))).toBe('WORKSPACE_UNTRUSTED');
});

test('R28a no sequence of operations connects or resolves anything while the workspace is untrusted', async () => {
  const acts = [
    'start',
    'restart',
    'introspect',
    'unquarantine',
    'apply',
    'validate',
    'set',
    'autostart',
    'stop',
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...acts), { maxLength: 8 }), async (names) => {
      await using stage = await untrustedStage(manifestOf('calc'));
      const { runtime, connector, resolved } = stage;
      const id = runtime.services.list(operator)[0]?.service.serviceId ?? '';
      const all: Record<(typeof acts)[number], () => Promise<unknown>> = {
        start: () => runtime.services.start(operator, id),
        restart: () => runtime.services.restart(operator, id),
        introspect: () => runtime.services.introspect(operator, id),
        unquarantine: () => runtime.services.unquarantine(operator, id),
        apply: () => runtime.services.apply(operator, manifestOf('calc')),
        validate: () => runtime.secrets.validate(operator, 'env:HOME'),
        set: () => runtime.secrets.set(operator, 'file:a', 'value'),
        autostart: () => runtime.autostart(),
        stop: () => runtime.services.stop(operator, id),
      };
      for (const name of names) await all[name]().catch(() => undefined);
      expect([connector.opened, connector.live.size, resolved.length]).toEqual([0, 0, 0]);
    }),
    { numRuns: 50 },
  );
});

test('R73h T-413 trust is refused when a secret of a service was written after the question', async () => {
  const { spec, ...rest } = remote('r');
  const origin = { ...spec.origin, endpoint: 'https://h.example/mcp?key=${secret:file:bank}' } as typeof spec.origin;
  await using stage = await untrustedStage({ ...rest, spec: { ...spec, origin } });
  const { runtime, secrets } = stage;
  const context = { caller: operator, at: new Date(0).toISOString() } as unknown as WriteContext;
  const write = (name: string, value: string): Promise<void> =>
    secrets.write('default', name, { secret: new Secret(value), hosts: [], services: [] }, context);
  const digest = async (): Promise<string> => (await runtime.trust.report(operator)).digest;
  const seen = [await digest()];
  const changes = ['other', 'bank', 'bank', 'other'];
  for (const [at, name] of changes.entries()) {
    await write(name, `value-${String(at)}`);
    seen.push(await digest());
    // Only a secret that a service names is part of the decision.
    expect(seen.at(-1) === seen.at(-2)).toBe(name === 'other');
  }
  expect(await code(runtime.trust.trust(operator, seen[2] ?? ''))).toBe('REVISION_CONFLICT');
  expect(stage.trust.state.trusted).toBe(false);
  await runtime.trust.trust(operator, await digest());
  expect(stage.trust.state.trusted).toBe(true);
});
