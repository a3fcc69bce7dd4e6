import { beforeEach, expect, test } from '@jest/globals';
import { grantOf } from '@clarity-runtime/core';
import { operator, resultOf } from '../../support/speak.ts';
import { reply } from '../../support/fake-upstream.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
  const { upstream } = given;
  upstream.lists.set('a prompts', '[{"name":"greet"}]');
  upstream.lists.set('b prompts', '[{"name":"greet"}]');
  upstream.lists.set('a resources', '[{"uri":"a://1","name":"one"}]');
  upstream.lists.set('b resources', '[{"uri":"b://1","name":"one"}]');
  upstream.lists.set('b resourceTemplates', '[{"uriTemplate":"b://item/{id}/data","name":"t"}]');
  upstream.answer = (_request, _exchange, { module }) => Promise.resolve(reply({ from: module }));
  await given.run('a');
  await given.run('b');
});

const client = (era: 'legacy' | 'modern' = 'legacy', service?: string): TestClient =>
  new TestClient(given.runtime, service === undefined ? { era } : { era, service });
const seenBy = (module: string): readonly unknown[] =>
  given.upstream.made
    .filter((made) => made.module === module)
    .flatMap(({ requests }) =>
      requests.map(({ method, params }) => [method, params.get('uri')?.value ?? params.get('name')?.value]),
    );

test('prompts/get sends the original name and the arguments to the service of the prompt', async () => {
  expect(resultOf(await client().request('prompts/get', { name: 'b__greet', arguments: { who: 'me' } }))).toEqual({
    from: 'b',
  });
  expect(seenBy('b')).toEqual([['prompts/get', 'greet']]);
  expect(seenBy('a')).toEqual([]);
  expect(given.upstream.requests[0]?.params.get('arguments')?.value).toEqual({ who: 'me' });
  expect(resultOf(await client('modern', 'a').request('prompts/get', { name: 'greet' }))).toMatchObject({
    resultType: 'complete',
    from: 'a',
  });
  for (const params of [{ name: 'greet' }, { name: 5 }, {}]) {
    expect(await client().request('prompts/get', params)).toMatchObject({ error: { code: -32602 } });
  }
});

test('resources/read uses the service that lists the URI, else the service with a matching template', async () => {
  for (const [uri, from] of [
    ['a://1', 'a'],
    ['b://1', 'b'],
    ['b://item/7/data', 'b'],
  ]) {
    expect(resultOf(await client().request('resources/read', { uri }))).toEqual({ from });
  }
  expect(seenBy('a')).toEqual([['resources/read', 'a://1']]);
});

test('R08c T-351 resources/read of a URI that no service owns is not found and reaches no service', async () => {
  const uri = 'postgres://admin:hunter2@db/prod';
  expect(await client().request('resources/read', { uri })).toMatchObject({ error: { code: -32002, data: { uri } } });
  expect(await client('modern').request('resources/read', { uri })).toMatchObject({ error: { code: -32602 } });
  expect(given.upstream.requests).toEqual([]);
});

test('R46b subscribe and completion of a URI that no service owns are refused and reach no service', async () => {
  const uri = 'postgres://admin:hunter2@db/prod';
  expect(await client().request('resources/subscribe', { uri })).toMatchObject({ error: { code: -32002 } });
  const ref = { type: 'ref/resource', uri };
  const argument = { name: 'x', value: 'typed' };
  for (const era of ['legacy', 'modern'] as const)
    expect(await client(era).request('completion/complete', { ref, argument })).toMatchObject({
      error: { code: -32602 },
    });
  expect(given.upstream.requests).toEqual([]);
});

test('resources/read of an unknown URI returns -32002 to legacy clients and -32602 to modern clients', async () => {
  given.upstream.answer = () => Promise.resolve({ error: { code: -32002, message: 'not here' } });
  const uri = 'c://1';
  expect(await client('legacy').request('resources/read', { uri })).toMatchObject({
    error: { code: -32002, data: { uri } },
  });
  expect(await client('modern').request('resources/read', { uri })).toMatchObject({
    error: { code: -32602, data: { uri } },
  });
  for (const wrong of [{}, { uri: 5 }, { uri: '' }]) {
    expect(await client().request('resources/read', wrong)).toMatchObject({ error: { code: -32602 } });
  }
});

test('an endpoint of one service returns the error of the service with the code of the era', async () => {
  const { upstream } = given;
  const uri = 'a://1';
  upstream.answer = () => Promise.resolve({ error: { code: -32002, message: 'gone', data: { uri, more: 1 } } });
  expect(await client('legacy', 'a').request('resources/read', { uri })).toEqual({
    error: { code: -32002, message: 'gone', data: { uri, more: 1 } },
  });
  expect(await client('modern', 'a').request('resources/read', { uri })).toEqual({
    error: { code: -32602, message: 'gone', data: { uri, more: 1 } },
  });
  upstream.answer = () => Promise.resolve({ error: { code: -32602, message: 'gone', data: { uri } } });
  expect(await client('legacy', 'a').request('resources/read', { uri })).toMatchObject({ error: { code: -32002 } });
  expect(await client('legacy', 'a').request('prompts/get', { name: 'greet' })).toMatchObject({
    error: { code: -32602 },
  });
});

test.each([
  [-32042, 'modern', -32600],
  [-32042, 'legacy', -32042],
  [-32021, 'legacy', -32600],
  [-32021, 'modern', -32021],
  [4711, 'legacy', 4711],
] as const)('error code %i reaches a %s client as %i', async (code, era, expected) => {
  given.upstream.answer = () => Promise.resolve({ error: { code, message: 'no', data: { a: [1] } } });
  expect(await client(era).request('prompts/get', { name: 'a__greet' })).toEqual({
    error: { code: expected, message: 'no', data: { a: [1] } },
  });
});

test('resources/read adds ttlMs 0 and cacheScope private to a modern result unless the service sets them', async () => {
  const read = () => client('modern').request('resources/read', { uri: 'a://1' });
  expect(resultOf(await read())).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', from: 'a' });
  given.upstream.answer = () => Promise.resolve(reply({ ttlMs: 9, cacheScope: 'public' }));
  expect(resultOf(await read())).toMatchObject({ ttlMs: 9, cacheScope: 'public' });
});

test('completion/complete reaches the service of its prompt or its template', async () => {
  const complete = (ref: object) =>
    client().request('completion/complete', { ref, argument: { name: 'x', value: 'y' } });
  expect(resultOf(await complete({ type: 'ref/prompt', name: 'b__greet' }))).toEqual({ from: 'b' });
  expect(given.upstream.requests[0]?.params.get('ref')?.value).toEqual({ type: 'ref/prompt', name: 'greet' });
  expect(resultOf(await complete({ type: 'ref/resource', uri: 'b://item/{id}/data' }))).toEqual({ from: 'b' });
  expect(await complete({ type: 'ref/prompt', name: 'x' })).toMatchObject({ error: { code: -32602 } });
  expect(await complete({})).toMatchObject({ error: { code: -32602 } });
  given.upstream.answer = () => Promise.resolve({ error: { code: -32601, message: 'no' } });
  expect(resultOf(await complete({ type: 'ref/prompt', name: 'b__greet' }))).toEqual({
    completion: { values: [], total: 0, hasMore: false },
  });
});

test('prompts/get of a stopped service returns -32603 with the command that starts it', async () => {
  const [first] = given.runtime.services.list(operator);
  await given.runtime.services.stop(operator, first?.service.serviceId ?? '');
  expect(await client().request('prompts/get', { name: 'a__greet' })).toMatchObject({
    error: { code: -32603, message: expect.stringContaining('clarityctl start') },
  });
});

test('a caller without the grant call gets -32600 for prompts, resources and completions', async () => {
  const reader = new TestClient(given.runtime, { caller: { ...operator, grants: [grantOf('read')] } });
  for (const [method, params] of [
    ['prompts/get', { name: 'a__greet' }],
    ['resources/read', { uri: 'a://1' }],
    ['completion/complete', {}],
  ] as const) {
    expect(await reader.request(method, params)).toMatchObject({ error: { code: -32600 } });
  }
  expect(given.upstream.requests).toEqual([]);
});
