import { beforeEach, expect, test } from '@jest/globals';
import { RawJson, type McpReply } from '@clarity-runtime/core';
import { resultOf } from '../../support/speak.ts';
import { reply } from '../../support/fake-upstream.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
});

const textOf = (answer: McpReply): string => {
  if ('error' in answer) throw new Error(answer.error.message);
  return answer.result.text;
};
const client = (era: 'legacy' | 'modern' = 'legacy', service?: string): TestClient =>
  new TestClient(given.runtime, service === undefined ? { era } : { era, service });

test('[mcp.resources-list] [mcp.prompts-list] resources and prompts of all running services are listed', async () => {
  const { upstream, run } = given;
  upstream.lists.set('a resources', '[{"uri":"a://1","name":"one"}]');
  upstream.lists.set('b resources', '[{"uri":"b://1","name":"two"},{"uri":"a://1","name":"shadow"}]');
  upstream.lists.set('a resourceTemplates', '[{"uriTemplate":"a://{id}","name":"t"}]');
  upstream.lists.set('a prompts', '[{"name":"greet","title":"Greet"}]');
  upstream.lists.set('b prompts', '[{"name":"greet"}]');
  await run('a');
  await run('b');
  expect(resultOf(await client().request('resources/list'))).toEqual({
    resources: [
      { uri: 'a://1', name: 'one' },
      { uri: 'b://1', name: 'two' },
      { uri: 'clarity://b/a%3A%2F%2F1', name: 'shadow' },
    ],
  });
  expect(resultOf(await client().request('resources/templates/list'))).toEqual({
    resourceTemplates: [{ uriTemplate: 'a://{id}', name: 't' }],
  });
  expect(resultOf(await client().request('prompts/list'))).toEqual({
    prompts: [{ name: 'a__greet', title: 'Greet' }, { name: 'b__greet' }],
  });
  expect(resultOf(await client('legacy', 'b').request('prompts/list'))).toEqual({ prompts: [{ name: 'greet' }] });
});

test('tools/list keeps icons, annotations, unknown members and digits of a definition', async () => {
  const { upstream, run } = given;
  const rest =
    '"icons":[{"src":"data:,x"}],"annotations":{"readOnlyHint":true},"outputSchema":{"type":"object","maximum":9007199254740993},' +
    '"inputSchema":{"type":"object"},"_meta":{"own/key":1.0},"x-unknown":[1e2]';
  upstream.lists.set('a tools', `[{"name":"t",${rest}}]`);
  await run('a');
  expect(textOf(await client('legacy', 'a').request('tools/list'))).toBe(`{"tools":[{"name":"t",${rest}}]}`);
  expect(textOf(await client().request('tools/list'))).toBe(`{"tools":[{"name":"a__t",${rest}}]}`);
});

test('the pages of a service are read once, and a repeated cursor ends the list', async () => {
  const { upstream, run } = given;
  const asked: unknown[] = [];
  upstream.lists.set('a tools', ({ params }) => {
    const cursor = params.get('cursor')?.value;
    asked.push(cursor);
    return cursor === undefined
      ? reply({ tools: [{ name: 'one' }], nextCursor: 'c' })
      : reply({ tools: [{ name: 'two' }], nextCursor: 'c' });
  });
  await run('a');
  await client().request('tools/list');
  expect(resultOf(await client().request('tools/list'))).toMatchObject({
    tools: [{ name: 'a__one' }, { name: 'a__two' }],
  });
  expect(asked).toEqual([undefined, 'c']);
});

test('U24 a list ends after 100 pages', async () => {
  const { upstream, run } = given;
  let pages = 0;
  upstream.lists.set('a tools', () => {
    pages += 1;
    return reply({ tools: [{ name: `t${String(pages)}` }], nextCursor: String(pages) });
  });
  await run('a');
  expect(pages).toBe(100);
});

test('U23 a service lists 2,000 tools when it has 100,000 or an endless list', async () => {
  const { upstream, run } = given;
  const many = Array.from({ length: 100_000 }, (_, i) => ({ name: `t${String(i)}`, description: 'one of many' }));
  upstream.lists.set('a tools', JSON.stringify(many));
  let pages = 0;
  upstream.lists.set('b tools', () => {
    pages += 1;
    return reply({
      tools: [{ name: `b${String(pages)}`, description: 'x'.repeat(250_000) }],
      nextCursor: String(pages),
    });
  });
  await run('a');
  await run('b');
  expect(await everyPage('a')).toMatchObject({ tools: 2_000 });
  const { tools: kept, bytes } = await everyPage('b');
  expect([kept, pages]).toEqual([4, 5]);
  expect(bytes).toBeLessThan(8 * 1024 * 1024);
});

async function everyPage(service: string): Promise<{ readonly tools: number; readonly bytes: number }> {
  let [tools, bytes] = [0, 0];
  let cursor: unknown;
  do {
    const page = await client('legacy', service).request('tools/list', cursor === undefined ? {} : { cursor });
    const { tools: some, nextCursor } = resultOf(page) as { tools: unknown[]; nextCursor?: string };
    tools += some.length;
    bytes += textOf(page).length;
    cursor = nextCursor;
  } while (cursor !== undefined);
  return { tools, bytes };
}

test('tools/list splits a long list into pages that its cursors connect', async () => {
  const { upstream, run } = given;
  const tools = (letter: string): string =>
    JSON.stringify(Array.from({ length: 1_500 }, (_, i) => ({ name: `${letter}${String(i)}` })));
  upstream.lists.set('a tools', tools('x'));
  upstream.lists.set('b tools', tools('y'));
  await run('a');
  await run('b');
  const names = new Set<string>();
  let cursor: unknown;
  let pages = 0;
  do {
    const page = resultOf(await client().request('tools/list', cursor === undefined ? {} : { cursor }));
    for (const { name } of page.tools as { name: string }[]) names.add(name);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== undefined);
  expect([names.size, pages]).toEqual([3_000, 3]);
  for (const bad of ['x', '', 5, null]) {
    expect(await client().request('tools/list', { cursor: bad })).toMatchObject({ error: { code: -32602 } });
  }
});

test('a declared list is empty when the service replies -32601', async () => {
  const { upstream, run } = given;
  upstream.lists.set('a prompts', () => ({ error: { code: -32601, message: 'no' } }));
  upstream.lists.set('a tools', '[{"name":"t"}]');
  await run('a');
  expect(resultOf(await client().request('prompts/list'))).toEqual({ prompts: [] });
  expect(resultOf(await client().request('tools/list'))).toMatchObject({ tools: [{ name: 'a__t' }] });
});

test('a list that the service did not declare is not requested', async () => {
  const { upstream, run } = given;
  upstream.capabilities = { tools: {} };
  upstream.lists.set('a prompts', () => {
    throw new Error('it was asked');
  });
  await run('a');
  expect(resultOf(await client().request('prompts/list'))).toEqual({ prompts: [] });
});

test('a modern list has the cache hint of its service, and the shared list the strictest hint', async () => {
  const { upstream, run } = given;
  upstream.lists.set('a tools', () => reply({ tools: [], ttlMs: 60_000, cacheScope: 'public' }));
  upstream.lists.set('b tools', () => reply({ tools: [], ttlMs: 5_000, cacheScope: 'private' }));
  await run('a');
  expect(resultOf(await client('modern', 'a').request('tools/list'))).toMatchObject({
    ttlMs: 60_000,
    cacheScope: 'public',
  });
  expect(resultOf(await client('modern').request('tools/list'))).toMatchObject({ ttlMs: 60_000, cacheScope: 'public' });
  await run('b');
  expect(resultOf(await client('modern').request('tools/list'))).toMatchObject({ ttlMs: 5_000, cacheScope: 'private' });
  expect(resultOf(await client('modern', 'a').request('prompts/list'))).toMatchObject({
    ttlMs: 0,
    cacheScope: 'private',
  });
});

test('an endpoint of one service has the capabilities and the instructions of the service', async () => {
  const { upstream, run } = given;
  upstream.instructions = 'Use it well.';
  upstream.capabilities = {
    tools: {},
    resources: {},
    extensions: { 'io.modelcontextprotocol/ui': { a: 1 }, 'io.modelcontextprotocol/tasks': {} },
  };
  await run('a');
  const capabilities = {
    tools: { listChanged: true },
    resources: { listChanged: true, subscribe: false },
    extensions: { 'io.modelcontextprotocol/ui': { a: 1 }, 'io.modelcontextprotocol/tasks': {} },
  };
  const opened = resultOf(await client('legacy', 'a').request('initialize', { protocolVersion: '2025-11-25' }));
  expect(opened).toMatchObject({ instructions: 'Use it well.' });
  expect(opened.capabilities).toEqual({ ...capabilities, extensions: { 'io.modelcontextprotocol/ui': { a: 1 } } });
  const discovered = resultOf(await client('modern', 'a').request('server/discover'));
  expect(discovered).toMatchObject({ instructions: 'Use it well.', capabilities });
  const shared = resultOf(await client('modern').request('server/discover'));
  expect(shared.capabilities).toMatchObject({ logging: {}, completions: {}, prompts: { listChanged: true } });
});

test('prefix mode collision prefixes only names that an earlier service has', async () => {
  given = await withUpstream({ prefix: 'collision' });
  const { upstream, run } = given;
  upstream.lists.set('a tools', '[{"name":"only_a"},{"name":"both"},{"name":"strange name"}]');
  upstream.lists.set('b tools', '[{"name":"both"},{"name":"only_b"}]');
  await run('a');
  const before = (resultOf(await client().request('tools/list')).tools as { name: string }[]).map(({ name }) => name);
  expect(before).toEqual(expect.arrayContaining(['both', 'only_a']));
  await run('b');
  const names = (resultOf(await client().request('tools/list')).tools as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['both', 'b__both', 'only_a', 'only_b']));
  expect(names).toHaveLength(5);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,42}$/);
  await client().request('tools/call', { name: 'b__both' });
  expect(upstream.made.at(-1)?.requests[0]?.params.get('name')?.value).toBe('both');
});

test('a prefixed name of prefix mode collision does not replace an equal plain name', async () => {
  given = await withUpstream({ prefix: 'collision' });
  const { upstream, run } = given;
  upstream.lists.set('a tools', '[{"name":"x"}]');
  upstream.lists.set('b tools', '[{"name":"x"}]');
  upstream.lists.set('c tools', '[{"name":"a__x"}]');
  for (const module of ['a', 'b', 'c']) await run(module);
  const { tools } = resultOf(await client().request('tools/list')) as { tools: { name: string }[] };
  expect(new Set(tools.map(({ name }) => name)).size).toBe(3);
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['x', 'b__x', 'c__a__x']));
});

test('tools/call returns the bytes of a result unchanged', async () => {
  const { upstream, run } = given;
  upstream.lists.set('a tools', '[{"name":"t"}]');
  await run('a');
  const written = '{"content":[{"type":"text","text":"\u200bhidden"}],"structuredContent":{"n":9007199254740993}}';
  upstream.answer = () => Promise.resolve({ result: RawJson.fromText(written) });
  expect(textOf(await client().request('tools/call', { name: 'a__t' }))).toBe(written);
});

test.each(['legacy', 'modern'] as const)(
  'Q21 a cursor of a %s client that is not a text is refused by name',
  async (era) => {
    given.upstream.lists.set('a tools', '[{"name":"t"}]');
    await given.run('a');
    for (const cursor of [{ toString: 1 }, ['x'], 7, true, 'unknown']) {
      expect(await client(era).request('tools/list', { cursor })).toMatchObject({ error: { code: -32602 } });
    }
  },
);
