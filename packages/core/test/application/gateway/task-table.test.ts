import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { Connection } from '@clarity-runtime/core/ports';
import { ClientSession } from '../../../src/application/gateway/client-session.ts';
import { TaskTable } from '../../../src/application/gateway/task-table.ts';
import { systemEntropy } from '../../../src/composition/system-entropy.ts';
import { agent } from '../../support/speak.ts';

const clientOf = (id: string, service?: string): ClientSession =>
  new ClientSession({
    caller: { ...agent, principal: { kind: 'user', id } },
    era: 'legacy',
    revision: '2025-11-25',
    ...(service === undefined ? {} : { service }),
  });
const connection = {} as Connection;
const serviceOf = (namespace: string) => ({ serviceId: `svc_${namespace}`, namespace }) as never;
const working = (ownId: string) => ({ ownId, isEnded: false, ttlMs: 60_000 });

function table() {
  const clock = new ManualClock();
  const tasks = new TaskTable(clock, systemEntropy);
  let released = 0;
  const add = (client: ClientSession, namespace: string, ownId: string) =>
    tasks.add(
      {
        service: serviceOf(namespace),
        tool: 'run',
        connection,
        isShared: true,
        client,
        release: () => (released += 1),
      },
      working(ownId),
    );
  return { clock, tasks, add, released: () => released };
}

test('T-430 a principal whose grants no longer allow the tool neither finds nor lists the task', () => {
  const { tasks, add } = table();
  const { id } = add(clientOf('one'), 'a', '1');
  const { scope } = clientOf('one');
  const narrowed = (services: readonly string[]) =>
    new ClientSession({
      ...scope,
      caller: { ...scope.caller, grants: [{ verbs: ['read', 'call'], services, tools: ['*'] }] },
    });
  expect(tasks.find(id, narrowed(['a']))?.ownId).toBe('1');
  expect(tasks.find(id, narrowed(['b']))).toBeUndefined();
  expect(tasks.page(narrowed(['b']), undefined, 10)).toEqual([]);
});

test('T-430 a task is found by its principal alone, also in another session, and on the endpoint of its service', () => {
  const { tasks, add } = table();
  const [one, again, other] = [clientOf('one'), clientOf('one'), clientOf('other')];
  const { id } = add(one, 'a', '1');
  expect(tasks.find(id, again)?.ownId).toBe('1');
  expect(tasks.find(id, other)).toBeUndefined();
  expect(tasks.find(id, clientOf('one', 'a'))?.ownId).toBe('1');
  expect(tasks.find(id, clientOf('one', 'b'))).toBeUndefined();
  for (const wrong of ['1', '', undefined, 7]) expect(tasks.find(wrong, one)).toBeUndefined();
});

test('a task is forgotten a minute after its lifetime, and its connection is released once', () => {
  const { clock, tasks, add, released } = table();
  const one = clientOf('one');
  const task = add(one, 'a', '1');
  clock.advance(119_000);
  expect(tasks.find(task.id, one)).toBe(task);
  clock.advance(1_000);
  expect(tasks.find(task.id, one)).toBeUndefined();
  tasks.ended(task);
  tasks.remove(task);
  expect(released()).toBe(1);
});

test('a task that its client forgets releases its connection at the end of its lifetime', async () => {
  const { clock, tasks, add, released } = table();
  add(clientOf('one'), 'a', '1');
  clock.advance(120_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(released()).toBe(1);
  expect(tasks.ofService('svc_a', '1')).toBeUndefined();
});

test('T-431 a principal with 1,000 tasks that have not ended gets QUOTA_EXCEEDED, others do not', () => {
  const { tasks, add } = table();
  const [one, other] = [clientOf('one'), clientOf('other')];
  const all = Array.from({ length: 1_000 }, (_, at) => add(one, 'a', String(at)));
  expect(() => {
    tasks.assertRoom(one);
  }).toThrow('1000 tasks');
  tasks.assertRoom(other);
  if (all[0] !== undefined) tasks.ended(all[0]);
  tasks.assertRoom(one);
});

test('law: equal ids of two services are two tasks, and a list has the tasks of its principal', () => {
  const made = fc.array(
    fc.tuple(fc.constantFrom('p', 'q'), fc.constantFrom('a', 'b'), fc.constantFrom('1', '2', '3')),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(made, (given) => {
      const { tasks, add } = table();
      const clients = { p: clientOf('p'), q: clientOf('q') };
      const latest = new Map<string, string>();
      for (const [who, namespace, ownId] of given) {
        // The latest task with this id of this service: a service gives an id once.
        add(clients[who as 'p'], namespace, ownId);
        latest.set(`${namespace} ${ownId}`, who);
      }
      for (const who of ['p', 'q'] as const) {
        const listed = tasks
          .page(clients[who], undefined, 100)
          .map(({ service, ownId }) => `${service.namespace} ${ownId}`);
        expect(listed.toSorted()).toEqual(
          [...latest]
            .filter(([, owner]) => owner === who)
            .map(([key]) => key)
            .toSorted(),
        );
      }
    }),
  );
});
