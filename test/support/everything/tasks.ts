import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { sendJson, serve, type Everything } from './http.ts';

/**
 * The fixture of the conformance scenarios of extension `io.modelcontextprotocol/tasks` (MCP 2026-07-28, Tasks), which the
 * official SDKs do not implement: a stateless server whose tools may run as tasks.
 */

type Json = Readonly<Record<string, unknown>>;
type Ended = { readonly result: Json } | { readonly error: Json };

const EXTENSION = 'io.modelcontextprotocol/tasks';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const VERSION = 'io.modelcontextprotocol/protocolVersion';
const TTL_MS = 60_000;
const extensions = { [EXTENSION]: {} };
const capabilities = { tools: {}, extensions };
const serverInfo = { name: 'tasks', version: '1.0.0' };

interface Task {
  readonly taskId: string;
  readonly createdAt: string;
  lastUpdatedAt: string;
  status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  ended?: Ended;
  readonly inputRequests: Map<string, Json>;
  readonly answers: Map<string, Json>;
  /** Called after each update. */
  resume: () => void;
}

interface TaskTool {
  readonly taskSupport: 'forbidden' | 'optional' | 'required';
  readonly properties: Json;
  /** Returns the requests to the client that precede the task; undefined to start. */
  readonly before?: (params: Json) => Json | undefined;
  readonly run: (args: Json, task: Task, params: Json) => Promise<Ended>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const said = (text: string, isError = false): Ended => ({ result: { content: [{ type: 'text', text }], isError } });
const text = { type: 'string' };
const elicit = (message: string): Json => ({
  method: 'elicitation/create',
  params: { mode: 'form', message, requestedSchema: { type: 'object', properties: { name: text } } },
});

/** Asks the client and waits for all answers. */
async function ask(task: Task, requests: Readonly<Record<string, Json>>): Promise<ReadonlyMap<string, Json>> {
  for (const [key, request] of Object.entries(requests)) task.inputRequests.set(key, request);
  task.status = 'input_required';
  await new Promise<void>((resolve) => {
    task.resume = () => {
      if (task.inputRequests.size === 0) resolve();
    };
  });
  task.status = 'working';
  return task.answers;
}

const TOOLS: Readonly<Record<string, TaskTool>> = {
  greet: {
    taskSupport: 'forbidden',
    properties: { name: text },
    run: ({ name }) => Promise.resolve(said(`Hello, ${String(name)}!`)),
  },
  slow_compute: {
    taskSupport: 'optional',
    properties: { seconds: { type: 'number' }, label: text },
    run: async ({ seconds = 0 }) => {
      await pause(Number(seconds) * 1_000);
      return said(`slept ${String(seconds)} s`);
    },
  },
  failing_job: {
    taskSupport: 'required',
    properties: {},
    run: async () => {
      await pause(200);
      return said('the job failed', true);
    },
  },
  protocol_error_job: {
    taskSupport: 'optional',
    properties: {},
    run: () => Promise.resolve({ error: { code: -32603, message: 'the job broke' } }),
  },
  confirm_delete: {
    taskSupport: 'required',
    properties: { filename: text },
    run: async ({ filename }, task) => {
      const answers = await ask(task, { confirm: elicit(`Delete ${String(filename)}?`) });
      return said(`${String(filename)}: ${String(answers.get('confirm')?.['action'])}`);
    },
  },
  multi_input: {
    taskSupport: 'required',
    properties: {},
    run: async (_args, task) => {
      const answers = await ask(task, { first: elicit('First name?'), second: elicit('Second name?') });
      return said([...answers.keys()].toSorted().join(', '));
    },
  },
  test_tool_with_task: {
    taskSupport: 'required',
    properties: {},
    before: ({ inputResponses }) =>
      inputResponses === undefined
        ? { resultType: 'input_required', inputRequests: { user_name: elicit('Name?') }, requestState: 'asked' }
        : undefined,
    run: (_args, _task, { inputResponses }) =>
      Promise.resolve(said(JSON.stringify((inputResponses as Json)['user_name']))),
  },
};

const tools = Object.entries(TOOLS).map(([name, { taskSupport, properties }]) => ({
  name,
  inputSchema: { type: 'object', properties },
  ...(taskSupport === 'forbidden' ? {} : { execution: { taskSupport } }),
}));

/** Serves tools that run as tasks to clients that declare the extension. `taskIds` returns the ids that the server gave. */
export async function tasksEverything(): Promise<Everything & { readonly taskIds: () => readonly string[] }> {
  const tasks = new Map<string, Task>();
  const served = await serve((_request, response, body) => {
    const { id, method = '', params = {} } = Object(body) as { id?: unknown; method?: string; params?: Json };
    if (id === undefined) return response.writeHead(202).end();
    const meta = Object(params['_meta']) as Json;
    if (meta[VERSION] !== '2026-07-28') {
      sendJson(response, 400, answer(id, failed(-32022, 'unsupported version', { supported: ['2026-07-28'] })));
    } else if (method === 'subscriptions/listen') {
      listen(response, id);
    } else {
      void reply(tasks, method, params).then((given) => {
        sendJson(response, 200, answer(id, given));
      });
    }
    return undefined;
  });
  return { ...served, taskIds: () => [...tasks.keys()] };
}

const answer = (id: unknown, given: object): Json => ({ jsonrpc: '2.0', id, ...given });
const failed = (code: number, message: string, data?: Json): { readonly error: Json } => ({
  error: { code, message, ...(data === undefined ? {} : { data }) },
});
const complete = (members: object = {}): { readonly result: Json } => ({
  result: { resultType: 'complete', ...members },
});
const notDeclared = failed(-32021, 'missing client capability', { requiredCapabilities: { extensions } });

function listen(response: ServerResponse, id: unknown): void {
  const params = { notifications: {}, _meta: { 'io.modelcontextprotocol/subscriptionId': id } };
  const message = { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`data: ${JSON.stringify(message)}\n\n`);
}

async function reply(tasks: Map<string, Task>, method: string, params: Json): Promise<object> {
  const declared = Object((Object((params['_meta'] as Json)[CAPABILITIES]) as Json)['extensions']) as Json;
  const isDeclared = EXTENSION in declared;
  switch (method) {
    case 'server/discover':
      return complete({ supportedVersions: ['2026-07-28'], capabilities, serverInfo, ttlMs: 0, cacheScope: 'private' });
    case 'tools/list':
      return complete({ tools, ttlMs: 0, cacheScope: 'private' });
    case 'tools/call':
      return call(tasks, params, isDeclared);
    case 'tasks/get':
    case 'tasks/update':
    case 'tasks/cancel':
      return isDeclared ? ofTask(tasks.get(String(params['taskId'])), method, params) : notDeclared;
    default:
      return failed(-32601, 'method not found');
  }
}

async function call(tasks: Map<string, Task>, params: Json, isDeclared: boolean): Promise<object> {
  const tool = TOOLS[String(params['name'])];
  if (tool === undefined) return failed(-32602, 'unknown tool');
  const args = Object(params['arguments']) as Json;
  if (tool.taskSupport === 'required' && !isDeclared) return notDeclared;
  const asked = tool.before?.(params);
  if (asked !== undefined) return { result: asked };
  const task = newTask();
  if (tool.taskSupport === 'forbidden' || !isDeclared) {
    const ended = await tool.run(args, task, params);
    return 'error' in ended ? ended : complete(ended.result);
  }
  tasks.set(task.taskId, task);
  void tool.run(args, task, params).then((ended) => {
    if (task.status === 'cancelled') return;
    task.ended = ended;
    task.status = 'error' in ended ? 'failed' : 'completed';
    task.lastUpdatedAt = new Date().toISOString();
  });
  return { result: { resultType: 'task', ...base(task), status: 'working' } };
}

function newTask(): Task {
  const createdAt = new Date().toISOString();
  return {
    taskId: randomUUID(),
    createdAt,
    lastUpdatedAt: createdAt,
    status: 'working',
    inputRequests: new Map(),
    answers: new Map(),
    resume: () => undefined,
  };
}

const base = ({ taskId, status, createdAt, lastUpdatedAt }: Task): Json => ({
  taskId,
  status,
  createdAt,
  lastUpdatedAt,
  ttlMs: TTL_MS,
  pollIntervalMs: 100,
});

function ofTask(task: Task | undefined, method: string, params: Json): object {
  if (task === undefined) return failed(-32602, 'task not found');
  if (method === 'tasks/get') {
    const asked = task.status === 'input_required' ? { inputRequests: Object.fromEntries(task.inputRequests) } : {};
    return complete({ ...base(task), ...asked, ...task.ended });
  }
  if (method === 'tasks/update') {
    for (const [key, given] of Object.entries(Object(params['inputResponses']) as Record<string, Json>))
      if (task.inputRequests.delete(key)) task.answers.set(key, given);
    task.resume();
  } else if (task.ended === undefined) task.status = 'cancelled';
  return complete();
}
