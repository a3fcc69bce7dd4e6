import { beforeEach, expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { operator, resultOf } from '../../support/speak.ts';
import { rawParams, reply } from '../../support/fake-upstream.ts';
import { methodsOf, TestClient, until } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
  given.upstream.lists.set('a tools', '[{"name":"t"}]');
  given.upstream.lists.set('a resources', '[{"uri":"a://1","name":"one"}]');
});

const META = 'io.modelcontextprotocol/';

/** A client that listens, and the function that disconnects it. */
function listening(notifications: object, id = RawJson.of('sub'), service?: string) {
  const client = new TestClient(given.runtime, service === undefined ? { era: 'modern' } : { era: 'modern', service });
  const abort = new AbortController();
  const ended = client.request('subscriptions/listen', { notifications }, { signal: abort.signal, id });
  return {
    client,
    disconnect: () => {
      abort.abort();
      return ended;
    },
  };
}

test('ListChangeNotifier notifies a legacy client of changed lists only', async () => {
  const client = new TestClient(given.runtime);
  const id = await given.run('a');
  await until(() => client.notifications.length >= 2);
  expect(methodsOf(client.notifications)).toEqual([
    'notifications/tools/list_changed',
    'notifications/resources/list_changed',
  ]);
  client.notifications.length = 0;
  await given.runtime.services.stop(operator, id);
  await until(() => client.notifications.length >= 2);
  client.peer.close();
  client.notifications.length = 0;
  const other = new TestClient(given.runtime);
  await given.runtime.services.start(operator, id);
  await until(() => other.notifications.length >= 2);
  expect(client.notifications).toEqual([]);
});

/** Changes the tools and the prompts of the service, and announces both. */
function change(names: string): void {
  const entries = JSON.stringify((JSON.parse(names) as string[]).map((name) => ({ name })));
  given.upstream.lists.set('a tools', entries);
  given.upstream.lists.set('a prompts', entries);
  given.upstream.made[0]?.events.onListChanged('tools');
  given.upstream.made[0]?.events.onListChanged('prompts');
}

test('subscriptions/listen acknowledges first, then sends notifications with the id of its request', async () => {
  await given.run('a');
  const requested = { toolsListChanged: true, promptsListChanged: false, resourcesListChanged: true, other: true };
  const { client, disconnect } = listening(requested);
  expect(client.requestNotifications).toHaveLength(1);
  expect(client.requestNotifications[0]?.method).toBe('notifications/subscriptions/acknowledged');
  expect(client.requestNotifications[0]?.params.get('notifications')?.value).toEqual({
    toolsListChanged: true,
    resourcesListChanged: true,
  });
  change('["t","u"]');
  await until(() => client.requestNotifications.length > 1);
  expect(methodsOf(client.requestNotifications.slice(1))).toEqual(['notifications/tools/list_changed']);
  for (const { params } of client.requestNotifications)
    expect(params.get('_meta')?.value).toEqual({ [`${META}subscriptionId`]: 'sub' });
  expect(resultOf(await disconnect())).toMatchObject({
    resultType: 'complete',
    _meta: { [`${META}subscriptionId`]: 'sub' },
  });
  const late = new TestClient(given.runtime);
  change('["t"]');
  await until(() => late.notifications.length > 0);
  expect(client.requestNotifications).toHaveLength(2);
});

test('an invalid subscription returns -32602, and a method of the other era -32601', async () => {
  const client = new TestClient(given.runtime, { era: 'modern' });
  expect(await client.request('subscriptions/listen', { notifications: [] })).toMatchObject({
    error: { code: -32602 },
  });
  for (const method of ['resources/subscribe', 'logging/setLevel', 'ping']) {
    expect(await client.request(method, { uri: 'a://1' })).toMatchObject({ error: { code: -32601 } });
  }
  const legacy = new TestClient(given.runtime);
  expect(await legacy.request('subscriptions/listen')).toMatchObject({ error: { code: -32601 } });
  expect(await legacy.request('resources/subscribe', { uri: 5 })).toMatchObject({ error: { code: -32602 } });
  expect(await legacy.request('resources/unsubscribe', {})).toMatchObject({ error: { code: -32602 } });
});

test('a legacy service gets one resources/subscribe for a resource with several subscribers', async () => {
  await given.run('a');
  const [first, second, third] = [
    new TestClient(given.runtime),
    new TestClient(given.runtime),
    new TestClient(given.runtime),
  ];
  for (const client of [first, second, first]) {
    expect(resultOf(await client.request('resources/subscribe', { uri: 'a://1' }))).toEqual({});
  }
  const { client: modern, disconnect } = listening({ resourceSubscriptions: ['a://1', 5, ''] });
  expect(modern.requestNotifications[0]?.params.get('notifications')?.value).toEqual({
    resourceSubscriptions: ['a://1'],
  });
  given.upstream.made[0]?.events.onNotification?.({
    method: 'notifications/resources/updated',
    params: rawParams({ uri: 'a://1/part' }),
  });
  for (const received of [first.notifications, second.notifications, modern.requestNotifications.slice(1)]) {
    expect(received.map(({ method, params }) => [method, params.get('uri')?.value])).toEqual([
      ['notifications/resources/updated', 'a://1/part'],
    ]);
  }
  expect(third.notifications).toEqual([]);
  await first.request('resources/unsubscribe', { uri: 'a://1' });
  await disconnect();
  expect(given.upstream.requests.map(({ method }) => method)).toEqual(['resources/subscribe']);
  second.peer.close();
  expect(given.upstream.requests.map(({ method }) => method)).toEqual(['resources/subscribe', 'resources/unsubscribe']);
});

test('a modern service gets subscriptions/listen for a resource until the last client unsubscribes', async () => {
  given.upstream.era = 'modern';
  const signals: AbortSignal[] = [];
  given.upstream.answer = (_request, exchange) => {
    signals.push(exchange.signal);
    exchange.onNotification({ method: 'notifications/resources/updated', params: rawParams({ uri: 'a://1' }) });
    return new Promise(() => undefined);
  };
  await given.run('a');
  const client = new TestClient(given.runtime);
  await client.request('resources/subscribe', { uri: 'a://1' });
  expect(given.upstream.requests[0]?.params.get('notifications')?.value).toEqual({ resourceSubscriptions: ['a://1'] });
  expect(methodsOf(client.notifications)).toEqual(['notifications/resources/updated']);
  expect(signals[0]?.aborted).toBe(false);
  await client.request('resources/unsubscribe', { uri: 'a://1' });
  expect(signals[0]?.aborted).toBe(true);
});

test('a restarted service gets the subscriptions again', async () => {
  const id = await given.run('a');
  const client = new TestClient(given.runtime);
  await client.request('resources/subscribe', { uri: 'a://1' });
  await given.runtime.services.stop(operator, id);
  await given.runtime.services.start(operator, id);
  expect(given.upstream.made.map(({ requests }) => requests.map(({ method }) => method))).toEqual([
    ['resources/subscribe'],
    ['resources/subscribe'],
  ]);
});

test('a client can subscribe to 256 resources', async () => {
  given.upstream.lists.set('a resourceTemplates', '[{"uriTemplate":"a://{id}","name":"t"}]');
  await given.run('a');
  const client = new TestClient(given.runtime);
  for (let i = 0; i < 256; i += 1) await client.request('resources/subscribe', { uri: `a://${String(i)}` });
  expect(await client.request('resources/subscribe', { uri: 'a://more' })).toMatchObject({ error: { code: -32603 } });
});

test('logging/setLevel filters log messages of a legacy client, and reaches the service once', async () => {
  given.upstream.answer = (request, exchange) => {
    for (const level of ['debug', 'warning', 'error']) {
      exchange.onNotification({ method: 'notifications/message', params: rawParams({ level, data: level }) });
    }
    return Promise.resolve(reply(request.method === 'tools/call' ? { content: [] } : {}));
  };
  await given.run('a');
  const client = new TestClient(given.runtime);
  expect(await client.request('logging/setLevel', { level: 'loud' })).toMatchObject({ error: { code: -32602 } });
  expect(resultOf(await client.request('logging/setLevel', { level: 'warning' }))).toEqual({});
  for (let i = 0; i < 2; i += 1) await client.request('tools/call', { name: 'a__t' });
  expect(client.requestNotifications.map(({ params }) => params.get('level')?.value)).toEqual([
    'warning',
    'error',
    'warning',
    'error',
  ]);
  const modern = new TestClient(given.runtime, { era: 'modern' });
  await modern.request('tools/call', { name: 'a__t', _meta: { [`${META}logLevel`]: 'error' } });
  await modern.request('tools/call', { name: 'a__t', _meta: { [`${META}logLevel`]: 'debug' } });
  expect(modern.requestNotifications.map(({ params }) => params.get('level')?.value)).toEqual([
    'error',
    'debug',
    'warning',
    'error',
  ]);
  const levels = given.upstream.requests.filter(({ method }) => method === 'logging/setLevel');
  expect(levels.map(({ params }) => params.get('level')?.value)).toEqual(['warning', 'debug']);
});

test('a modern service gets the capabilities and the log level of a legacy client in _meta', async () => {
  given.upstream.era = 'modern';
  await given.run('a');
  const client = new TestClient(given.runtime, { capabilities: { roots: {} } });
  await client.request('tools/call', { name: 'a__t', _meta: { own: 1 } });
  await client.request('logging/setLevel', { level: 'error' });
  await client.request('tools/call', { name: 'a__t' });
  expect(given.upstream.requests.map(({ params }) => params.get('_meta')?.value)).toEqual([
    { own: 1, [`${META}clientCapabilities`]: { roots: {} }, [`${META}logLevel`]: 'info' },
    { [`${META}clientCapabilities`]: { roots: {} }, [`${META}logLevel`]: 'error' },
  ]);
});
