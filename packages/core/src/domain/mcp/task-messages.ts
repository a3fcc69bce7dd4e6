import { JsonEdits } from '../json/json-edits.ts';
import { RawJson } from '../json/raw-json.ts';
import type { Capabilities, McpRequest } from './mcp.ts';

/** Extension of tasks (MCP 2026-07-28, extension `io.modelcontextprotocol/tasks`). */
export const TASK_EXTENSION = 'io.modelcontextprotocol/tasks';
/** Announces the state of a task (MCP 2025-11-25, Tasks, "Status Notification"). */
export const TASK_STATUS = 'notifications/tasks/status';

const RELATED_TASK = 'io.modelcontextprotocol/related-task';
const ENDED: ReadonlySet<string | undefined> = new Set(['completed', 'failed', 'cancelled']);

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members => Object(value) as Members;

/** Returns true if a client or a service declares the extension of tasks. */
export const hasTaskExtension = (capabilities: Capabilities | undefined): boolean =>
  membersOf(capabilities?.['extensions'])[TASK_EXTENSION] !== undefined;

/** Returns true if a legacy service runs tool calls as tasks (MCP 2025-11-25, Tasks, "Server Capabilities"). */
export const runsTasks = ({ tasks }: Capabilities): boolean =>
  membersOf(membersOf(membersOf(tasks)['requests'])['tools'])['call'] !== undefined;

/** Facts about a task in a result or a notification. */
export interface TaskFacts {
  /** The id that the service gave. */
  readonly ownId: string;
  /** The task has a status that does not change any more. */
  readonly isEnded: boolean;
  /** Milliseconds for which the service keeps the task from its creation; absent without a limit. */
  readonly ttlMs?: number;
}

function factsOf(value: unknown): TaskFacts | undefined {
  const { taskId, status, ttl, ttlMs = ttl } = membersOf(value);
  if (typeof taskId !== 'string' || taskId === '') return undefined;
  const lifetime = typeof ttlMs === 'number' && ttlMs >= 0 ? { ttlMs } : {};
  return { ownId: taskId, isEnded: ENDED.has(status as string), ...lifetime };
}

/** Returns the task that a `tools/call` created; undefined for any other result. */
export function createdTask(result: RawJson): TaskFacts | undefined {
  const edits = new JsonEdits(result.bytes);
  const members = edits.members(edits.root);
  const task = members.get('task');
  if (task !== undefined) return factsOf(edits.raw(task).value);
  return edits.text(members.get('resultType')) === 'task' ? factsOf(result.value) : undefined;
}

/** Returns the task of a result of `tasks/get` or `tasks/cancel`, or of the parameters of a notification. */
export const taskOf = (result: RawJson): TaskFacts | undefined => factsOf(result.value);

/** Returns a message with another id of its task: in the task itself, and in the mark of messages that belong to a task. */
export function withTaskId(message: RawJson, id: string): RawJson {
  const edits = new JsonEdits(message.bytes);
  const members = edits.members(edits.root);
  const to = (): string => id;
  edits.change(members.get('taskId'), to);
  edits.change(edits.members(members.get('task')).get('taskId'), to);
  for (const each of [members.get('_meta'), edits.members(members.get('result')).get('_meta')])
    edits.change(edits.members(edits.members(each).get(RELATED_TASK)).get('taskId'), to);
  const bytes = edits.apply();
  return bytes === message.bytes ? message : RawJson.fromBytes(bytes);
}

/** Returns a request of a service with the id by which the client knows the task that the request belongs to. */
export function withRelatedTask({ method, params }: McpRequest, id: string): McpRequest {
  const meta = params.get('_meta');
  if (meta === undefined || membersOf(meta.value)[RELATED_TASK] === undefined) return { method, params };
  const edits = new JsonEdits(meta.bytes);
  edits.change(edits.members(edits.members(edits.root).get(RELATED_TASK)).get('taskId'), () => id);
  return { method, params: new Map(params).set('_meta', RawJson.fromBytes(edits.apply())) };
}

const known = new WeakMap<RawJson, boolean>();

/** Returns true for a tool that only runs as a task (MCP 2025-11-25, Tasks, "Tool-Level Negotiation"). */
export function requiresTask(definition: RawJson): boolean {
  const found =
    known.get(definition) ??
    (definition.text.includes('"taskSupport"') &&
      membersOf(membersOf(definition.value)['execution'])['taskSupport'] === 'required');
  known.set(definition, found);
  return found;
}
