import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createContainer,
  createRuntime,
  embeddedCaller,
  grantOf,
  perRuntime,
  PORT,
  systemClock,
  type Caller,
  type Container,
  type Runtime,
} from '@clarity-runtime/core';
import { GuardedTokens } from './access-token-store.ts';
import { keepArtifacts } from './artifact-cleaner.ts';
import { countingStage } from './call-stage.ts';
import { FilteredAudit } from './audit-store.ts';
import { assistantConfig, type Assistant } from './client-configs.ts';
import { correctedClock } from './clock.ts';
import { requestedInstallation } from './compiler-installer.ts';
import { remoteCompiler } from './compiler.ts';
import { seededEntropy } from './entropy.ts';
import { ReviewedPolicies } from './policy-registry.ts';
import { ConnectionPool } from './resource.ts';
import { zodValidator } from './schema-validator.ts';
import { injectedSecrets } from './secret-store.ts';
import { timeConnector, timeManifest } from './service-connector.ts';
import { ManualTrust } from './workspace-trust.ts';
import { storedWorkspace } from './workspace.ts';

const agent: Caller = {
  ...embeddedCaller,
  principal: { kind: 'user', id: 'agent' },
  door: 'mcp',
  grants: [grantOf('read', 'call', 'inspect', 'operate', 'provision', 'secrets')],
};
const noon = new Date('2026-01-31T12:00:00Z');
/** Starts a runtime with the registrations of `register` and the connector of the examples. */
function start(register: (container: Container) => Container): Promise<Runtime> {
  const container = register(createContainer()).register(PORT.serviceConnector, {
    useValue: timeConnector(() => noon),
  });
  return createRuntime({ container, options: { controlTools: true } });
}

async function startTime(runtime: Runtime): Promise<string> {
  const { service } = await runtime.services.apply(embeddedCaller, timeManifest);
  await runtime.services.start(embeddedCaller, service.serviceId);
  return service.serviceId;
}

const control = (runtime: Runtime, name: string, args: Readonly<Record<string, unknown>> = {}) =>
  runtime.tools.call(agent, { name: `runtime__${name}`, arguments: args });

let builder: Server;
let buildUrl = '';
beforeAll(async () => {
  builder = createServer((_req, res) => res.writeHead(422).end('line 1: not a module'));
  await new Promise<void>((resolve) => builder.listen(0, '127.0.0.1', resolve));
  buildUrl = `http://127.0.0.1:${String((builder.address() as AddressInfo).port)}/`;
});
afterAll(() => {
  builder.close();
});

test('artifactCleaner: the application keeps the artifacts of a removed service', async () => {
  const archived: string[] = [];
  const cleaner = keepArtifacts((serviceId) => archived.push(serviceId));
  await using runtime = await start((c) => c.register(PORT.artifactCleaner, { useValue: cleaner }));
  const serviceId = await startTime(runtime);
  await runtime.services.remove(embeddedCaller, serviceId, { cleanUp: true });
  expect(archived).toEqual([serviceId]);
});

test('callStage: the application counts the calls of each caller', async () => {
  const counts = new Map<string, number>();
  await using runtime = await start((c) => c.register(PORT.callStage, { useValue: countingStage(counts) }));
  await startTime(runtime);
  await runtime.tools.call(agent, { name: 'time__now', arguments: {} });
  expect(counts).toEqual(new Map([['agent', 1]]));
});

test('clientConfigs: the runtime configures an assistant of the application', async () => {
  const assistant: Assistant = {};
  const configs = assistantConfig(assistant, 'http://127.0.0.1:8080/mcp');
  await using runtime = await start((c) => c.register(PORT.clientConfigs, { useValue: configs }));
  await runtime.bootstrap.put(embeddedCaller, { clients: ['assistant'], transport: 'http' });
  expect(assistant.gateway).toEqual({ transport: 'http', url: 'http://127.0.0.1:8080/mcp' });
  await runtime.bootstrap.remove(embeddedCaller, { clients: ['assistant'] });
  expect(assistant.gateway).toBeUndefined();
});

test('clock: events have the corrected time', async () => {
  const behind = correctedClock(() => noon.getTime() - systemClock.wall().getTime());
  await using runtime = await start((c) => c.register(PORT.clock, { useValue: behind }));
  const [event] = await runtime.audit.recent(embeddedCaller, { limit: 1 });
  expect(event?.at).toMatch(/^2026-01-31T12:00:/);
});

test('compiler: findings come from the build service', async () => {
  await using runtime = await start((c) =>
    c
      .register(PORT.compiler, { useValue: remoteCompiler(buildUrl) })
      .register(PORT.workspace, { useValue: storedWorkspace(new Map()) }),
  );
  const answer = await control(runtime, 'bootstrap_clarity_app', { project_name: 'app', source: 'module App' });
  expect(JSON.stringify(answer.content)).toContain('HTTP 422');
});

test('compilerInstaller: an installation becomes a request to the administrators', async () => {
  const installer = requestedInstallation(([program]) => Promise.resolve(`TICKET-1 for ${String(program)}`));
  await using runtime = await start((c) =>
    c
      .register(PORT.compilerInstaller, { useValue: installer })
      .register(PORT.compiler, { useValue: remoteCompiler(buildUrl) })
      .register(PORT.workspace, { useValue: storedWorkspace(new Map()) }),
  );
  const answer = await control(runtime, 'ensure_compiler', {
    auto_install: true,
    install_command: ['brew', 'install', 'clarity'],
  });
  expect(JSON.stringify(answer.content)).toContain('TICKET-1 for brew');
});

test('entropy: two runtimes with one seed have the same ids', async () => {
  const ids = await Promise.all(
    [0, 1].map(async () => {
      await using runtime = await start((c) => c.register(PORT.entropy, { useValue: seededEntropy('a') }));
      return runtime.instance.id;
    }),
  );
  expect(ids[0]).toBe(ids[1]);
});

test('accessTokenStore: the application rejects a token', async () => {
  const tokens = new GuardedTokens(({ grants }) => grants.every(({ services }) => !services.includes('*')));
  await using runtime = await start((c) => c.register(PORT.accessTokenStore, { useValue: tokens }));
  const grant = { verbs: ['read', 'call'], services: ['docs'], tools: ['*'] } as const;
  await expect(
    runtime.tokens.create(embeddedCaller, { name: 'all', grants: [{ ...grant, services: ['*'] }] }),
  ).rejects.toThrow();
  const { token } = await runtime.tokens.create(embeddedCaller, { name: 'docs', grants: [grant] });
  expect(runtime.tokens.authenticate(token)?.grants).toEqual([grant]);
});

test('auditStore: the application keeps events to itself', async () => {
  await using runtime = await start((c) =>
    c.register(
      PORT.auditStore,
      perRuntime(
        (own) =>
          new FilteredAudit(
            { telemetry: own.resolve(PORT.telemetry), clock: own.resolve(PORT.clock) },
            ({ event }) => event.kind !== 'runtime.started',
          ),
      ),
    ),
  );
  await startTime(runtime);
  const kinds = (await runtime.audit.recent(embeddedCaller, { limit: 50 })).map(({ kind }) => kind);
  expect(kinds).toContain('service.started');
  expect(kinds).not.toContain('runtime.started');
});

test('policyRegistry: the application rejects a policy', async () => {
  const policies = new ReviewedPolicies(({ metadata }) => {
    if (metadata.name !== 'reviewed') throw new Error('not reviewed');
  });
  await using runtime = await start((c) => c.register(PORT.policyRegistry, { useValue: policies }));
  const policy = (name: string) => ({ apiVersion: 'clarity.runtime/v1', kind: 'Policy', metadata: { name }, spec: {} });
  await expect(runtime.policies.apply(embeddedCaller, policy('other'))).rejects.toThrow();
  await runtime.policies.apply(embeddedCaller, policy('reviewed'));
  const names = runtime.policies.list(embeddedCaller).map(({ metadata }) => metadata.name);
  expect(names).toContain('reviewed');
  expect(names).not.toContain('other');
});

test('resource: a pool of one runtime closes with it', async () => {
  const pool = new ConnectionPool();
  const runtime = await start((c) =>
    c.register(
      PORT.resource,
      perRuntime(() => pool),
    ),
  );
  expect(pool.isOpen).toBe(true);
  await runtime.close();
  expect(pool.isOpen).toBe(false);
});

test('schemaValidator: zod checks the arguments of control tools', async () => {
  await using runtime = await start((c) => c.register(PORT.schemaValidator, { useValue: zodValidator }));
  const answer = await control(runtime, 'get_service', { service_id: 7 });
  expect(answer.isError).toBe(true);
  expect(JSON.stringify(answer.content)).toContain('expected string');
});

test('secretStore: injected secrets are listed and cannot be changed', async () => {
  const secrets = injectedSecrets(new Map([['mail', 'value']]));
  await using runtime = await start((c) => c.register(PORT.secretStore, { useValue: secrets }));
  expect(await runtime.secrets.list(embeddedCaller)).toMatchObject({ count: 1 });
  await expect(runtime.secrets.set(embeddedCaller, 'file:mail', 'other')).rejects.toMatchObject({
    code: 'SECRETS_UNSAFE',
  });
});

test('serviceConnector: a tool of the application is called like any other', async () => {
  await using runtime = await start((c) => c);
  await startTime(runtime);
  const answer = await runtime.tools.call(embeddedCaller, { name: 'time__now', arguments: {} });
  expect(answer.content).toEqual([{ type: 'text', text: noon.toISOString() }]);
});

test('workspaceTrust: nothing is registered before the decision of an operator', async () => {
  const trust = new ManualTrust();
  await using runtime = await start((c) => c.register(PORT.workspaceTrust, { useValue: trust }));
  await expect(startTime(runtime)).rejects.toMatchObject({ code: 'WORKSPACE_UNTRUSTED' });
  const { digest } = await runtime.trust.report(embeddedCaller);
  await runtime.trust.trust(embeddedCaller, digest);
  await startTime(runtime);
  expect(runtime.services.list(embeddedCaller)).toHaveLength(1);
});

test('workspace: sources come from rows of a database', async () => {
  const stored = storedWorkspace(new Map([['a.clarity', 'module A']]));
  await using runtime = await start((c) =>
    c.register(PORT.workspace, { useValue: stored }).register(PORT.compiler, { useValue: remoteCompiler(buildUrl) }),
  );
  const answer = await control(runtime, 'clarity_sources');
  expect(JSON.stringify(answer.content)).toContain('a.clarity');
});

/** Every token of `PORT` has a row in the README, whose link leads to the example. */
test('README.md has an example for each port', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const linked = [...readme.matchAll(/^\| `(\w+)`\s*\| \[[^\]]+\]\(([^)]+)\)/gm)].map(([, port, path]) => ({
    port,
    path,
  }));
  expect(linked.map(({ port }) => port)).toEqual(Object.keys(PORT).sort());
  for (const { path = '' } of linked) expect(existsSync(new URL(path, import.meta.url))).toBe(true);
});
