import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StreamableHTTPClientTransport as HttpV2 } from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { tasksEverything } from '../support/everything/tasks.ts';
import { modernRawClient } from '../support/raw-client.ts';
import { wholeV2 } from '../support/whole-clients.ts';
import { temporaryWorkspace, type Workspace } from '../support/workspace.ts';

jest.setTimeout(120_000);

const { resolve } = createRequire(import.meta.url);
const SERVER = join(dirname(resolve('@modelcontextprotocol/server-everything/package.json')), 'dist/index.js');
const TOOL = 'all__simulate-research-query';

let workspace: Workspace;
let daemon: Clarityd;

beforeAll(async () => {
  workspace = await temporaryWorkspace();
  daemon = await startClarityd({ cwd: workspace.path });
  await daemon.json('add-process', 'all', '--', process.execPath, SERVER, 'stdio');
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

/** A client of SDK v1. It answers elicitations if it declares them. */
async function open(capabilities: object = {}): Promise<Client> {
  const client = new Client({ name: 'tasks', version: '1.0.0' }, { capabilities });
  if ('elicitation' in capabilities) {
    client.setRequestHandler(ElicitRequestSchema, () => ({
      action: 'accept' as const,
      content: { interpretation: 'technical' },
    }));
  }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${daemon.url}/mcp`)));
  await client.listTools();
  return client;
}

/** Calls the tool as a task. Returns the types of all messages, the id of the task, and the last message. */
async function stream(client: Client, args: Record<string, unknown>) {
  const types: string[] = [];
  let taskId = '';
  let last: unknown;
  for await (const message of client.experimental.tasks.callToolStream({ name: TOOL, arguments: args })) {
    types.push(message.type);
    if (message.type === 'taskCreated') ({ taskId } = message.task);
    last = message;
  }
  return { types, taskId, last };
}

test('the tasks of the reference server run for a client of SDK v1: created, polled, and read', async () => {
  const client = await open();
  const { types, taskId, last } = await stream(client, { topic: 'gateways' });
  expect(types[0]).toBe('taskCreated');
  expect(types).toContain('taskStatus');
  expect(last).toMatchObject({ type: 'result', result: { content: [{ text: expect.stringContaining('gateways') }] } });
  const other = await open();
  const { tasks } = await other.experimental.tasks.listTasks();
  expect(tasks).toMatchObject([{ taskId, status: 'completed' }]);
  await client.close();
  await other.close();
});

test('a question of a task reaches the client of the task', async () => {
  const client = await open({ elicitation: {} });
  const { last } = await stream(client, { topic: 'python', ambiguous: true });
  expect(last).toMatchObject({ type: 'result', result: { content: [{ text: expect.stringContaining('technical') }] } });
  await client.close();
});

test('a task is cancelled by another session of the same caller', async () => {
  const client = await open();
  const messages = client.experimental.tasks.callToolStream({ name: TOOL, arguments: { topic: 'cancelled' } });
  const first = await messages.next();
  const taskId = first.value?.type === 'taskCreated' ? first.value.task.taskId : '';
  const other = await open();
  expect(await other.experimental.tasks.cancelTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
  expect(await client.experimental.tasks.getTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
  await expect(client.experimental.tasks.getTask('unknown')).rejects.toMatchObject({ code: -32602 });
  await client.close();
  await other.close();
});

test('a client of SDK v2 without tasks gets the result of a tool that only runs as a task', async () => {
  const client = await wholeV2(new HttpV2(new URL(`${daemon.url}/mcp`)));
  expect(await client.call(TOOL, { topic: 'patience' })).toMatchObject({
    content: [{ text: expect.stringContaining('patience') }],
  });
  await client.close();
});

const EXTENSION = 'io.modelcontextprotocol/tasks';

describe('tasks of a modern service', () => {
  let service: Awaited<ReturnType<typeof tasksEverything>>;
  beforeAll(async () => {
    service = await tasksEverything();
    await daemon.json('add-remote', '--endpoint', service.url, '--module', 'jobs');
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });

  /** A stateless client: each one is a new connection. */
  async function ask(method: string, params: Record<string, unknown>, path = '/mcp'): Promise<Record<string, unknown>> {
    const client = modernRawClient(`${daemon.url}${path}`, { elicitation: {}, extensions: { [EXTENSION]: {} } });
    const { result, error } = await client.request(method, params);
    return JSON.parse(result ?? error ?? '{}') as Record<string, unknown>;
  }
  const call = async (name: string, args: object = {}): Promise<string> => {
    const created = await ask('tools/call', { name: `jobs__${name}`, arguments: args });
    expect(created).toMatchObject({ resultType: 'task', status: 'working', ttlMs: 60_000 });
    return String(created['taskId']);
  };
  /** Polls until the status is not `working`. */
  async function ended(taskId: string, path?: string): Promise<Record<string, unknown>> {
    for (;;) {
      const task = await ask('tasks/get', { taskId }, path);
      if (task['status'] !== 'working') return task;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('a task is created, polled and read under an id of the gateway, on both endpoints', async () => {
    const taskId = await call('slow_compute', { seconds: 0.2 });
    expect(service.taskIds()).not.toContain(taskId);
    const expected = { taskId, status: 'completed', result: { content: [{ type: 'text', text: 'slept 0.2 s' }] } };
    expect(await ended(taskId)).toMatchObject(expected);
    expect(await ask('tasks/get', { taskId }, '/mcp/jobs')).toMatchObject(expected);
    expect(await ask('tasks/get', { taskId }, '/mcp/all')).toMatchObject({ code: -32602 });
  });

  test('a task asks its client, continues after the answer, and survives a reconnection of its service', async () => {
    const taskId = await call('confirm_delete', { filename: 'x' });
    expect(await ended(taskId)).toMatchObject({
      status: 'input_required',
      inputRequests: { confirm: { params: { message: 'jobs asks: Delete x?' } } },
    });
    await daemon.json('restart', 'jobs');
    const inputResponses = { confirm: { action: 'accept', content: {} } };
    expect(await ask('tasks/update', { taskId, inputResponses })).toMatchObject({ resultType: 'complete' });
    expect(await ended(taskId)).toMatchObject({ status: 'completed', result: { content: [{ text: 'x: accept' }] } });
  });

  test('a task is cancelled, and a failed one has the error of the service', async () => {
    const taskId = await call('slow_compute', { seconds: 30 });
    expect(await ask('tasks/cancel', { taskId })).toMatchObject({ resultType: 'complete' });
    expect(await ended(taskId)).toMatchObject({ taskId, status: 'cancelled' });
    const failed = await call('protocol_error_job');
    expect(await ended(failed)).toMatchObject({ status: 'failed', error: { code: -32603, message: 'the job broke' } });
  });

  test('a client without the extension gets results of optional tasks and -32021 for required ones', async () => {
    const plain = modernRawClient(`${daemon.url}/mcp`);
    const run = (name: string) => plain.request('tools/call', { name: `jobs__${name}`, arguments: {} });
    expect((await run('slow_compute')).result).toContain('slept 0 s');
    expect((await run('failing_job')).error).toContain('-32021');
  });
});
