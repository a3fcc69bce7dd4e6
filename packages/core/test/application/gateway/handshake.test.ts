import { beforeEach, expect, test } from '@jest/globals';
import type { Capabilities } from '@clarity-runtime/core';
import { EVERYTHING } from '../../support/fake-upstream.ts';
import { resultOf } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const declared: Capabilities = { extensions: { [EXTENSION]: {} } };
const tasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } };

let given: Upstreams;
beforeEach(async () => {
  given = await withUpstream();
  given.upstream.era = 'modern';
  given.upstream.capabilities = { ...EVERYTHING, tasks, extensions: { [EXTENSION]: {} } };
});

test('tasks are a capability of the legacy era and an extension of the modern one, on each endpoint', async () => {
  await given.run('a');
  for (const service of [undefined, 'a']) {
    const scope = { ...(service === undefined ? {} : { service }), capabilities: declared };
    const found = resultOf(await new TestClient(given.runtime, { era: 'modern', ...scope }).request('server/discover'));
    expect(found['capabilities']).toMatchObject({ extensions: { [EXTENSION]: {} } });
    expect(found['capabilities']).not.toHaveProperty('tasks');
    const legacy = new TestClient(given.runtime, { era: 'legacy', ...scope });
    const begun = resultOf(await legacy.request('initialize', { protocolVersion: '2025-11-25' }));
    expect(begun['capabilities']).toMatchObject({ tasks });
    expect(begun['capabilities']).not.toHaveProperty('extensions');
  }
});

test('an endpoint declares no extension whose methods it does not route', async () => {
  given.upstream.capabilities = {
    ...EVERYTHING,
    extensions: { 'io.modelcontextprotocol/skills': {}, 'com.example/x': { a: 1 } },
  };
  await given.run('a');
  const own = new TestClient(given.runtime, { era: 'modern', service: 'a' });
  expect(resultOf(await own.request('server/discover'))['capabilities']).toMatchObject({
    extensions: { 'com.example/x': { a: 1 } },
  });
  const { extensions } = resultOf(await own.request('server/discover'))['capabilities'] as Capabilities;
  expect(Object.keys(Object(extensions) as object)).toEqual(['com.example/x']);
});
