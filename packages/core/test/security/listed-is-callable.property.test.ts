import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantOf, type Caller, type Door, type Era, type Grant, type McpReply } from '@clarity-runtime/core';
import { agent, operator, resultOf } from '../support/speak.ts';
import { reply } from '../support/fake-upstream.ts';
import { TestClient } from '../support/test-client.ts';
import { withUpstream, type Upstreams } from '../support/with-upstream.ts';

const MODULES = ['docs', 'docs_2', 'vault'];
const NAMES = ['search', 'search_all', 'delete'];
const PATTERNS = ['*', 'docs', 'docs*', 'vault', 'search*', 'delete', '*_all', 'doc:*', 'runtime', 'list_services'];

let given: Upstreams;
beforeAll(async () => {
  given = await withUpstream({ controlTools: true });
  const { upstream } = given;
  upstream.answer = (_request, _exchange, { module }) => Promise.resolve(reply({ content: [], from: module }));
  for (const module of MODULES) {
    upstream.lists.set(
      `${module} tools`,
      JSON.stringify(NAMES.map((name) => ({ name, inputSchema: { type: 'object' } }))),
    );
    upstream.lists.set(`${module} prompts`, JSON.stringify(NAMES.map((name) => ({ name }))));
    upstream.lists.set(`${module} resources`, JSON.stringify([{ uri: `doc://${module}/1`, name: 'one' }]));
    const template = { uriTemplate: `item://${module}/{id}`, name: 't' };
    upstream.lists.set(`${module} resourceTemplates`, JSON.stringify([template]));
    await given.run(module);
  }
});
afterAll(() => given.runtime.close());

const some = (minLength: number) => fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength, maxLength: 3 });
const grant: fc.Arbitrary<Grant> = fc.record(
  {
    verbs: fc.uniqueArray(fc.constantFrom('read', 'call', 'inspect', 'operate', 'approve'), { maxLength: 5 }),
    services: some(1),
    tools: fc.oneof(fc.constant(['*']), some(1)),
    except: fc.record({ services: some(0), tools: some(0) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['verbs', 'services', 'tools'] },
);
const caller: fc.Arbitrary<Caller> = fc
  .record({
    door: fc.constantFrom<Door>('mcp', 'stdio', 'http', 'embedded'),
    grants: fc.array(grant, { maxLength: 3 }),
  })
  .map((part) => ({ ...agent, ...part }));

type Named = Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;

/** Returns the names of a list; none for an error. */
async function listed(client: TestClient, method: string, [list, member]: readonly [string, string]) {
  const answer = await client.request(method);
  if ('error' in answer) return [];
  return ((resultOf(answer) as Named)[list] ?? []).map((entry) => entry[member] ?? '');
}

const KINDS = [
  ['tools/list', ['tools', 'name'], 'tools/call', 'name'],
  ['prompts/list', ['prompts', 'name'], 'prompts/get', 'name'],
  ['resources/list', ['resources', 'uri'], 'resources/read', 'uri'],
] as const;

/** An access decision refused the request; any other answer is of the service or of the tool. */
const isRefused = (answer: McpReply): boolean =>
  /may not do this|unknown tool|unknown prompt|not found/.test(
    'error' in answer ? answer.error.message : answer.isError === true ? answer.result.text : '',
  );

test.each(['legacy', 'modern'] as const)(
  'for random grants a %s client can use exactly what its lists show',
  async (era: Era) => {
    const everything = new TestClient(given.runtime, { era, caller: operator });
    const all = new Map(
      await Promise.all(KINDS.map(async ([list, members]) => [list, await listed(everything, list, members)] as const)),
    );
    expect(all.get('tools/list')?.length).toBeGreaterThan(20);
    await fc.assert(
      fc.asyncProperty(caller, async (one) => {
        const client = new TestClient(given.runtime, { era, caller: one });
        for (const [list, members, use, argument] of KINDS) {
          const seen = new Set(await listed(client, list, members));
          for (const name of all.get(list) ?? []) {
            // Control tools that change something are not called: the other test covers them.
            if (name.startsWith('runtime__') && seen.has(name)) continue;
            const answer = await client.request(use, { [argument]: name });
            expect([use, name, !isRefused(answer)]).toEqual([use, name, seen.has(name)]);
          }
        }
      }),
      { numRuns: 60 },
    );
  },
);

test('for random grants completion, subscription and explain follow the lists', async () => {
  await fc.assert(
    fc.asyncProperty(caller, async (one) => {
      const client = new TestClient(given.runtime, { caller: one });
      const prompts = new Set(await listed(client, 'prompts/list', ['prompts', 'name']));
      const resources = new Set(await listed(client, 'resources/list', ['resources', 'uri']));
      const tools = new Set(await listed(client, 'tools/list', ['tools', 'name']));
      for (const module of MODULES) {
        const uri = `doc://${module}/1`;
        expect(isRefused(await client.request('resources/subscribe', { uri }))).toBe(!resources.has(uri));
        for (const name of NAMES.map((own) => `${module}__${own}`)) {
          const ref = { type: 'ref/prompt', name };
          const answer = await client.request('completion/complete', { ref, argument: { name: 'x', value: 'y' } });
          expect(isRefused(answer)).toBe(!prompts.has(name));
          expect((await given.runtime.explain(operator, name, one)).callable).toBe(tools.has(name));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('T-463 case 8: a service that no grant names is answered like one that does not exist', async () => {
  const one: Caller = { ...agent, grants: [{ ...grantOf('read', 'call', 'inspect', 'operate'), services: ['docs'] }] };
  const client = new TestClient(given.runtime, { caller: one });
  const alike = async (method: string, known: object, unknown: object): Promise<void> => {
    const [a, b] = await Promise.all([client.request(method, { ...known }), client.request(method, { ...unknown })]);
    expect(JSON.stringify(a).replaceAll('vault', 'nope')).toBe(JSON.stringify(b));
  };
  await alike('tools/call', { name: 'vault__search' }, { name: 'nope__search' });
  await alike('prompts/get', { name: 'vault__search' }, { name: 'nope__search' });
  await alike('resources/read', { uri: 'doc://vault/1' }, { uri: 'doc://nope/1' });
  await alike('resources/subscribe', { uri: 'item://vault/1' }, { uri: 'item://nope/1' });
  const own = (service: string) => new TestClient(given.runtime, { caller: one, service }).request('tools/list');
  expect(JSON.stringify(await own('vault')).replaceAll('vault', 'nope')).toBe(JSON.stringify(await own('nope')));
  const { services } = given.runtime;
  expect(services.list(one).map(({ service }) => service.namespace)).toEqual(['docs']);
  const vault = services.list(operator).find(({ service }) => service.namespace === 'vault')?.service.serviceId ?? '';
  for (const id of [vault, 'nope']) {
    for (const act of [
      () => Promise.resolve().then(() => services.get(one, id)),
      () => services.stop(one, id),
      () => services.remove(one, id),
      () => services.introspect(one, id),
      () => given.runtime.interfaces.review(one, id),
      () => given.runtime.audit.logs(one, id, 10),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  }
});
