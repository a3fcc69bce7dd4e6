import { expect, test } from '@jest/globals';
import { controlStage, provisioner } from '../../support/control-stage.ts';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';

const local = { wasm_path: 'build/calc.wasm' };

test('[provisioning.register-local] a module of the workspace is registered, started and described', async () => {
  await using stage = await controlStage();
  expect(await stage.call('register_local', local, provisioner)).toMatchObject({
    service: { module: 'calc', source_file: 'calc.wasm', lifecycle: 'RUNNING', interface: { tools: 1 } },
    created: true,
    started: true,
    introspected: true,
  });
});

test('[provisioning.apply-manifest] a manifest is registered unchanged', async () => {
  await using stage = await controlStage();
  const manifest = manifestOf('calc', { wasmPath: '/ws/calc.wasm' });
  expect(await stage.call('apply_manifest', { manifest }, provisioner)).toMatchObject({
    service: { module: 'calc', lifecycle: 'RUNNING' },
    applied: true,
  });
  expect(await stage.refused('apply_manifest', { manifest: { kind: 'Other' } }, provisioner)).toMatchObject({
    code: 'MANIFEST_INVALID',
  });
});

test('a registration whose start fails is undone and audited with the reason', async () => {
  await using stage = await controlStage();
  stage.connector.failure = new Error('the module is broken');
  const { code, text } = await stage.refused('register_local', local, provisioner);
  expect(code).toBe('SERVICE_START_FAILED');
  expect(text).toContain('the module is broken');
  expect(stage.runtime.services.list(operator)).toEqual([]);
  const kinds = (await stage.runtime.audit.recent(operator, { limit: 20 })).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['service.manifest_applied', 'service.registration_reverted']));
});

test('a failed registration restores the former service and its state', async () => {
  await using stage = await controlStage();
  await stage.call('register_local', { ...local, display_name: 'First' }, provisioner);
  const name = (): string | undefined =>
    stage.runtime.services.list(operator)[0]?.service.manifest.metadata.displayName;
  stage.connector.connecting = () => (name() === 'Second' ? Promise.reject(new Error('no')) : Promise.resolve());
  await stage.refused('register_local', { ...local, display_name: 'Second' }, provisioner);
  expect(name()).toBe('First');
  const [view, ...more] = stage.runtime.services.list(operator);
  expect(more).toEqual([]);
  expect(view?.status.lifecycle).toBe('RUNNING');
});

test('a failed registration restores the service that it replaced', async () => {
  await using stage = await controlStage();
  const source = { source_file: '/ws/calc.clarity', module: 'calc' };
  await stage.call('register_local', { wasm_path: 'old.wasm', ...source }, provisioner);
  stage.connector.failure = new Error('no');
  await stage.refused('register_local', { wasm_path: 'new.wasm', ...source }, provisioner);
  const origins = stage.runtime.services.list(operator).map(({ service }) => service.manifest.spec.origin);
  expect(origins).toMatchObject([{ wasmPath: '/ws/old.wasm' }]);
});

test('a registration with start_now false is stored without a start', async () => {
  await using stage = await controlStage();
  stage.connector.failure = new Error('no');
  const kept = { service: { lifecycle: 'REGISTERED' }, started: false, introspected: false };
  expect(await stage.call('register_local', { ...local, start_now: false }, provisioner)).toMatchObject(kept);
  const disabled = { wasm_path: 'b.wasm', enabled: false };
  expect(await stage.call('register_local', disabled, provisioner)).toMatchObject(kept);
});

test.each([
  ['register_local', local],
  ['register_remote', { endpoint: 'http://127.0.0.1:1/mcp' }],
  ['register_via_url', { url: 'http://127.0.0.1:1/mcp' }],
  ['apply_manifest', { manifest: manifestOf('calc', { wasmPath: '/ws/calc.wasm' }) }],
])('[provisioning.gate] S12 without the gate %s is refused, and nothing is registered', async (name, args) => {
  await using stage = await controlStage();
  const { code, text } = await stage.refused(name, args);
  expect(code).toBe('GRANT_REQUIRED');
  expect(text).toContain('CLARITY_ENABLE_MCP_PROVISIONING=1');
  expect(stage.runtime.services.list(operator)).toEqual([]);
});

test.each(['/etc/passwd', '../x.wasm'])('a module outside the workspace cannot be named over MCP: %s', async (path) => {
  await using stage = await controlStage();
  expect(await stage.refused('register_local', { wasm_path: path }, provisioner)).toMatchObject({
    code: 'PATH_FORBIDDEN',
  });
  expect(stage.runtime.services.list(operator)).toEqual([]);
});

test('[provisioning.register-remote] [provisioning.register-via-url] a registered URL has the requested manifest and a name from the URL', async () => {
  const seen: unknown[] = [];
  const fake = new FakeConnector();
  const remote = {
    origin: 'remote_mcp' as const,
    admit: (manifest: unknown) => {
      seen.push(manifest);
      return Promise.resolve(undefined);
    },
    connect: fake.connect.bind(fake),
  };
  await using stage = await controlStage({}, { connectors: [remote] });
  const args = { endpoint: 'https://example.test/tools/Weather?x=1', timeout_ms: 500, allowed_tools: ['a'] };
  expect(await stage.call('register_remote', args, provisioner)).toMatchObject({ started: true, created: true });
  expect(await stage.call('register_via_url', { url: 'https://example.test/' }, provisioner)).toMatchObject({
    service: { module: 'example_test' },
  });
  expect(seen).toMatchObject([
    {
      metadata: { module: 'weather', sourceFile: 'https://example.test/tools/Weather' },
      spec: { origin: { transport: 'streamable_http', timeoutMs: 500, allowedTools: ['a'] } },
    },
    { spec: { origin: { endpoint: 'https://example.test/' } } },
  ]);
  expect(await stage.refused('register_via_url', { url: 'ftp://example.test/' }, provisioner)).toMatchObject({
    code: 'MANIFEST_INVALID',
  });
  expect(await stage.refused('register_remote', { ...args, timeout_ms: 1 }, provisioner)).toMatchObject({
    code: 'ARGUMENTS_INVALID',
  });
});

test('a command cannot be registered over MCP unless the operator allows it', async () => {
  const { spec, ...rest } = manifestOf('calc');
  const manifest = {
    ...rest,
    spec: { ...spec, origin: { type: 'local_process', command: 'sh', args: ['-c', 'true'] } },
  };
  const admitted: string[] = [];
  const fake = new FakeConnector();
  const process = {
    origin: 'local_process' as const,
    admit: () => {
      admitted.push('process');
      return Promise.resolve(undefined);
    },
    connect: fake.connect.bind(fake),
  };
  await using shut = await controlStage({}, { connectors: [process] });
  const { code, text } = await shut.refused('apply_manifest', { manifest }, provisioner);
  expect([code, text]).toEqual(['GRANT_REQUIRED', expect.stringContaining('CLARITY_ENABLE_MCP_COMMANDS=1')]);
  expect(admitted).toEqual([]);
  await using open = await controlStage({ mcpCommands: true }, { connectors: [process] });
  expect(await open.call('apply_manifest', { manifest }, provisioner)).toMatchObject({ started: true });
});

test.each([
  ['tls', { caFile: '/etc/shadow' }],
  ['proxy', 'http://proxy.example:3128'],
])('a client over MCP cannot set spec.origin.%s of a remote service', async (member, value) => {
  await using stage = await controlStage();
  const { spec, ...rest } = manifestOf('far', { wasmPath: '/ws/far.wasm' });
  const origin = { type: 'remote_mcp', endpoint: 'http://far.example/', transport: 'streamable_http', [member]: value };
  const manifest = { ...rest, spec: { ...spec, origin } };
  expect(await stage.refused('apply_manifest', { manifest }, provisioner)).toMatchObject({
    code: 'GRANT_REQUIRED',
    text: expect.stringContaining(`spec.origin.${member}`),
  });
  expect(stage.runtime.services.list(operator)).toEqual([]);
});

test('case 13: T-468 a client over MCP cannot replace a service of the operator or of another token', async () => {
  await using stage = await controlStage();
  const plain = manifestOf('calc', { wasmPath: '/ws/calc.wasm' });
  const manifest = { ...plain, spec: { ...plain.spec, policy: { denyTools: ['delete'] } } };
  const { service } = await stage.runtime.services.apply(operator, manifest);
  expect(await stage.refused('apply_manifest', { manifest: plain }, provisioner)).toMatchObject({ code: 'NOT_OWNER' });
  expect(stage.runtime.services.get(operator, service.serviceId).service.manifest).toEqual(service.manifest);
  const [denied] = (await stage.runtime.audit.page(operator, { limit: 10, kind: 'security.denied' })).items;
  expect(denied).toMatchObject({ serviceId: service.serviceId, data: { code: 'NOT_OWNER' } });
  const other = { ...provisioner, principal: { kind: 'token', id: 'token:other' } } as const;
  await stage.call('apply_manifest', { manifest: manifestOf('own', { wasmPath: '/ws/own.wasm' }) }, provisioner);
  const own = { manifest: manifestOf('own', { wasmPath: '/ws/own.wasm' }) };
  expect(await stage.refused('apply_manifest', own, other)).toMatchObject({ code: 'NOT_OWNER' });
  expect(await stage.call('apply_manifest', own, provisioner)).toMatchObject({ applied: true });
});

test('T-529 R65a a client over MCP cannot loosen a service that it registered itself; an operator can', async () => {
  await using stage = await controlStage();
  const plain = manifestOf('own', { wasmPath: '/ws/own.wasm' });
  const strict = { ...plain, spec: { ...plain.spec, pinInterface: true, policy: { denyTools: ['delete'] } } };
  await stage.call('apply_manifest', { manifest: strict }, provisioner);
  const refused = await stage.refused('apply_manifest', { manifest: plain }, provisioner);
  expect(refused).toMatchObject({
    code: 'LOOSENING_FORBIDDEN',
    text: expect.stringContaining('spec.pinInterface, spec.policy.denyTools'),
  });
  const [denied] = (await stage.runtime.audit.page(operator, { limit: 10, kind: 'security.denied' })).items;
  expect(denied).toMatchObject({ data: { code: 'LOOSENING_FORBIDDEN' } });
  const stricter = { ...strict, spec: { ...strict.spec, policy: { denyTools: ['delete', 'drop'] } } };
  expect(await stage.call('apply_manifest', { manifest: stricter }, provisioner)).toMatchObject({ applied: true });
  const { service } = await stage.runtime.services.apply(operator, plain);
  expect(service.manifest.spec.pinInterface).toBeUndefined();
});
