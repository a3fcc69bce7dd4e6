import { beforeEach, expect, jest, test } from '@jest/globals';
import { ClarityError, createRuntime, grantOf, RawJson, StoreError, type Runtime } from '@clarity-runtime/core';
import { MemoryTelemetry } from '@clarity-runtime/core/memory';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { agent, ask, namesOf, operator, resultOf } from '../../support/speak.ts';

let connector: FakeConnector;
let runtime: Runtime;

async function running(module: string, over: Parameters<typeof manifestOf>[1] = {}): Promise<string> {
  const { service } = await runtime.services.apply(operator, manifestOf(module, over));
  await runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

beforeEach(async () => {
  connector = new FakeConnector();
  runtime = await createRuntime({ connectors: [connector] });
});

test('tools/list prefixes tools with the namespace on the shared endpoint only', async () => {
  connector.tools.set('calc', [{ name: 'fn__add', description: 'Adds.', inputSchema: { type: 'object' } }]);
  const id = await running('calc');
  const shared = resultOf(await ask(runtime, 'tools/list'));
  expect(shared).toMatchObject({
    resultType: 'complete',
    ttlMs: 0,
    cacheScope: 'private',
    tools: [{ name: 'calc__fn__add', description: 'Adds.', inputSchema: { type: 'object' } }],
  });
  expect(namesOf(await ask(runtime, 'tools/list', {}, { service: 'calc' }))).toEqual(['fn__add']);
  expect(namesOf(await ask(runtime, 'tools/list', {}, { service: id, era: 'legacy' }))).toEqual(['fn__add']);
});

test('a legacy tools/list result contains only the tools', async () => {
  await running('calc');
  const list = resultOf(await ask(runtime, 'tools/list', {}, { era: 'legacy' }));
  expect(Object.keys(list)).toEqual(['tools']);
});

test('tools/call sends the original name and the unchanged arguments to the service', async () => {
  await running('calc');
  const peer = runtime.gateway.open({ caller: agent, era: 'modern', revision: '2026-07-28' });
  const written = RawJson.fromText('{"a": 9007199254740993}');
  const params = new Map([
    ['name', RawJson.of('calc__fn__add')],
    ['arguments', written],
  ]);
  const exchange = {
    signal: new AbortController().signal,
    send: () => undefined,
    ask: () => Promise.reject(new Error()),
  };
  const reply = await peer.request({ method: 'tools/call', params }, exchange);
  expect(resultOf(reply)).toEqual({
    resultType: 'complete',
    _meta: { 'io.modelcontextprotocol/serverInfo': expect.objectContaining({ name: 'clarity-runtime' }) },
    content: [{ type: 'text', text: '7' }],
  });
  expect(connector.calls[0]?.params.get('name')?.value).toBe('fn__add');
  expect(connector.calls[0]?.params.get('arguments')?.text).toBe('{"a": 9007199254740993}');
});

test('an unknown tool and invalid params return -32602 with a short printable message', async () => {
  const unknown = await ask(runtime, 'tools/call', { name: `x\u001b[2J${'y'.repeat(9_000)}` });
  expect(unknown).toMatchObject({ error: { code: -32602 } });
  expect('error' in unknown && unknown.error.message.length < 200).toBe(true);
  expect('error' in unknown && /^[\x20-\x7e]*$/.test(unknown.error.message)).toBe(true);
  for (const params of [{}, { name: 5 }, { name: '' }, { name: 'x', arguments: [] }, { name: 'x', arguments: null }]) {
    expect(await ask(runtime, 'tools/call', params)).toMatchObject({ error: { code: -32602 } });
  }
});

test('a stopped service is not listed, and a call returns SERVICE_STOPPED with the operation that starts it', async () => {
  const id = await running('calc');
  await runtime.services.stop(operator, id);
  expect(namesOf(await ask(runtime, 'tools/list'))).toEqual([]);
  const result = resultOf(await ask(runtime, 'tools/call', { name: 'calc__fn__add' }));
  expect(result).toMatchObject({ isError: true, _meta: { 'clarity/error': { code: 'SERVICE_STOPPED' } } });
  expect(JSON.stringify(result.content)).toContain(`runtime.services.start(caller, '${id}')`);
});

test('tools/call returns an error result when the connection throws, and serves the next call', async () => {
  await running('calc');
  connector.answer = () => Promise.reject(new ClarityError('WASM_BUSY', ''));
  expect(resultOf(await ask(runtime, 'tools/call', { name: 'calc__fn__add' }))).toMatchObject({
    isError: true,
    _meta: { 'clarity/error': { code: 'WASM_BUSY', retryable: true } },
  });
  connector.answer = () => Promise.resolve({ result: RawJson.of({ content: [] }) });
  const served = await ask(runtime, 'tools/call', { name: 'calc__fn__add' }, { era: 'legacy' });
  expect(resultOf(served)).toEqual({ content: [] });
});

test('a call that its client cancelled returns CALL_CANCELLED', async () => {
  await running('calc');
  const cancel = new AbortController();
  connector.answer = (_request, { signal }) =>
    new Promise((_resolve, reject) => {
      const end = (): void => {
        reject(new Error('aborted'));
      };
      if (signal.aborted) end();
      signal.addEventListener('abort', end);
    });
  const pending = ask(runtime, 'tools/call', { name: 'calc__fn__add' }, { signal: cancel.signal });
  await Promise.resolve();
  cancel.abort();
  expect(resultOf(await pending)).toMatchObject({ _meta: { 'clarity/error': { code: 'CALL_CANCELLED' } } });
});

test('a caller without the grant call gets a GRANT_REQUIRED error result', async () => {
  await running('calc');
  const reader = { ...agent, grants: [grantOf('read')] };
  const reply = await ask(runtime, 'tools/call', { name: 'calc__fn__add' }, { caller: reader });
  expect(resultOf(reply)).toMatchObject({ _meta: { 'clarity/error': { code: 'GRANT_REQUIRED' } } });
  expect(connector.calls).toEqual([]);
});

test('a caller without the grant read gets -32600 for tools/list', async () => {
  const stranger = { ...agent, grants: [] };
  expect(await ask(runtime, 'tools/list', {}, { caller: stranger })).toMatchObject({
    error: { code: -32600, message: "the caller may not do this: it needs 'read'" },
  });
});

test.each([
  ['tools/list', {}, [], 'read'],
  ['prompts/list', {}, ['call'], 'read'],
  ['resources/list', {}, ['call'], 'read'],
  ['resources/templates/list', {}, ['call'], 'read'],
  ['subscriptions/listen', {}, ['call'], 'read'],
  ['tools/call', { name: 'calc__fn__add' }, ['read'], 'call'],
  ['prompts/get', { name: 'calc__p' }, ['read'], 'call'],
  ['resources/read', { uri: 'note://1' }, ['read'], 'call'],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' } }, ['read'], 'call'],
  ['tasks/get', { taskId: 't' }, ['read'], 'call'],
] as const)('%s without its grant is refused and recorded once', async (method, params, verbs, grant) => {
  await running('calc');
  const caller = { ...agent, grants: verbs.length === 0 ? [] : [grantOf(...verbs)] };
  await ask(runtime, method, params, { caller });
  const { items } = await runtime.audit.page(operator, { limit: 10, kind: 'security.denied' });
  expect(items.map(({ data }) => [data?.['action'], data?.['grant']])).toEqual([[method, grant]]);
  expect(connector.calls).toEqual([]);
});

test('tools/list has one page, ordered by name', async () => {
  connector.tools.set('calc', [{ name: 'b' }, { name: 'a' }, { name: 'A' }]);
  await running('calc');
  expect(namesOf(await ask(runtime, 'tools/list'))).toEqual(['calc__A', 'calc__a', 'calc__b']);
  expect(await ask(runtime, 'tools/list', { cursor: 'x' })).toMatchObject({ error: { code: -32602 } });
});

test('an altered tool name reaches its tool, and the definition contains the original name', async () => {
  const long = `read.${'x'.repeat(60)}`;
  connector.tools.set('calc', [
    { name: long, _meta: { own: 1 } },
    { name: 'a.b', title: 'Own title' },
    { name: 'plain' },
  ]);
  await running('calc');
  const { tools } = resultOf(await ask(runtime, 'tools/list')) as { tools: Record<string, unknown>[] };
  const [first, plain, second] = tools;
  expect(first).toMatchObject({ title: 'Own title', _meta: { 'clarity/originalName': 'calc__a.b' } });
  expect(plain).toEqual({ inputSchema: { type: 'object' }, name: 'calc__plain' });
  expect(second).toMatchObject({ title: long, _meta: { own: 1, 'clarity/originalName': `calc__${long}` } });
  for (const { name } of tools) expect(name).toMatch(/^[A-Za-z0-9_-]{1,42}$/);
  await ask(runtime, 'tools/call', { name: second?.['name'] });
  expect(connector.calls[0]?.params.get('name')?.value).toBe(long);
});

test('U29 exposed names stay unique when namespace and tool have several splits', async () => {
  connector.tools.set('a', [{ name: 'b__c' }]);
  connector.tools.set('a_b', [{ name: 'c' }, { name: '_c' }]);
  await running('a');
  await running('a_b');
  const names = namesOf(await ask(runtime, 'tools/list'));
  expect(names).toEqual(['a__b__c', 'a_b___c', 'a_b__c']);
});

test('initialize and server/discover exist only in their own era', async () => {
  const discovered = resultOf(await ask(runtime, 'server/discover'));
  expect(discovered).toMatchObject({
    resultType: 'complete',
    supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
    capabilities: { tools: {} },
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'clarity-runtime' } },
  });
  const legacy = { era: 'legacy' } as const;
  expect(await ask(runtime, 'server/discover', {}, legacy)).toMatchObject({ error: { code: -32601 } });
  expect(resultOf(await ask(runtime, 'ping', {}, legacy))).toEqual({});
  for (const [asked, settled] of [
    ['2024-11-05', '2024-11-05'],
    ['2026-07-28', '2025-11-25'],
    ['9999<script>', '2025-11-25'],
  ]) {
    const reply = resultOf(await ask(runtime, 'initialize', { protocolVersion: asked }, legacy));
    expect(reply).toMatchObject({ protocolVersion: settled, serverInfo: { name: 'clarity-runtime' } });
  }
  expect(await ask(runtime, 'initialize', { protocolVersion: 5 }, legacy)).toMatchObject({ error: { code: -32602 } });
  expect(await ask(runtime, 'evil/method')).toMatchObject({ error: { code: -32601 } });
});

test.each(['modern', 'legacy'] as const)('Q23 a %s call without arguments reaches the service with {}', async (era) => {
  await running('calc');
  for (const params of [{}, { arguments: {} }])
    await ask(runtime, 'tools/call', { name: 'calc__fn__add', ...params }, { era });
  expect(connector.calls.map((call) => call.params.get('arguments')?.text)).toEqual(['{}', '{}']);
});

test('every call is audited with caller, tool, outcome and duration, without its arguments', async () => {
  const id = await running('calc');
  await ask(runtime, 'tools/call', { name: 'calc__fn__add', arguments: { secret: 'canary-4711' } });
  const events = await runtime.audit.recent(operator, { limit: 10, serviceId: id });
  expect(events.at(-1)).toMatchObject({
    kind: 'service.tool_called',
    serviceId: id,
    caller: { kind: 'loopback', id: 'loopback', door: 'mcp' },
    data: { tool: 'fn__add', outcome: 'ok' },
  });
  expect(JSON.stringify(events)).not.toContain('canary-4711');
  expect(JSON.stringify(events)).not.toContain('grants');
});

test('a call returns its result when its audit entry cannot be written', async () => {
  const telemetry = new MemoryTelemetry();
  await using full = await createRuntime({ telemetry, connectors: [new FakeConnector()] });
  const { service } = await full.services.apply(operator, manifestOf('calc'));
  await full.services.start(operator, service.serviceId);
  const append = jest.spyOn(telemetry, 'append').mockRejectedValue(new StoreError('exhausted', 'no space left'));
  expect(resultOf(await ask(full, 'tools/call', { name: 'calc__fn__add' }))).toMatchObject({
    content: [{ text: '7' }],
  });
  expect(append).toHaveBeenCalledTimes(1);
  append.mockRestore();
});

test('an endpoint of an unknown service returns -32602 with its name', async () => {
  expect(await ask(runtime, 'tools/list', {}, { service: 'nobody' })).toMatchObject({
    error: { code: -32602, message: "service 'nobody' not found: the list of services has the names" },
  });
});
