import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { controlStage, provisioner, withGrants, type ControlStage } from '../../support/control-stage.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { agent, ask, namesOf, operator, resultOf } from '../../support/speak.ts';

async function running({ runtime }: ControlStage, module = 'calc'): Promise<string> {
  const { service } = await runtime.services.apply(operator, manifestOf(module));
  await runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

test('[tool.status-summary] [tool.list-services] [tool.get-service] services are counted, listed and returned', async () => {
  await using stage = await controlStage();
  const id = await running(stage);
  await stage.runtime.services.apply(operator, manifestOf('idle'));
  expect(await stage.call('status_summary')).toEqual({
    total: 2,
    running: 1,
    degraded: 0,
    stopped: 1,
    quarantined: 0,
    suspicious: 0,
    local: 2,
    remote: 0,
  });
  const { services } = (await stage.call('list_services')) as { services: Record<string, unknown>[] };
  expect(services).toMatchObject([
    { service_id: id, module: 'calc', origin_type: 'local_wasm', lifecycle: 'RUNNING', interface: { tools: 1 } },
    { module: 'idle', lifecycle: 'REGISTERED', interface: null },
  ]);
  expect(await stage.call('get_service', { service_id: id })).toMatchObject({
    service: { serviceId: id, manifest: { metadata: { module: 'calc' } }, runtime: { lifecycle: 'RUNNING' } },
  });
  expect(await stage.refused('get_service', { service_id: 'svc_none' })).toMatchObject({ code: 'SERVICE_NOT_FOUND' });
});

test('environment values of a manifest are redacted for models', async () => {
  await using stage = await controlStage();
  const manifest = manifestOf('calc');
  const origin = { ...manifest.spec.origin, env: [{ name: 'KEY', value: 'canary-4711' }] };
  const { service } = await stage.runtime.services.apply(operator, { ...manifest, spec: { ...manifest.spec, origin } });
  const shown = JSON.stringify(await stage.result('get_service', { service_id: service.serviceId }));
  expect(shown).toContain('KEY');
  expect(shown).not.toContain('canary-4711');
});

test('[tool.start-service] [tool.stop-service] [tool.restart-service] [tool.refresh-interface] a service is started, stopped, restarted and refreshed', async () => {
  await using stage = await controlStage();
  const { service } = await stage.runtime.services.apply(operator, manifestOf('calc'));
  const args = { service_id: service.serviceId };
  expect(await stage.call('start_service', args)).toMatchObject({ service: { lifecycle: 'RUNNING' } });
  stage.connector.tools.set('calc', [{ name: 'fn__add' }, { name: 'fn__mul' }]);
  expect(await stage.call('refresh_interface', args)).toMatchObject({
    service_id: service.serviceId,
    interface: { tools: [{ name: 'fn__add' }, { name: 'fn__mul' }] },
  });
  expect(await stage.call('restart_service', args)).toMatchObject({ service: { restart_count: 1 } });
  expect(await stage.call('stop_service', args)).toMatchObject({ service: { lifecycle: 'STOPPED' } });
  expect(await stage.refused('refresh_interface', args)).toMatchObject({ code: 'SERVICE_STOPPED' });
});

test('[tool.unquarantine-service] a quarantine is lifted and audited with the caller', async () => {
  await using stage = await controlStage();
  stage.connector.failure = new Error('broken');
  const { service } = await stage.runtime.services.apply(operator, manifestOf('calc'));
  const args = { service_id: service.serviceId };
  for (let i = 0; i < 5; i += 1) await stage.call('start_service', args).catch(() => undefined);
  expect(await stage.refused('start_service', args)).toMatchObject({ code: 'SERVICE_QUARANTINED' });
  expect(await stage.call('unquarantine_service', args)).toMatchObject({ service: { lifecycle: 'STOPPED' } });
  const events = await stage.runtime.audit.recent(operator, { limit: 20 });
  expect(events.find(({ kind }) => kind === 'service.unquarantined')).toMatchObject({ caller: { door: 'mcp' } });
});

test('[tool.remove-service] [deprovision.tooling] a service is removed, and removing an unknown one succeeds', async () => {
  await using stage = await controlStage();
  const id = await running(stage);
  const gone = { removed: true, artifactRemoved: false, serviceId: id };
  expect(await stage.call('remove_service', { service_id: id })).toEqual(gone);
  expect(await stage.call('remove_service', { service_id: id })).toEqual({ ...gone, removed: false });
  expect(stage.workspace.removed).toEqual([]);
});

test('cleanup needs the grant provision and keeps a module that another service uses', async () => {
  await using stage = await controlStage();
  const shared = '/ws/x.wasm';
  const { runtime } = stage;
  const first = await runtime.services.apply(operator, manifestOf('one', { wasmPath: shared }));
  const second = await runtime.services.apply(operator, manifestOf('two', { wasmPath: shared }));
  const args = (id: string): object => ({ service_id: id, cleanup_artifacts: true });
  expect(await stage.refused('remove_service', args(first.service.serviceId))).toMatchObject({
    code: 'GRANT_REQUIRED',
  });
  expect(runtime.services.list(operator)).toHaveLength(2);
  expect(await stage.call('remove_service', args(first.service.serviceId), provisioner)).toMatchObject({
    artifactRemoved: false,
    note: '/ws/x.wasm was not deleted: another service uses it',
  });
  expect(stage.workspace.removed).toEqual([]);
  expect(await stage.call('remove_service', args(second.service.serviceId), provisioner)).toMatchObject({
    artifactRemoved: true,
  });
  expect(stage.workspace.removed).toEqual([shared]);
  const { items } = await runtime.audit.page(operator, { kind: 'service.artifacts_deleted', limit: 9 });
  expect(items).toMatchObject([{ serviceId: second.service.serviceId, data: { deletedFiles: 1 } }]);
});

test('[tool.get-logs] [tool.get-audit] logs and audit return the newest entries up to the limit, oldest first', async () => {
  await using stage = await controlStage();
  const id = await running(stage);
  for (let i = 0; i < 5; i += 1) stage.connector.live.get('calc')?.onLog(`line ${String(i)}`);
  const { lines } = (await stage.call('get_logs', { service_id: id, limit: 2 })) as { lines: string[] };
  expect(lines.map((line) => line.slice(-6))).toEqual(['line 3', 'line 4']);
  expect(await stage.refused('get_logs', { service_id: 'svc_none' })).toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  const { items } = (await stage.call('get_audit', { limit: 3 })) as { items: { seq: number; kind: string }[] };
  expect(items).toHaveLength(3);
  expect(items.map(({ seq }) => seq)).toEqual(items.map(({ seq }) => seq).toSorted((a, b) => a - b));
});

test('[mcp.tools-list] control tools are listed with the tools of services, subject to the grants of the caller', async () => {
  await using stage = await controlStage();
  await running(stage);
  const list = async (caller = agent): Promise<readonly string[]> =>
    namesOf(await ask(stage.runtime, 'tools/list', {}, { caller }));
  const plain = await list();
  expect(plain).toContain('calc__fn__add');
  expect(plain).toContain('runtime__start_service');
  expect(plain).not.toContain('runtime__register_local');
  expect(await list(provisioner)).toContain('runtime__register_local');
  const reader = await list(withGrants('read', 'call'));
  expect(reader).toContain('runtime__status_summary');
  expect(reader).not.toContain('runtime__stop_service');
  expect([...plain, ...reader].filter((name) => name.startsWith('clarity__'))).toEqual([]);
  expect(stage.runtime.systemTools).toEqual(expect.arrayContaining(['runtime__status_summary', 'runtime__explain']));
});

test('a caller without the grant gets its name and a hint, and the denial is audited', async () => {
  await using stage = await controlStage();
  const { code, text } = await stage.refused('stop_service', { service_id: 'x' }, withGrants('read', 'call'));
  expect(code).toBe('GRANT_REQUIRED');
  expect(text).toContain(`it needs 'operate'`);
  expect(text).toContain('clarityctl');
  const events = await stage.runtime.audit.recent(operator, { limit: 5 });
  expect(events.find(({ kind }) => kind === 'security.denied')).toMatchObject({
    data: { action: 'call runtime__stop_service', grant: 'operate' },
  });
});

test.each([
  ['get_service', {}, 'runtime__get_service requires service_id'],
  ['get_service', { service_id: 5 }, 'service_id must be a text of 1 to 128 characters'],
  ['get_service', { service_id: '' }, 'service_id must be a text'],
  ['get_service', { service_id: 'x', nope: 1 }, 'nope is not known here'],
  ['get_service', { serviceid: 'x' }, `did you mean 'service_id'?`],
  ['get_logs', { service_id: 'x', limit: 0 }, 'limit must be an integer from 1 to 1000'],
  ['get_logs', { service_id: 'x', limit: 1.5 }, 'limit must be an integer from 1 to 1000'],
  ['get_audit', { limit: '5' }, 'limit must be an integer from 1 to 2000'],
  ['status_summary', { x: 1 }, 'x is not known here'],
  ['remove_service', { service_id: 'x', cleanup_artifacts: 'yes' }, 'cleanup_artifacts must be a boolean'],
])('J12 %s with %j is refused and names the field', async (name, args, message) => {
  await using stage = await controlStage();
  const { code, text } = await stage.refused(name, args);
  expect(code).toBe('ARGUMENTS_INVALID');
  expect(text).toContain(message);
});

test('J12 an argument named as a prototype member is unknown', async () => {
  await using stage = await controlStage();
  const peer = stage.runtime.gateway.open({ caller: agent, era: 'modern', revision: '2026-07-28' });
  const params = new Map([
    ['name', RawJson.of('runtime__status_summary')],
    ['arguments', RawJson.fromText('{"__proto__": {"a": 1}}')],
  ]);
  const exchange = {
    signal: new AbortController().signal,
    send: () => undefined,
    ask: () => Promise.reject(new Error('nobody')),
  };
  const result = resultOf(await peer.request({ method: 'tools/call', params }, exchange));
  expect(result).toMatchObject({ isError: true, _meta: { 'clarity/error': { code: 'ARGUMENTS_INVALID' } } });
});

test('a runtime without controlTools lists no control tools', async () => {
  await using stage = await controlStage({ controlTools: false });
  await running(stage);
  expect(namesOf(await ask(stage.runtime, 'tools/list'))).toEqual(['calc__fn__add']);
  expect(await ask(stage.runtime, 'tools/call', { name: 'runtime__status_summary' })).toMatchObject({
    error: { code: -32602 },
  });
  expect(stage.runtime.systemTools).toEqual([]);
});
