import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Capabilities, type Era, type McpReply } from '@clarity-runtime/core';
import { EVERYTHING, rawParams, reply, type MadeConnection } from '../../support/fake-upstream.ts';
import { agent, operator, resultOf } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';
import { TestClient } from '../../support/test-client.ts';
import { withUpstream, type Upstreams } from '../../support/with-upstream.ts';

const EXTENSION = 'io.modelcontextprotocol/tasks';
const declared: Capabilities = { extensions: { [EXTENSION]: {} } };
const tasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } };
const RELATED = 'io.modelcontextprotocol/related-task';

let given: Upstreams;
let states: Map<string, string>;

/** A service that gives the ids 1, 2, … per service. */
beforeEach(async () => {
  given = await withUpstream();
  states = new Map();
  let last = 0;
  given.upstream.capabilities = { ...EVERYTHING, tasks, extensions: { [EXTENSION]: {} } };
  given.upstream.answer = ({ method, params }, _exchange, { module }) => {
    const isModern = given.upstream.era === 'modern';
    const key = `${module} ${String(params.get('taskId')?.value)}`;
    const state = { taskId: String(params.get('taskId')?.value), status: states.get(key), createdAt: 'now' };
    const known = states.has(key);
    const missing: McpReply = { error: { code: -32602, message: 'Task not found' } };
    switch (method) {
      case 'tools/call': {
        if (!isModern && !params.has('task')) return Promise.resolve(reply({ content: [], direct: true }));
        last = states.size + 1;
        states.set(`${module} ${String(last)}`, 'working');
        const task = { taskId: String(last), status: 'working', createdAt: 'now' };
        return Promise.resolve(reply(isModern ? { resultType: 'task', ...task } : { task }));
      }
      case 'tasks/cancel':
        if (known) states.set(key, 'cancelled');
        return Promise.resolve(known ? reply(isModern ? {} : { ...state, status: 'cancelled' }) : missing);
      case 'tasks/result':
        return Promise.resolve(
          known
            ? reply({
                content: [{ type: 'resource_link', uri: 'file:///x', name: 'x' }],
                _meta: { [RELATED]: { taskId: state.taskId } },
                module,
              })
            : missing,
        );
      default:
        return Promise.resolve(known ? reply(state) : missing);
    }
  };
});

const run = async (module: string, era: Era = 'legacy'): Promise<void> => {
  given.upstream.era = era;
  given.upstream.lists.set(`${module} tools`, '[{"name":"t"},{"name":"only","execution":{"taskSupport":"required"}}]');
  await given.run(module);
};
const client = (id = 'one', era: Era = 'legacy', capabilities: Capabilities = declared): TestClient =>
  new TestClient(given.runtime, { era, capabilities, caller: { ...agent, principal: { kind: 'user', id } } });
const create = async (of: TestClient, name: string): Promise<string> => {
  const result = resultOf(await of.request('tools/call', { name, arguments: {}, task: { ttl: 60_000 } }));
  const { taskId } = (result['task'] ?? result) as { taskId: string };
  return taskId;
};
const get = (of: TestClient, taskId: string, method = 'tasks/get') => of.request(method, { taskId });

describe('legacy', () => {
  test('tasks of two services with equal ids are polled, read and cancelled at their own service', async () => {
    await run('a');
    await run('b');
    states.clear();
    const one = client();
    const first = await create(one, 'a__t');
    states.delete('a 1');
    const second = await create(one, 'b__t');
    states.set('a 1', 'working');
    expect(second).not.toBe(first);
    expect(resultOf(await get(one, second))).toMatchObject({ taskId: second, status: 'working' });
    expect(resultOf(await get(one, first, 'tasks/cancel'))).toMatchObject({ taskId: first, status: 'cancelled' });
    expect([...states]).toEqual([
      ['b 1', 'working'],
      ['a 1', 'cancelled'],
    ]);
    expect(resultOf(await get(one, second, 'tasks/result'))).toMatchObject({
      module: 'b',
      _meta: { [RELATED]: { taskId: second } },
    });
  });

  test('T-430 a task of another principal does not exist', async () => {
    await run('a');
    const taskId = await create(client('one'), 'a__t');
    for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel'])
      expect(await get(client('two'), taskId, method)).toMatchObject({ error: { code: -32602 } });
    expect(resultOf(await client('two').request('tasks/list'))).toEqual({ tasks: [] });
    expect(resultOf(await client('one').request('tasks/list'))['tasks']).toMatchObject([{ taskId, status: 'working' }]);
  });

  test('a task survives the end of the session that created it', async () => {
    await run('a');
    const one = client();
    const taskId = await create(one, 'a__t');
    one.peer.close();
    expect(resultOf(await get(client(), taskId))).toMatchObject({ taskId, status: 'working' });
  });

  test('tasks/list has pages of 50 tasks', async () => {
    await run('a');
    const one = client();
    const ids: string[] = [];
    for (let at = 0; at < 60; at += 1) ids.push(await create(one, 'a__t'));
    const first = resultOf(await one.request('tasks/list')) as { tasks: { taskId: string }[]; nextCursor: string };
    const second = resultOf(await one.request('tasks/list', { cursor: first.nextCursor })) as typeof first;
    expect([...first.tasks, ...second.tasks].map(({ taskId }) => taskId)).toEqual(ids);
    expect(second.nextCursor).toBeUndefined();
  });

  test('a status notification reaches the session that created the task, with its id', async () => {
    await run('a');
    const [one, two] = [client('one'), client('two')];
    const taskId = await create(one, 'a__t');
    const made = given.upstream.made[0] as MadeConnection;
    const params = rawParams({ taskId: '1', status: 'completed' });
    made.events.onNotification?.({ method: 'notifications/tasks/status', params });
    await settled();
    expect(one.notifications.map(({ method, params: got }) => [method, got.get('taskId')?.value])).toEqual([
      ['notifications/tasks/status', taskId],
    ]);
    expect(two.notifications).toEqual([]);
  });

  test('a tool that only runs as a task gives its result to a client of either era that requests none', async () => {
    await run('a');
    for (const era of ['legacy', 'modern'] as const) {
      const result = resultOf(await client('one', era, {}).request('tools/call', { name: 'a__only', arguments: {} }));
      expect(result).toMatchObject({ module: 'a' });
    }
    expect(resultOf(await client().request('tools/call', { name: 'a__t', arguments: {} }))).toMatchObject({
      direct: true,
    });
  });

  test('a task of a removed service does not exist', async () => {
    await run('a');
    const taskId = await create(client(), 'a__t');
    const [service] = given.runtime.services.list(operator);
    await given.runtime.services.remove(operator, service?.service.serviceId ?? '');
    expect(await get(client(), taskId)).toMatchObject({ error: { code: -32602 } });
  });
});

describe('modern', () => {
  test('a task is polled, updated and cancelled at its service under its own id', async () => {
    await run('a', 'modern');
    const one = client('one', 'modern');
    const taskId = await create(one, 'a__t');
    expect(taskId).not.toBe('1');
    expect(resultOf(await get(one, taskId))).toMatchObject({ taskId, status: 'working' });
    await one.request('tasks/update', { taskId, inputResponses: { name: { action: 'accept' } } });
    await get(one, taskId, 'tasks/cancel');
    expect(given.upstream.requests.slice(1).map(({ method, params }) => [method, params.get('taskId')?.value])).toEqual(
      [
        ['tasks/get', '1'],
        ['tasks/update', '1'],
        ['tasks/cancel', '1'],
      ],
    );
    expect(states.get('a 1')).toBe('cancelled');
  });

  test('a client that does not declare the extension gets -32021, and unknown methods stay unknown', async () => {
    await run('a', 'modern');
    const taskId = await create(client('one', 'modern'), 'a__t');
    expect(await get(client('one', 'modern', {}), taskId)).toMatchObject({
      error: { code: -32021, data: { requiredCapabilities: { extensions: { [EXTENSION]: {} } } } },
    });
    for (const method of ['tasks/list', 'tasks/result'])
      expect(await get(client('one', 'modern'), taskId, method)).toMatchObject({ error: { code: -32601 } });
  });

  test('T-432 the questions of a task name their service, and its result has the URIs of the shared endpoint', async () => {
    await run('a', 'modern');
    const one = client('one', 'modern');
    const taskId = await create(one, 'a__t');
    const question = { method: 'elicitation/create', params: { message: 'Password?' } };
    given.upstream.answer = () =>
      Promise.resolve(reply({ taskId: '1', status: 'input_required', inputRequests: { q: question } }));
    expect(resultOf(await get(one, taskId))).toMatchObject({
      taskId,
      inputRequests: { q: { params: { message: 'a asks: Password?' } } },
    });
    const result = { content: [{ type: 'resource_link', uri: 'ui://app/x', name: 'x' }] };
    given.upstream.answer = () => Promise.resolve(reply({ taskId: '1', status: 'completed', result }));
    expect(resultOf(await get(one, taskId))).toMatchObject({
      taskId,
      result: { content: [{ uri: 'ui://a/app/x' }] },
    });
  });

  test('server/discover declares the extension', async () => {
    await run('a', 'modern');
    const { capabilities } = resultOf(await client('one', 'modern').request('server/discover')) as {
      capabilities: Capabilities;
    };
    expect(capabilities['extensions']).toEqual({ [EXTENSION]: {} });
    expect(capabilities).not.toHaveProperty('tasks');
  });

  test('subscriptions/listen for tasks needs the extension, and its acknowledgement names no task', async () => {
    await run('a', 'modern');
    const notifications = { taskIds: ['x'], toolsListChanged: true };
    expect(await client('one', 'modern', {}).request('subscriptions/listen', { notifications })).toMatchObject({
      error: { code: -32021, data: { requiredCapabilities: { extensions: { [EXTENSION]: {} } } } },
    });
    const one = client('one', 'modern');
    void one.request('subscriptions/listen', { notifications });
    await settled();
    expect(one.requestNotifications.map(({ params }) => params.get('notifications')?.value)).toEqual([
      { toolsListChanged: true },
    ]);
  });
});
