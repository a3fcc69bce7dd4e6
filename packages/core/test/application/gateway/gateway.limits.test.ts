import { beforeEach, expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { LIMIT_NAMES } from '@clarity-runtime/core/internal';
import { namesOf, operator } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
});

const limitCounts = (): Record<string, number> =>
  Object.fromEntries(Object.entries(given.runtime.limits.counts()).filter(([, count]) => count > 0));
const listed = async () => new TestClient(given.runtime).request('tools/list');
const tools = (count: number, size: number): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, i) => ({
      name: `t${String(i).padStart(6, '0')}`,
      description: 'x'.repeat(size),
    })),
  );

test('limits.counts contains every limit when the runtime starts', () => {
  expect(Object.keys(given.runtime.limits.counts())).toEqual([...LIMIT_NAMES]);
  expect(limitCounts()).toEqual({});
});

test('U23 a list of 100,000 tools is cut to 2,000, counted as list.cut and logged', async () => {
  given.upstream.lists.set('a tools', tools(100_000, 100));
  const id = await given.run('a');
  const answer = await listed();
  expect('result' in answer && answer.result.bytes.length).toBeLessThan(6.5 * 1024 * 1024);
  expect(given.runtime.services.get(operator, id).interface?.tools).toHaveLength(2_000);
  expect(limitCounts()).toEqual({ 'list.cut': 1 });
  expect(await given.runtime.audit.logs(operator, id, 9)).toContainEqual(expect.stringContaining('was dropped'));
});

test('R83 all lists of a service are cut at 1 MiB together', async () => {
  const one = { type: 'object', description: 'x'.repeat(30_000) };
  const entry = (i: number) => ({ name: `t${String(i).padStart(6, '0')}`, inputSchema: one });
  given.upstream.lists.set('a tools', JSON.stringify(Array.from({ length: 20 }, (_, i) => entry(i))));
  const prompts = Array.from({ length: 20 }, (_, i) => ({ name: `p${String(i)}`, note: 'x'.repeat(30_000) }));
  given.upstream.lists.set('a prompts', JSON.stringify(prompts));
  const id = await given.run('a');
  const shown = given.runtime.services.get(operator, id).interface;
  expect([shown?.tools.length, shown?.prompts.length]).toEqual([20, 14]);
  expect(limitCounts()).toEqual({ 'list.cut': 1 });
});

test('R83 descriptions, titles and instructions are cut, say so and are counted', async () => {
  const inputSchema = { type: 'object' };
  const long = {
    name: 'one',
    inputSchema,
    title: 't'.repeat(1_000),
    description: 'd'.repeat(40_000),
    annotations: { title: 'a'.repeat(999) },
  };
  given.upstream.lists.set(
    'a tools',
    JSON.stringify([long, { name: 'two', inputSchema, description: 'x'.repeat(16_384) }]),
  );
  const id = await given.run('a');
  const reply = await listed();
  const [one, two] = ('result' in reply ? (reply.result.value as { tools: (typeof long)[] }).tools : []) as [
    typeof long,
    typeof long,
  ];
  expect([one.title.length, one.description.length, one.annotations.title.length]).toEqual([256, 16_384, 256]);
  expect(one.description).toMatch(/d … \[cut, 40000 characters\]$/);
  expect(two.description).toBe('x'.repeat(16_384));
  expect(limitCounts()).toEqual({ 'text.cut': 1 });
  expect(given.runtime.services.get(operator, id).interface?.faults).toMatchObject([
    { entry: 'one', problem: 'description was cut; title was cut; annotations.title was cut', outcome: 'repaired' },
  ]);
  expect(await given.runtime.audit.logs(operator, id, 9)).toContainEqual(expect.stringContaining('exceeds its limit'));
});

test('T-372 R83 a page of three services has at most 256 KiB, and the pages have every tool', async () => {
  for (const name of ['a', 'b', 'c']) {
    given.upstream.lists.set(`${name} tools`, tools(24, 40_000));
    await given.run(name);
  }
  const client = new TestClient(given.runtime);
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const reply = await client.request('tools/list', cursor === undefined ? {} : { cursor });
    if (!('result' in reply)) throw new Error(reply.error.message);
    expect(reply.result.bytes.length).toBeLessThan(257 * 1024);
    found.push(...namesOf(reply));
    cursor = (reply.result.value as { nextCursor?: string }).nextCursor;
  } while (cursor !== undefined);
  expect(found).toHaveLength(72);
  expect(new Set(found).size).toBe(72);
});

test('a list of exactly 2,000 tools is not cut', async () => {
  given.upstream.lists.set('a tools', tools(2_000, 1));
  await given.run('a');
  expect(limitCounts()).toEqual({});
});

test('a definition over 256 KiB is dropped, and the other definitions are listed', async () => {
  const large = { name: 'large', inputSchema: { type: 'object', description: 'x'.repeat(256 * 1024) } };
  given.upstream.lists.set('a tools', JSON.stringify([{ name: 'one' }, large, { name: 'two' }]));
  await given.run('a');
  expect(namesOf(await listed())).toEqual(['a__one', 'a__two']);
  expect(limitCounts()).toEqual({ 'definition.too_large': 1 });
});

test('U24 pages without end are counted once per list', async () => {
  let page = 0;
  given.upstream.lists.set('a tools', () => {
    page += 1;
    return { result: RawJson.of({ tools: [{ name: `t${String(page)}` }], nextCursor: String(page) }) };
  });
  await given.run('a');
  expect(page).toBe(100);
  expect(limitCounts()).toEqual({ 'list.cut': 1 });
});
