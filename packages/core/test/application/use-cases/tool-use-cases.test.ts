import { beforeEach, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, grantOf, RawJson, type Caller, type Runtime } from '@clarity-runtime/core';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';

let connector: FakeConnector;
let runtime: Runtime;

beforeEach(async () => {
  connector = new FakeConnector();
  connector.tools.set('calc', [{ name: 'add', description: 'Adds.', inputSchema: { type: 'object' } }]);
  runtime = await createRuntime({ connectors: [connector] });
  const { service } = await runtime.services.apply(embeddedCaller, manifestOf('calc'));
  await runtime.services.start(embeddedCaller, service.serviceId);
});

test('tools lists and calls tools by their shared and their own names', async () => {
  const shared = await runtime.tools.list(embeddedCaller);
  expect(shared.map(({ name }) => name)).toContain('calc__add');
  expect(await runtime.tools.list(embeddedCaller, 'calc')).toMatchObject([{ name: 'add', description: 'Adds.' }]);
  const answer = await runtime.tools.call(embeddedCaller, { name: 'calc__add', arguments: { a: 3 } });
  expect(answer).toMatchObject({ content: [{ type: 'text', text: '7' }], isError: false });
  await runtime.tools.call(embeddedCaller, { name: 'add', service: 'calc' });
  expect(connector.calls.map(({ params }) => params.get('arguments')?.value)).toEqual([{ a: 3 }, {}]);
  const events = await runtime.audit.recent(embeddedCaller, { limit: 2 });
  expect(events.map(({ kind, caller }) => [kind, caller?.door])).toEqual([
    ['service.tool_called', 'embedded'],
    ['service.tool_called', 'embedded'],
  ]);
});

test('tools.list returns all pages', async () => {
  const many = Array.from({ length: 1_500 }, (_tool, at) => ({ name: `t${String(at)}`, inputSchema: {} }));
  connector.tools.set('many', many);
  const { service } = await runtime.services.apply(embeddedCaller, manifestOf('many'));
  await runtime.services.start(embeddedCaller, service.serviceId);
  expect(await runtime.tools.list(embeddedCaller, 'many')).toHaveLength(1_500);
});

test('tools.call returns a tool error with structured content and exact numbers', async () => {
  connector.answer = () =>
    Promise.resolve({
      result: RawJson.fromText('{"content":[],"structuredContent":{"n":9007199254740993},"isError":true}'),
      isError: true,
    });
  const answer = await runtime.tools.call(embeddedCaller, { name: 'calc__add' });
  expect(answer).toMatchObject({ content: [], isError: true, structuredContent: {} });
  expect(answer.raw.text).toContain('9007199254740993');
});

test.each([
  ['TOOL_NOT_FOUND', { name: 'calc__none' }],
  ['SERVICE_NOT_FOUND', { name: 'add', service: 'none' }],
  ['ARGUMENTS_INVALID', { name: 'calc__add', arguments: { a: 1n } }],
  ['ARGUMENTS_INVALID', { name: 'calc__add', arguments: [] as unknown as Record<string, unknown> }],
  ['ARGUMENTS_INVALID', { name: 'calc__add', arguments: null as unknown as Record<string, unknown> }],
])('%s rejects a call that no service can get: %#', async (code, call) => {
  await expect(runtime.tools.call(embeddedCaller, call)).rejects.toMatchObject({ failure: { code } });
  expect(connector.calls).toEqual([]);
});

test('tools.call rejects with the message of a protocol error', async () => {
  connector.answer = () => Promise.resolve({ error: { code: -32603, message: 'no such thing' } });
  await expect(runtime.tools.call(embeddedCaller, { name: 'calc__add' })).rejects.toMatchObject({
    failure: { code: 'UPSTREAM_FAILED', message: 'the service answered with a failure: no such thing' },
    cause: { code: -32603 },
  });
});

test('tools.call rejects a caller without the grant, and ends when the signal aborts', async () => {
  const reader: Caller = { ...embeddedCaller, grants: [grantOf('read')] };
  const refused = await runtime.tools.call(reader, { name: 'calc__add' });
  expect(refused).toMatchObject({ isError: true });
  const given = new AbortController();
  connector.answer = (_request, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new Error('given up'));
      });
      given.abort();
    });
  const ended = await runtime.tools.call(embeddedCaller, { name: 'calc__add', signal: given.signal });
  expect(ended.content[0]?.text).toMatch(/cancelled/);
});
