import { afterEach, expect, test } from '@jest/globals';
import {
  grantOf,
  RawJson,
  type Caller,
  type Era,
  type Profile,
  type ProfileSpec,
  type Runtime,
} from '@clarity-runtime/core';
import { agent, ask, namesOf, operator, resultOf } from '../../support/speak.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const SEARCH = ['runtime__call_tool', 'runtime__describe_tool', 'runtime__find_tools'];
const profileOf = (spec: Partial<ProfileSpec>): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name: 'p' },
  spec: { services: ['*'], discovery: 'search', ...spec },
});

let given: Upstreams;
afterEach(async () => {
  await given.runtime.close();
});

interface Stage {
  readonly runtime: Runtime;
  readonly client: Caller;
  find(args?: object): Promise<{ tools: { name: string; service: string }[]; total: number; nextOffset?: number }>;
  use(tool: string, args: object, era?: Era): Promise<Record<string, unknown>>;
}

async function started(spec: Partial<ProfileSpec> = {}): Promise<Stage> {
  given = await withUpstream();
  const { runtime, upstream, run } = given;
  upstream.lists.set(
    'docs tools',
    JSON.stringify([
      { name: 'search', description: 'Finds pages.', inputSchema: { type: 'object', properties: { query: {} } } },
      { name: 'delete', description: 'Deletes a page.' },
    ]),
  );
  upstream.lists.set('mail tools', JSON.stringify([{ name: 'send', description: 'Sends a mail.' }]));
  await run('docs');
  await run('mail');
  await runtime.profiles.apply(operator, profileOf(spec));
  const client = { ...agent, profile: runtime.profiles.bind('p') };
  const use = async (tool: string, args: object, era: Era = 'modern'): Promise<Record<string, unknown>> =>
    resultOf(await ask(runtime, 'tools/call', { name: `runtime__${tool}`, arguments: args }, { caller: client, era }));
  return {
    runtime,
    client,
    use,
    find: async (args = {}) => JSON.parse(textOf(await use('find_tools', args))) as Awaited<ReturnType<Stage['find']>>,
  };
}

const textOf = (result: Record<string, unknown>): string =>
  (result['content'] as readonly { readonly text: string }[])[0]?.text ?? '';
const listed = async ({ runtime, client }: Stage): Promise<readonly string[]> =>
  namesOf(await ask(runtime, 'tools/list', {}, { caller: client }));

test('a profile with search lists three tools, which find, describe and call the others in both eras', async () => {
  const stage = await started();
  expect(await listed(stage)).toEqual(SEARCH);
  expect(await stage.find({ query: 'delete page' })).toMatchObject({
    tools: [{ name: 'docs__delete', service: 'docs', description: 'Deletes a page.' }, { name: 'docs__search' }],
    total: 2,
  });
  for (const era of ['modern', 'legacy'] as const) {
    const described = JSON.parse(textOf(await stage.use('describe_tool', { name: 'docs__search' }, era))) as object;
    expect(described).toMatchObject({ name: 'docs__search', inputSchema: { properties: { query: {} } } });
    await stage.use('call_tool', { name: 'docs__search', arguments: { query: 'x' } }, era);
    const params = given.upstream.made.find(({ module }) => module === 'docs')?.requests.at(-1)?.params;
    expect([params?.get('name')?.value, params?.get('arguments')?.value]).toEqual(['search', { query: 'x' }]);
  }
});

test('M6 twenty services with 468 tools cost a client of a profile with search less than 5,000 tokens', async () => {
  given = await withUpstream();
  const { runtime, upstream, run } = given;
  const description = 'Reads the entries of a table, with a filter, an order and a page. '.repeat(8);
  const properties = Object.fromEntries(
    Array.from({ length: 8 }, (_, n) => [
      `field${String(n)}`,
      { type: 'string', description: 'A value of the field.' },
    ]),
  );
  for (let service = 0; service < 20; service += 1) {
    const tools = Array.from({ length: service < 8 ? 24 : 23 }, (_, n) => ({
      name: `tool_${String(n)}`,
      description,
      inputSchema: { type: 'object', properties },
    }));
    upstream.lists.set(`s${String(service)} tools`, JSON.stringify(tools));
    await run(`s${String(service)}`);
  }
  const cost = async (caller: Caller): Promise<number> => {
    let bytes = 0;
    let cursor: unknown;
    do {
      const params = cursor === undefined ? {} : { cursor };
      const result = resultOf(await ask(runtime, 'tools/list', params, { caller }));
      bytes += JSON.stringify(result['tools']).length;
      cursor = result['nextCursor'];
    } while (cursor !== undefined);
    return bytes / 4;
  };
  await runtime.profiles.apply(operator, profileOf({}));
  expect(await cost(agent)).toBeGreaterThan(120_000);
  expect(await cost({ ...agent, profile: runtime.profiles.bind('p') })).toBeLessThan(5_000);
  await runtime.profiles.apply(operator, profileOf({ discovery: 'pinned', pinned: ['s0__tool_*'], maxTools: 24 }));
  const pinned = await cost({ ...agent, profile: runtime.profiles.bind('p') });
  expect(pinned).toBeLessThan((24 * (description.length + 800)) / 4 + 5_000);
});

test('arguments of a call through the search keep every digit', async () => {
  const stage = await started();
  const caller = stage.client;
  const args = RawJson.fromText('{"name":"docs__search","arguments":{"n":9007199254740993}}');
  const peer = stage.runtime.gateway.open({ caller, era: 'modern', revision: '2026-07-28' });
  const params = new Map([
    ['name', RawJson.of('runtime__call_tool')],
    ['arguments', args],
  ]);
  await peer.request(
    { method: 'tools/call', params },
    { signal: new AbortController().signal, send: () => undefined, ask: () => Promise.reject(new Error('not used')) },
  );
  const sent = given.upstream.made.find(({ module }) => module === 'docs')?.requests.at(-1)?.params;
  expect(sent?.get('arguments')?.text).toBe('{"n":9007199254740993}');
});

test('find pages through its result, and its arguments are bounded', async () => {
  const stage = await started();
  expect(await stage.find({ limit: 2 })).toMatchObject({ tools: [{}, {}], total: 3, nextOffset: 2 });
  expect(await stage.find({ limit: 2, offset: 2 })).toMatchObject({ tools: [{ name: 'mail__send' }] });
  expect(await stage.find({ service: 'mail' })).toMatchObject({ total: 1 });
  for (const args of [{ limit: 26 }, { limit: 0.5 }, { offset: -1 }, { query: 1 }, { service: {} }])
    expect(await stage.use('find_tools', args)).toMatchObject({ isError: true });
  for (const args of [{}, { name: '' }, { name: 1 }, { name: 'docs__search', arguments: [] }])
    expect(await stage.use('call_tool', args)).toMatchObject({ isError: true });
});

test('T-492 a search reaches nothing that the profile or the policy hides, and not itself', async () => {
  const stage = await started({ tools: { deny: ['docs/delete'] } });
  expect(await stage.find()).toMatchObject({ total: 2 });
  const before = given.upstream.made.flatMap(({ requests }) => requests).length;
  for (const name of [
    'docs__delete',
    'runtime__call_tool',
    'runtime__find_tools',
    'runtime__stop_service',
    'nothing',
  ]) {
    expect(await stage.use('describe_tool', { name })).toMatchObject({ isError: true });
    expect(await stage.use('call_tool', { name })).toMatchObject({ isError: true });
  }
  await stage.runtime.policies.apply(operator, {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: 'default' },
    spec: { denyTools: ['send'] },
  });
  expect(await stage.find()).toMatchObject({ total: 1 });
  expect(textOf(await stage.use('call_tool', { name: 'mail__send' }))).toContain('policy');
  expect(given.upstream.made.flatMap(({ requests }) => requests)).toHaveLength(before);
});

test('a call through the search is recorded, limited and refused like a direct call', async () => {
  const stage = await started({ limits: { perMinute: 1, burst: 1 } });
  expect(await stage.use('call_tool', { name: 'docs__search' })).not.toHaveProperty('isError');
  expect(textOf(await stage.use('call_tool', { name: 'docs__search' }))).toContain('profile p');
  const [last] = await stage.runtime.audit.recent(operator, { limit: 1 });
  expect(last).toMatchObject({ kind: 'service.tool_called', caller: { profile: 'p' }, data: { tool: 'search' } });
});

test('pinned tools stay in the list, and a list over maxTools is offered by search', async () => {
  const stage = await started({ discovery: 'pinned', pinned: ['docs/search'] });
  expect(await listed(stage)).toEqual(['docs__search', ...SEARCH]);
  const { profiles } = stage.runtime;
  await profiles.apply(operator, profileOf({ discovery: 'full', maxTools: 2 }));
  expect(await listed(stage)).toEqual(SEARCH);
  await profiles.apply(operator, profileOf({ discovery: 'full', maxTools: 3 }));
  expect(await listed(stage)).toEqual(['docs__delete', 'docs__search', 'mail__send']);
  await profiles.apply(operator, profileOf({ discovery: 'pinned', pinned: ['docs/*'], maxTools: 4 }));
  expect(await listed(stage)).toEqual(SEARCH);
});

test('a caller that may only read gets no search tools, and the shared endpoint has none', async () => {
  const stage = await started();
  const reader = { ...stage.client, grants: [grantOf('read')] };
  expect(namesOf(await ask(stage.runtime, 'tools/list', {}, { caller: reader }))).toEqual([]);
  for (const caller of [reader, agent])
    expect(await ask(stage.runtime, 'tools/call', { name: 'runtime__find_tools' }, { caller })).toHaveProperty('error');
});
