import { beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, type McpReply, type ServiceSurface } from '@clarity-runtime/core';
import { manifestOf } from '../../support/fake-connector.ts';
import { operator, resultOf } from '../../support/speak.ts';
import { methodsOf, TestClient, until } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
  given.upstream.lists.set('calc tools', '[{"name":"add"},{"name":"sub"}]');
});

async function run(surface: ServiceSurface, module = 'calc'): Promise<string> {
  const { spec, ...rest } = manifestOf(module);
  const { service } = await given.runtime.services.apply(operator, { ...rest, spec: { ...spec, surface } });
  await given.runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

const client = (service?: string): TestClient =>
  new TestClient(given.runtime, service === undefined ? {} : { service });
const textOf = (answer: McpReply): string => ('error' in answer ? answer.error.message : answer.result.text);
const listed = async (service?: string): Promise<string> => textOf(await client(service).request('tools/list'));
const namesOn = async (service?: string): Promise<readonly string[]> =>
  (JSON.parse(await listed(service)) as { tools: { name: string }[] }).tools.map(({ name }) => name);
const call = (name: string, service?: string): Promise<McpReply> => client(service).request('tools/call', { name });
/** Returns the names that the services received. */
const reached = (): unknown[] =>
  given.upstream.made.flatMap(({ requests }) => requests.map(({ params }) => params.get('name')?.value));

test('a name and a description of the manifest are listed on both endpoints, the rest is unchanged', async () => {
  const rest =
    '"title":"Adds","inputSchema":{"type":"object","maximum":9007199254740993},"_meta":{"own/key":1.0},"x":[1e2]';
  given.upstream.lists.set('calc tools', `[{"name":"add","description":"Old.",${rest}},{"name":"bare",${rest}}]`);
  await run({ tools: { add: { name: 'sum', description: 'Two "numbers".' }, bare: { description: 'New.' } } });
  const of = (name: string, before: string, after = ''): string => `{"name":"${name}"${before},${rest}${after}}`;
  const sum = ',"description":"Two \\"numbers\\"."';
  const bare = ',"description":"New."';
  expect(await listed()).toBe(`{"tools":[${of('calc__bare', '', bare)},${of('calc__sum', sum)}]}`);
  expect(await listed('calc')).toBe(`{"tools":[${of('bare', '', bare)},${of('sum', sum)}]}`);
});

test('a call by the new name reaches the tool by its original name, and the original name is unknown', async () => {
  await run({ tools: { add: { name: 'sum' }, none: { name: 'ghost' } } });
  resultOf(await call('calc__sum'));
  resultOf(await call('sum', 'calc'));
  resultOf(await call('calc__sub'));
  expect(reached()).toEqual(['add', 'add', 'sub']);
  for (const [name, service] of [['calc__add'], ['add', 'calc'], ['calc__ghost'], ['calc__none']] as const) {
    expect(textOf(await call(name, service))).toBe(`unknown tool: ${name}`);
  }
  expect(reached()).toHaveLength(3);
});

test('two tools can exchange their names', async () => {
  await run({ tools: { add: { name: 'sub' }, sub: { name: 'add' } } });
  resultOf(await call('calc__sub'));
  resultOf(await call('add', 'calc'));
  expect(reached()).toEqual(['add', 'sub']);
});

test('a hidden tool is not listed, but can be called', async () => {
  await run({ tools: { add: { hidden: true }, sub: { hidden: true, name: 'minus' } } });
  expect(await namesOn()).toEqual([]);
  expect(await namesOn('calc')).toEqual([]);
  resultOf(await call('calc__add'));
  resultOf(await call('minus', 'calc'));
  expect(reached()).toEqual(['add', 'sub']);
});

test('a policy applies to the original name of a renamed tool', async () => {
  const { spec, ...rest } = manifestOf('calc');
  const surface = { tools: { add: { name: 'sub' }, sub: { name: 'add' } } };
  const policy = { denyTools: ['add'] };
  const { service } = await given.runtime.services.apply(operator, { ...rest, spec: { ...spec, policy, surface } });
  await given.runtime.services.start(operator, service.serviceId);
  expect(await namesOn()).toEqual(['calc__add']);
  expect(resultOf(await call('calc__sub'))).toMatchObject({ _meta: { 'clarity/error': { code: 'TOOL_BLOCKED' } } });
  resultOf(await call('calc__add'));
  expect(reached()).toEqual(['sub']);
});

test('a name of the manifest stays with its tool when another tool of the service has that name', async () => {
  await run({ tools: { sub: { name: 'add' } } });
  resultOf(await call('calc__add'));
  resultOf(await call('add', 'calc'));
  expect(reached()).toEqual(['sub', 'sub']);
  const [, other = ''] = await namesOn();
  expect(other).toMatch(/^calc_svc_[0-9a-f]{12}__add_[0-9a-f]{6}$/);
  expect(await namesOn('calc')).toEqual(['add', 'calc__add']);
  resultOf(await call(other));
  resultOf(await call('calc__add', 'calc'));
  expect(reached()).toEqual(['sub', 'sub', 'add', 'add']);
});

test('a tool with the name of an object member does not get overrides of the manifest', async () => {
  given.upstream.lists.set('calc tools', '[{"name":"constructor"},{"name":"toString"}]');
  await run({ tools: { add: { name: 'sum' } } });
  expect(await namesOn()).toEqual(['calc__constructor', 'calc__toString']);
});

test('a new name that is too long for the shared endpoint is shortened without the original name', async () => {
  const name = 'x'.repeat(64);
  await run({ tools: { add: { name }, sub: { hidden: true } } });
  const { tools } = JSON.parse(await listed()) as { tools: unknown[] };
  expect(tools).toEqual([
    {
      name: expect.stringMatching(/^calc__x+_[0-9a-f]{6}_x+$/),
      title: name,
      inputSchema: { type: 'object' },
      _meta: { 'clarity/originalName': `calc__${name}` },
    },
  ]);
  expect(await namesOn('calc')).toEqual([name]);
});

test('prefix mode collision compares the names of the manifest', async () => {
  given = await withUpstream({ prefix: 'collision' });
  given.upstream.lists.set('calc tools', '[{"name":"add"}]');
  given.upstream.lists.set('other tools', '[{"name":"add"},{"name":"sum"}]');
  await run({ tools: { add: { name: 'sum', description: 'Adds.' } } });
  expect(await listed()).toBe('{"tools":[{"name":"sum","inputSchema":{"type":"object"},"description":"Adds."}]}');
  await run({}, 'other');
  expect(await namesOn()).toEqual(['add', 'other__sum', 'sum']);
});

test('a surface prefix replaces the namespace before tools of the shared endpoint only', async () => {
  given.upstream.lists.set('calc prompts', '[{"name":"greet"}]');
  await run({ prefix: 'My Tools!', tools: { add: { name: 'sum' } } });
  expect(await namesOn()).toEqual(['my_tools__sub', 'my_tools__sum']);
  expect(await namesOn('calc')).toEqual(['sub', 'sum']);
  expect(textOf(await client().request('prompts/list'))).toContain('calc__greet');
  resultOf(await call('my_tools__sum'));
  expect(reached()).toEqual(['add']);
  expect(textOf(await call('calc__sum'))).toBe('unknown tool: calc__sum');
});

test('a surface prefix that is reserved or already used is rejected with a hint', async () => {
  await run({ prefix: 'mine' });
  const field = 'spec.surface.prefix';
  const hint = expect.stringContaining('spec.surface.prefix');
  for (const prefix of ['Mine', 'calc']) {
    await expect(run({ prefix }, 'other')).rejects.toMatchObject({ failure: { code: 'NAMESPACE_TAKEN', field, hint } });
  }
  await expect(run({}, 'mine')).rejects.toMatchObject({
    failure: {
      code: 'NAMESPACE_TAKEN',
      field: 'metadata.module',
      message: expect.stringContaining("'mine' belongs to"),
    },
  });
  await expect(run({ prefix: 'Runtime' }, 'other')).rejects.toMatchObject({
    failure: { code: 'NAMESPACE_RESERVED', field, hint },
  });
  await run({ prefix: 'mine' });
  await run({ prefix: 'other' }, 'other');
  expect(await namesOn()).toEqual(['mine__add', 'mine__sub']);
});

test('the tools API of the runtime uses the exposed names', async () => {
  await run({ tools: { add: { name: 'sum', description: 'Adds.' }, sub: { hidden: true } } });
  const { runtime } = given;
  expect(await runtime.tools.list(embeddedCaller)).toMatchObject([{ name: 'calc__sum', description: 'Adds.' }]);
  await runtime.tools.call(embeddedCaller, { name: 'sum', service: 'calc' });
  await runtime.tools.call(embeddedCaller, { name: 'calc__sub' });
  expect(reached()).toEqual(['add', 'sub']);
  await expect(runtime.tools.call(embeddedCaller, { name: 'calc__add' })).rejects.toMatchObject({
    failure: { code: 'TOOL_NOT_FOUND' },
  });
});

test('a changed surface applies at once, and clients are notified', async () => {
  await run({});
  const other = client();
  expect(await namesOn()).toEqual(['calc__add', 'calc__sub']);
  await run({ tools: { add: { name: 'sum' } } });
  expect(await namesOn()).toEqual(['calc__sub', 'calc__sum']);
  await until(() => other.notifications.length > 0);
  expect(methodsOf(other.notifications)).toContain('notifications/tools/list_changed');
});
