import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime } from '@clarity-runtime/core';
import { manifestOf } from '../../support/fake-connector.ts';
import { FakeUpstream, reply } from '../../support/fake-upstream.ts';
import { namesOf, operator } from '../../support/speak.ts';
import { methodsOf, TestClient, until } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

let given: Upstreams;

beforeEach(async () => {
  given = await withUpstream();
  given.upstream.lists.set('a tools', '[{"name":"t"}]');
  given.upstream.lists.set('a resources', '[{"uri":"a://1","name":"one"}]');
});

test('M10 ListChangeNotifier sends one notice per real change, and none for an announcement without one', async () => {
  await given.run('a');
  await given.run('b');
  const shared = new TestClient(given.runtime);
  const own = new TestClient(given.runtime, { service: 'a' });
  const other = new TestClient(given.runtime, { service: 'b' });
  const announce = (list: 'tools' | 'prompts'): void => {
    for (let i = 0; i < 20; i += 1) given.upstream.made[0]?.events.onListChanged(list);
  };
  announce('prompts');
  announce('tools');
  await read(3);
  expect([shared, own, other].flatMap(({ notifications }) => methodsOf(notifications))).toEqual([]);
  given.upstream.lists.set('a prompts', '[{"name":"p"}]');
  announce('prompts');
  announce('tools');
  await until(() => shared.notifications.length > 0 && own.notifications.length > 0);
  announce('prompts');
  await read(5);
  for (const { notifications } of [shared, own])
    expect(methodsOf(notifications)).toEqual(['notifications/prompts/list_changed']);
  expect(other.notifications).toEqual([]);
});

test('M10 a service that crashes and restarts with the same interface causes no notice', async () => {
  const id = await given.run('a');
  const client = new TestClient(given.runtime);
  for (let i = 1; i <= 2; i += 1) {
    given.upstream.made.at(-1)?.events.onClose('gone');
    await until(() => given.runtime.services.get(operator, id).status.lifecycle === 'CRASHED');
    expect(namesOf(await client.request('tools/list'))).toContain('a__t');
    await until(() => given.upstream.made.length > i);
    await until(() => given.runtime.services.get(operator, id).status.lifecycle === 'RUNNING');
  }
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(methodsOf(client.notifications)).toEqual([]);
});

/** Reads and restarts have growing pauses, which the short limit of `until` does not cover. */
async function late(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 2_000) throw new Error('the condition did not become true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('M10 law: a service that crashes, restarts and announces at will causes at most one notice per real change', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('flap' as const), changes: fc.boolean() }),
    fc.record({ kind: fc.constant('announce' as const), changes: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 2 }), async (steps) => {
      // A fresh service: one that crashes too often is quarantined.
      given = await withUpstream();
      given.upstream.lists.set('a tools', '[{"name":"t0"}]');
      const id = await given.run('a');
      const client = new TestClient(given.runtime);
      const isRunning = (): boolean => given.runtime.services.get(operator, id).status.lifecycle === 'RUNNING';
      let changes = 0;
      for (const { kind, changes: isChanged } of steps) {
        const heard = client.notifications.length;
        if (isChanged) {
          changes += 1;
          given.upstream.lists.set('a tools', `[{"name":"t${String(changes)}"}]`);
        }
        const { events } = given.upstream.made.at(-1) ?? { events: undefined };
        const connections = given.upstream.made.length;
        if (kind === 'announce') for (let i = 0; i < 5; i += 1) events?.onListChanged('tools');
        else {
          events?.onClose('gone');
          void given.runtime.retryWaiting();
          await late(() => given.upstream.made.length > connections && isRunning());
        }
        if (isChanged) await late(() => client.notifications.length > heard);
      }
      expect(client.notifications.length).toBe(changes);
      expect(namesOf(await client.request('tools/list'))).toContain(`a__t${String(changes)}`);
    }),
    { numRuns: 6 },
  );
});

test('M10 a change that only clients with a capability see is announced to them alone', async () => {
  const upstream = new FakeUpstream();
  upstream.sessions = true;
  upstream.lists.set('a tools', '[{"name":"t"}]');
  const runtime = await createRuntime({ connectors: [upstream] });
  const { service } = await runtime.services.apply(operator, manifestOf('a'));
  await runtime.services.start(operator, service.serviceId);
  const plain = new TestClient(runtime);
  const asking = new TestClient(runtime, { capabilities: { sampling: {} } });
  upstream.lists.set('a tools', ((_request, { events }) =>
    reply({
      tools: ['t', ...(events.clientCapabilities === undefined ? [] : ['ask'])].map((name) => ({
        name,
        inputSchema: { type: 'object' },
      })),
    })) satisfies ListOf);
  upstream.made[0]?.events.onListChanged('tools');
  await until(() => asking.notifications.length > 0);
  expect(methodsOf(asking.notifications)).toEqual(['notifications/tools/list_changed']);
  expect(plain.notifications).toEqual([]);
});

type ListOf = Exclude<ReturnType<Upstreams['upstream']['lists']['get']>, string | undefined>;

/** Waits until the service was read `times` times since the test began. */
const read = (times: number): Promise<void> =>
  until(() => given.upstream.listReads >= times).then(() => new Promise((resolve) => setTimeout(resolve, 40)));
