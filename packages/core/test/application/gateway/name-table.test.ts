import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, type Manifest, type Runtime, type RuntimeOptions } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, reply } from '../../support/fake-upstream.ts';
import { ask, namesOf, operator, resultOf } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';

let upstream: FakeUpstream;
let registry: MemoryServiceRegistry;
let runtime: Runtime;

beforeEach(async () => {
  upstream = new FakeUpstream();
  upstream.answer = (_request, _exchange, { module }) => Promise.resolve(reply({ from: module }));
  registry = new MemoryServiceRegistry();
  await open();
});

async function open(options: RuntimeOptions = {}): Promise<void> {
  runtime = await createRuntime({ connectors: [upstream], registry }, options);
}

async function run(module: string, spec: Partial<Manifest['spec']> = {}): Promise<string> {
  const manifest = manifestOf(module);
  const { service } = await runtime.services.apply(operator, { ...manifest, spec: { ...manifest.spec, ...spec } });
  await runtime.services.start(operator, service.serviceId);
  await settled();
  return service.serviceId;
}

const resources = (...uris: string[]): string => JSON.stringify(uris.map((uri) => ({ uri, name: uri })));
const templates = (...all: string[]): string => JSON.stringify(all.map((uriTemplate) => ({ uriTemplate, name: 't' })));
const reads = async (uri: string): Promise<unknown> => {
  const result = await ask(runtime, 'resources/read', { uri });
  return 'error' in result ? result.error.code : resultOf(result)['from'];
};
const listed = async (): Promise<readonly string[]> =>
  (resultOf(await ask(runtime, 'resources/list'))['resources'] as { uri: string }[]).map(({ uri }) => uri);

test('R08a Q06 T-350 the first service that lists a URI keeps it, and the second gets a URI that names it', async () => {
  upstream.lists.set('vault resources', resources('vault://secret/1'));
  upstream.lists.set('aaa resources', resources('vault://secret/1'));
  await run('vault');
  const id = await run('aaa');
  const other = 'clarity://aaa/vault%3A%2F%2Fsecret%2F1';
  expect([...(await listed())].sort()).toEqual([other, 'vault://secret/1']);
  expect([await reads('vault://secret/1'), await reads(other)]).toEqual(['vault', 'aaa']);
  expect(upstream.requests.at(-1)?.params.get('uri')?.value).toBe('vault://secret/1');
  const { items } = await runtime.audit.page(operator, { limit: 5, kind: 'resource.collision' });
  expect(items).toMatchObject([
    { serviceId: id, data: { names: [{ kind: 'resources', name: 'vault://secret/1', shown: other }] } },
  ]);
});

test('R08a the owner stays after a restart of the runtime, also if the other service starts first', async () => {
  upstream.lists.set('vault resources', resources('vault://secret/1'));
  upstream.lists.set('aaa resources', resources('vault://secret/1'));
  const vault = await run('vault');
  const aaa = await run('aaa');
  await open();
  await runtime.services.start(operator, aaa);
  expect(await reads('vault://secret/1')).not.toBe('aaa');
  await runtime.services.start(operator, vault);
  expect(await reads('vault://secret/1')).toBe('vault');
});

test('R08a a service that lists the URI of another one later does not get it after a restart', async () => {
  upstream.lists.set('b resources', resources('x://1'));
  const early = await run('a');
  const owner = await run('b');
  upstream.lists.set('a resources', resources('x://1'));
  await runtime.services.introspect(operator, early);
  await settled();
  expect(await reads('x://1')).toBe('b');
  await open();
  for (const id of [early, owner]) await runtime.services.start(operator, id);
  expect(await reads('x://1')).toBe('b');
});

test('R08a a removed owner frees its URI, and a stopped one keeps it', async () => {
  upstream.lists.set('a resources', resources('x://1'));
  upstream.lists.set('b resources', resources('x://1'));
  const id = await run('a');
  await run('b');
  await runtime.services.stop(operator, id);
  expect(await reads('x://1')).not.toBe('b');
  await runtime.services.remove(operator, id);
  await settled();
  expect(await listed()).toEqual(['x://1']);
  expect(await reads('x://1')).toBe('b');
});

test.each([
  ['{+uri}', 'vault'],
  ['vault:{+rest}', 'vault'],
  ['vault://secret/1{x}', 'vault'],
  ['vault://secret/{other}', 'vault'],
])('R08b the template %s of a later service does not take a URI of an earlier template', async (template, owner) => {
  upstream.lists.set('vault resourceTemplates', templates('vault://secret/{id}'));
  upstream.lists.set('aaa resourceTemplates', templates(template));
  await run('vault');
  await run('aaa');
  expect(await reads('vault://secret/12')).toBe(owner);
  expect(await reads('other:thing')).toBe(-32602);
});

test('R08b a longer template wins over one that names only a scheme', async () => {
  upstream.lists.set('wide resourceTemplates', templates('db:{+rest}'));
  upstream.lists.set('users resourceTemplates', templates('db://users/{id}'));
  await run('wide');
  await run('users');
  expect([await reads('db://users/7'), await reads('db://other/7')]).toEqual(['users', 'wide']);
});

test('R08b Q06 an equal template of a second service names the service, and its expansion keeps its encoding', async () => {
  for (const module of ['a', 'b']) upstream.lists.set(`${module} resourceTemplates`, templates('file:///{+path}'));
  await run('a');
  await run('b');
  const all = resultOf(await ask(runtime, 'resources/templates/list'))['resourceTemplates'];
  expect(all).toMatchObject([
    { uriTemplate: 'file:///{+path}' },
    { uriTemplate: 'clarity://b/file%3A%2F%2F%2F{+path}' },
  ]);
  expect(await reads('clarity://b/file%3A%2F%2F%2Fdocs/a%20b')).toBe('b');
  expect(upstream.requests.at(-1)?.params.get('uri')?.value).toBe('file:///docs/a%20b');
});

test('R08b law: each expansion of each overlapping template reads its own service, as its own endpoint does', async () => {
  // The templates of `b` and `c` are hidden by those of `a`, so that clients know them under names of their service.
  const pool = ['x://t/{+rest}', 'x://t/a/{+rest}', 'x://t/a/{id}/z', 'x://{+rest}', 'x://t/{id}'];
  const overlapping = fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, maxLength: 5 });
  // A value with an encoded slash can be an expansion of two templates under their names of the service.
  const value = fc.constantFrom('a', 'a/b', 'b/a', 'a/b/z', '7', 'a%20b');
  await fc.assert(
    fc.asyncProperty(overlapping, overlapping, overlapping, value, async (a, b, c, text) => {
      upstream = new FakeUpstream();
      upstream.answer = ({ params }, _exchange, { module }) => {
        return Promise.resolve(reply({ from: `${module} ${String(params.get('uri')?.value)}` }));
      };
      registry = new MemoryServiceRegistry();
      await open();
      for (const [module, all] of Object.entries({ a, b, c })) {
        upstream.lists.set(`${module} resourceTemplates`, templates(...all));
        await run(module);
      }
      const given = resultOf(await ask(runtime, 'resources/templates/list'))['resourceTemplates'];
      const shown = (given as { uriTemplate: string }[]).map(({ uriTemplate }) => uriTemplate);
      expect(shown).toHaveLength(a.length + b.length + c.length);
      const expand = (template: string): string => template.replace(/\{.*?\}/, text);
      const order = [
        ...a.map((own) => ['a', own]),
        ...b.map((own) => ['b', own]),
        ...c.map((own) => ['c', own]),
      ] as const;
      for (const [at, [module = '', own = '']] of order.entries()) {
        const uri = expand(shown[at] ?? '');
        const expected = `${module} ${expand(own)}`;
        // A plain expansion belongs to the longest plain template that has it, whose service may be an earlier one.
        if (uri.startsWith('clarity://')) expect(await reads(uri)).toBe(expected);
        const direct = await ask(runtime, 'resources/read', { uri: expand(own) }, { service: module });
        expect(resultOf(direct)['from']).toBe(expected);
        const first = String(await reads(expand(own)));
        expect(await reads(expand(own))).toBe(first);
      }
    }),
    { numRuns: 60 },
  );
});

test('R08c M11 a URI in a result leads to the service that named it, for its caller only', async () => {
  upstream.lists.set('a tools', '[{"name":"t"}]');
  const link = { type: 'resource_link', uri: 'note://7', name: 'n' };
  upstream.answer = ({ method }, _exchange, { module }) =>
    Promise.resolve(reply(method === 'tools/call' ? { content: [link] } : { from: module }));
  await run('a');
  await run('b');
  expect(await reads('note://7')).toBe(-32602);
  expect(resultOf(await ask(runtime, 'tools/call', { name: 'a__t' }))).toMatchObject({ content: [link] });
  expect(await reads('note://7')).toBe('a');
  const caller = { ...operator, principal: { kind: 'token', id: 'other' }, door: 'mcp' } as const;
  expect(await ask(runtime, 'resources/read', { uri: 'note://7' }, { caller })).toMatchObject({ error: {} });
});

test('R08c Q06 a link to a URI of another service is shown as a URI of the service that named it', async () => {
  upstream.lists.set('a resources', resources('x://1'));
  upstream.lists.set('b tools', '[{"name":"t"}]');
  upstream.answer = ({ method }, _exchange, { module }) =>
    Promise.resolve(
      reply(
        method === 'tools/call' ? { content: [{ type: 'resource', resource: { uri: 'x://1' } }] } : { from: module },
      ),
    );
  await run('a');
  await run('b');
  const shown = 'clarity://b/x%3A%2F%2F1';
  expect(resultOf(await ask(runtime, 'tools/call', { name: 'b__t' }))).toMatchObject({
    content: [{ resource: { uri: shown } }],
  });
  expect([await reads(shown), await reads('x://1')]).toEqual(['b', 'a']);
});

test('R09a T-352 a tool named like a tool of the runtime gets a prefix, and ours keep their names', async () => {
  await open({ prefix: 'collision', controlTools: true });
  const before = namesOf(await ask(runtime, 'tools/list'));
  upstream.lists.set(
    'up tools',
    JSON.stringify([{ name: 'runtime__stop_service' }, ...before.map((name) => ({ name }))]),
  );
  await run('up');
  const after = namesOf(await ask(runtime, 'tools/list'));
  expect(after).toEqual(expect.arrayContaining([...before, 'up__runtime__stop_service']));
  expect(after.filter((name) => /^(runtime|clarity)__/.test(name))).toEqual(
    before.filter((name) => /^(runtime|clarity)__/.test(name)),
  );
  const call = () => ask(runtime, 'tools/call', { name: 'runtime__list_services', arguments: {} });
  expect(resultOf(await call())).toMatchObject({ structuredContent: expect.anything() });
  expect(upstream.requests).toEqual([]);
});

test.each(['always', 'collision'] as const)('R09a a namespace with __ is refused in prefix mode %s', async (prefix) => {
  await open({ prefix });
  for (const toolNamespace of ['runtime__x', 'clarity__', 'a__b', 'runtime']) {
    const refused = run('mine', { toolNamespace });
    if (toolNamespace === 'clarity__' || toolNamespace === 'runtime')
      await expect(refused).rejects.toMatchObject({ failure: { code: 'NAMESPACE_RESERVED' } });
    else
      await expect(refused).rejects.toMatchObject({
        failure: { code: 'NAMESPACE_RESERVED', field: 'spec.toolNamespace', hint: expect.stringContaining('_') },
      });
  }
});

test('R09a a stored record with __ in its namespace loads, and its names get a prefix without it', async () => {
  upstream.lists.set('mine tools', '[{"name":"t"}]');
  upstream.lists.set('mine prompts', '[{"name":"p"}]');
  const id = await run('mine');
  const stored = await registry.get('default', id);
  if (stored === undefined) throw new Error('the record is missing');
  const { ordinal, ...older } = stored.value;
  expect(ordinal).toBe(1);
  await registry.put('default', { ...older, namespace: 'runtime__x' }, 'any', { caller: operator, op: 'test' });
  await open();
  await runtime.services.start(operator, id);
  expect(namesOf(await ask(runtime, 'tools/list'))).toEqual(['runtime_x__t']);
  expect(namesOf(await ask(runtime, 'tools/list', {}, { service: 'runtime__x' }))).toEqual(['t']);
  expect(resultOf(await ask(runtime, 'prompts/list'))).toMatchObject({ prompts: [{ name: 'runtime_x__p' }] });
});
