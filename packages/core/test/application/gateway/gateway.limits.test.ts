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

test('a list is cut at 6.5 MiB', async () => {
  given.upstream.lists.set('a tools', tools(60, 200_000));
  const id = await given.run('a');
  expect(given.runtime.services.get(operator, id).interface?.tools).toHaveLength(
    Math.floor((6.5 * 1024 * 1024) / (200_000 + '{"name":"t000000","description":""}'.length)),
  );
  expect(limitCounts()).toEqual({ 'list.cut': 1 });
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
