import type { CallLimits } from '../../domain/calls/call-limits.ts';
import { failure, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import { JsonEdits } from '../../domain/json/json-edits.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { declaresCapability, METHOD_NOT_SUPPORTED } from '../../domain/mcp/client-capabilities.ts';
import { RpcCode, type McpNotification, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { silentRequest } from '../../domain/mcp/silent-request.ts';
import {
  createdTask,
  hasTaskExtension,
  requiresTask,
  runsTasks,
  TASK_EXTENSION,
  TASK_STATUS,
  taskOf,
  withRelatedTask,
  withTaskId,
} from '../../domain/mcp/task-messages.ts';
import type { Service } from '../../domain/services/service.ts';
import { valueText } from '../../domain/text/safe-text.ts';
import type { Connection, Exchange, UpstreamRequestOptions } from '../../ports/index.ts';
import type { Backends } from './backends.ts';
import type { BridgedRequest } from './bridged-request.ts';
import type { ClientSession } from './client-session.ts';
import { toClientError } from './error-mapping.ts';
import type { PerClientConnections } from './per-client-connections.ts';
import { namedQuestion, namedTaskRequests } from './questions.ts';
import type { ResourceRouter } from './resource-router.ts';
import { withShownUris } from './shown-uris.ts';
import type { Task, TaskTable } from './task-table.ts';

export interface TaskRouterDependencies {
  readonly table: TaskTable;
  readonly backends: Pick<Backends, 'connection' | 'find'>;
  readonly perClient: Pick<PerClientConnections, 'use'>;
  readonly limitsOf: (service: Service) => CallLimits;
  readonly shownUri: ResourceRouter['shownUri'];
  readonly words: FailureWords;
}

const METHODS = {
  legacy: new Set(['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel']),
  modern: new Set(['tasks/get', 'tasks/update', 'tasks/cancel']),
} as const;
const PAGE = 50;

/** Routes tasks (MCP 2025-11-25, Tasks; extension `io.modelcontextprotocol/tasks` of 2026-07-28) to the services that run them. */
export class TaskRouter {
  readonly #dependencies: TaskRouterDependencies;

  constructor(dependencies: TaskRouterDependencies) {
    this.#dependencies = dependencies;
  }

  /** Returns true if the reply to a `tools/call` over this connection may be a task. */
  mayCreate({ client: { scope } }: BridgedRequest, { method, params }: McpRequest, { era }: Connection): boolean {
    if (method !== 'tools/call' || scope.era !== era) return false;
    return era === 'legacy' ? params.has('task') : hasTaskExtension(scope.clientCapabilities);
  }

  /**
   * Sends a call that may create a task. Returns the reply with the id by which the client uses the task.
   * @throws ClarityError QUOTA_EXCEEDED when the client has too many tasks.
   */
  async create(connection: Connection, bridged: BridgedRequest, send: () => Promise<McpReply>): Promise<McpReply> {
    const { table, backends, perClient } = this.#dependencies;
    const { service, client } = bridged;
    table.assertRoom(client);
    const release = perClient.use(connection);
    const reply = await send().catch((error: unknown) => {
      release();
      throw error;
    });
    const facts = 'error' in reply ? undefined : createdTask(reply.result);
    if ('error' in reply || facts === undefined) {
      release();
      return reply;
    }
    const isShared = backends.connection(service.serviceId) === connection;
    const tool = valueText(bridged.request.params.get('name')?.value);
    const task = table.add({ service, tool, connection, isShared, client, release }, facts);
    return { ...reply, result: withTaskId(reply.result, task.id) };
  }

  /** Returns true if the tool only runs as a task, and the client does not request one. */
  isTaskOnly({ definition }: BridgedRequest, { method, params }: McpRequest, connection: Connection): boolean {
    if (method !== 'tools/call' || definition === undefined || connection.era !== 'legacy') return false;
    return requiresTask(definition) && !params.has('task') && runsTasks(connection.capabilities);
  }

  /** Runs a tool as a task of the runtime and returns its result, for a client that does not request tasks. */
  async runToEnd(connection: Connection, request: McpRequest, options: UpstreamRequestOptions): Promise<McpReply> {
    const ttl = options.totalMs > 0 ? { ttl: options.totalMs } : {};
    const params = new Map(request.params).set('task', RawJson.of(ttl));
    const reply = await connection.request({ ...request, params }, options);
    const facts = 'error' in reply ? undefined : createdTask(reply.result);
    if ('error' in reply || facts === undefined) return reply;
    const own = new Map([['taskId', RawJson.of(facts.ownId)]]);
    try {
      // The service answers when the task ends: it may be silent until then.
      return await connection.request({ method: 'tasks/result', params: own }, { ...options, idleMs: 0 });
    } catch (error) {
      const limits = { idleMs: 0, totalMs: options.totalMs, maxReplyBytes: options.maxReplyBytes };
      const cancel = { method: 'tasks/cancel', params: own };
      connection.request(cancel, silentRequest(new AbortController().signal, limits)).catch(() => undefined);
      throw error;
    }
  }

  /** Handles `tasks/*`; undefined for a method that the era of the client does not have. */
  async request(client: ClientSession, request: McpRequest, exchange: Exchange): Promise<McpReply | undefined> {
    const { era, clientCapabilities } = client.scope;
    if (!METHODS[era].has(request.method)) return undefined;
    if (era === 'modern' && !hasTaskExtension(clientCapabilities)) return TASKS_NOT_DECLARED;
    if (request.method === 'tasks/list') return this.#list(client, request, exchange);
    const task = this.#dependencies.table.find(request.params.get('taskId')?.value, client);
    if (task === undefined) return NOT_FOUND;
    return toClientError(await this.#send(task, client, request, exchange), era, request);
  }

  /** Sends the state of a task to the session that created it. */
  notified(serviceId: string, { method, params }: McpNotification): void {
    if (method !== TASK_STATUS) return;
    const ownId = params.get('taskId')?.value;
    const task = typeof ownId === 'string' ? this.#dependencies.table.ofService(serviceId, ownId) : undefined;
    if (task === undefined) return;
    task.client?.scope.notify?.({ method, params: new Map(params).set('taskId', RawJson.of(task.id)) });
    const status = params.get('status')?.value;
    if (taskOf(RawJson.of({ taskId: ownId, status }))?.isEnded === true) this.#dependencies.table.ended(task);
  }

  /** Lists the tasks of this principal only: the list of the service has those of others too. */
  async #list(client: ClientSession, { params }: McpRequest, exchange: Exchange): Promise<McpReply> {
    const cursor = params.get('cursor')?.value;
    const after = typeof cursor === 'string' ? cursor : undefined;
    const tasks = this.#dependencies.table.page(client, after, PAGE);
    const get = { method: 'tasks/get', params: new Map<string, RawJson>() };
    const replies = await Promise.all(tasks.map((task) => this.#send(task, client, get, exchange)));
    const shown = replies.flatMap((reply) => ('error' in reply ? [] : [reply.result.value]));
    const last = tasks.length === PAGE ? { nextCursor: tasks.at(-1)?.id } : {};
    return { result: RawJson.of({ tasks: shown, ...last }) };
  }

  async #send(task: Task, client: ClientSession, request: McpRequest, exchange: Exchange): Promise<McpReply> {
    const { table, backends, limitsOf, shownUri } = this.#dependencies;
    const { service } = task;
    const current = backends.find(service.serviceId);
    const connection = task.isShared ? backends.connection(service.serviceId) : task.connection;
    if (current?.manifest.spec.enabled !== true || connection === undefined)
      return unavailable(`${service.namespace} does not run; the task is available again when it runs`);
    const params = new Map(request.params).set('taskId', RawJson.of(task.ownId));
    try {
      const options = this.#optionsOf(task, client, exchange, limitsOf(current));
      const idle = request.method === 'tasks/result' ? { idleMs: 0 } : {};
      const reply = await connection.request({ ...request, params }, { ...options, ...idle });
      if ('error' in reply) return reply;
      if (taskOf(reply.result)?.isEnded === true || request.method === 'tasks/result') table.ended(task);
      const named = namedTaskRequests(service, reply);
      if ('error' in named) return named;
      const mapped = withTaskId(named.result, task.id);
      const { scope } = client;
      if (scope.service !== undefined) return { ...reply, result: mapped };
      return { ...reply, result: withUrisOfTask(mapped, (uri) => shownUri(scope, service, uri)) };
    } catch (error) {
      const reason = isClarityError(error) ? error.failure : failure('INTERNAL', 'the service connection failed');
      const { message, hint } = this.#dependencies.words(reason);
      return unavailable(`${message}; ${hint}`);
    }
  }

  #optionsOf(task: Task, { scope }: ClientSession, exchange: Exchange, limits: CallLimits): UpstreamRequestOptions {
    return {
      ...silentRequest(exchange.signal, limits),
      caller: scope.caller,
      onRequest: (question) =>
        scope.era === 'legacy' && !task.isShared && declaresCapability(scope.clientCapabilities, question)
          ? exchange.ask(withRelatedTask(namedQuestion(task.service, question), task.id))
          : Promise.resolve(METHOD_NOT_SUPPORTED),
    };
  }
}

/** Changes the URIs of a result, and of the result that a task of the modern era contains. */
function withUrisOfTask(result: RawJson, change: (uri: string) => string): RawJson {
  const edits = new JsonEdits(result.bytes);
  const inner = edits.members(edits.root).get('result');
  if (inner === undefined) return withShownUris(result, change);
  edits.replace(inner, withShownUris(edits.raw(inner), change));
  return RawJson.fromBytes(edits.apply());
}

const NOT_FOUND: McpReply = { error: { code: RpcCode.invalidParams, message: 'task not found' } };
/** Reply to a modern client that uses tasks without declaring the extension (MCP 2026-07-28, Tasks, "Protocol Errors"). */
export const TASKS_NOT_DECLARED: McpReply = {
  error: {
    code: RpcCode.missingClientCapability,
    message: `missing client capability: ${TASK_EXTENSION}`,
    data: { requiredCapabilities: { extensions: { [TASK_EXTENSION]: {} } } },
  },
};
const unavailable = (message: string): McpReply => ({ error: { code: RpcCode.internalError, message } });
