import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { agent, resultOf, withId } from '../../support/speak.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const uriOf = (at: number): string => `x://${String(at)}`;

async function given(count: number): Promise<Upstreams> {
  const all = await withUpstream();
  all.upstream.answer = () => Promise.resolve({ result: RawJson.of({}) });
  const list = Array.from({ length: count }, (_each, at) => ({ uri: uriOf(at), name: uriOf(at) }));
  all.upstream.lists.set('a resources', JSON.stringify(list));
  await all.run('a');
  return all;
}

/** Subscribes clients of one principal to resources, 250 for each client. Returns codes of the errors in order. */
async function subscribed({ runtime }: Upstreams, id: string, from: number, count: number): Promise<unknown[]> {
  const codes: unknown[] = [];
  let client = new TestClient(runtime, { caller: withId(agent, id) });
  for (let at = 0; at < count; at += 1) {
    if (at % 250 === 0) client = new TestClient(runtime, { caller: withId(agent, id) });
    const reply = await client.request('resources/subscribe', { uri: uriOf(from + at) });
    if ('error' in reply) codes.push((reply.error.data as { code?: string } | undefined)?.code);
  }
  return codes;
}

test('T-417 a principal has at most 1,000 resource subscriptions, and another one still subscribes', async () => {
  const all = await given(1_400);
  expect(await subscribed(all, 'ann', 0, 1_000)).toEqual([]);
  expect(await subscribed(all, 'ann', 1_000, 3)).toEqual(['QUOTA_EXCEEDED', 'QUOTA_EXCEEDED', 'QUOTA_EXCEEDED']);
  expect(all.runtime.limits.counts()['subscription.over_share']).toBe(3);
  expect(await subscribed(all, 'bob', 1_003, 200)).toEqual([]);
  const listening = new AbortController();
  const modern = new TestClient(all.runtime, { era: 'modern', caller: withId(agent, 'ann') });
  const uris = Array.from({ length: 5 }, (_each, at) => uriOf(1_300 + at));
  const notifications = { resourceSubscriptions: uris };
  const ended = modern.request('subscriptions/listen', { notifications }, { signal: listening.signal });
  await new Promise(setImmediate);
  // The acknowledgement names what was accepted: nothing.
  expect(modern.requestNotifications[0]?.params.get('notifications')?.value).toEqual({});
  listening.abort();
  resultOf(await ended);
}, 60_000);

test('T-417 a subscription that ends makes room', async () => {
  const all = await given(1_001);
  expect(await subscribed(all, 'ann', 0, 999)).toEqual([]);
  const client = new TestClient(all.runtime, { caller: withId(agent, 'ann') });
  const code = async (method: string, at: number): Promise<boolean> =>
    'error' in (await client.request(method, { uri: uriOf(at) }));
  expect(await code('resources/subscribe', 999)).toBe(false);
  expect(await code('resources/subscribe', 1_000)).toBe(true);
  expect(await code('resources/unsubscribe', 999)).toBe(false);
  expect(await code('resources/subscribe', 1_000)).toBe(false);
}, 60_000);
