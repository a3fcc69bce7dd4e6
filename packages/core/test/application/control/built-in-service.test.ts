import { expect, test } from '@jest/globals';
import { reply } from '../../support/fake-upstream.ts';
import { operator, resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream } from '../../support/with-upstream.ts';

test('the built-in service declares tools only', async () => {
  const { runtime } = await withUpstream({ controlTools: true });
  const client = new TestClient(runtime, { era: 'modern', service: 'runtime' });
  const { capabilities } = resultOf(await client.request('server/discover'));
  expect(capabilities).toEqual({ tools: { listChanged: true } });
  expect(resultOf(await client.request('prompts/list'))).toMatchObject({ prompts: [] });
  expect(resultOf(await client.request('resources/list'))).toMatchObject({ resources: [] });
});

test('the built-in service does not shorten the cache time of prompts and resources', async () => {
  const { runtime, upstream, run } = await withUpstream({ controlTools: true });
  const kept = { ttlMs: 60_000, cacheScope: 'public' };
  upstream.lists.set('a prompts', () => reply({ prompts: [{ name: 'p' }], ...kept }));
  upstream.lists.set('a resources', () => reply({ resources: [{ uri: 'a://1', name: 'r' }], ...kept }));
  await run('a');
  const client = new TestClient(runtime, { era: 'modern' });
  expect(resultOf(await client.request('prompts/list'))).toMatchObject(kept);
  expect(resultOf(await client.request('resources/list'))).toMatchObject(kept);
  expect(resultOf(await client.request('tools/list'))).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
});

test('a resource with hidden characters differs from the same one without them', async () => {
  const { runtime, upstream, run } = await withUpstream();
  upstream.lists.set('a resources', '[{"uri":"a://1","name":"plain"}]');
  upstream.lists.set('a resourceTemplates', '[{"uriTemplate":"a://{id}","name":"t"}]');
  const id = await run('a');
  const first = await runtime.services.introspect(operator, id);
  upstream.lists.set('a resources', '[{"uri":"a://1","name":"pl\\u200bain"}]');
  const second = await runtime.services.introspect(operator, id);
  upstream.lists.set('a resourceTemplates', '[{"uriTemplate":"a://{id}","name":"t\\u200b"}]');
  const third = await runtime.services.introspect(operator, id);
  expect(second.resources.map(({ raw, cleaned }) => [raw.value, cleaned])).toEqual([
    [{ uri: 'a://1', name: 'plain' }, true],
  ]);
  expect(third.resourceTemplates).toEqual([expect.objectContaining({ uriTemplate: 'a://{id}', cleaned: true })]);
  const revisions = [first, second, third].map(({ interfaceRevision }) => interfaceRevision);
  expect(new Set(revisions).size).toBe(3);
});
