import { allowsOn } from '../../domain/access/decide.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { TaskFacts } from '../../domain/mcp/task-messages.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock, Connection, Entropy } from '../../ports/index.ts';
import type { ClientSession } from './client-session.ts';

/** One task of a service, and the principal that may use it. */
export interface Task {
  /** The id that clients know. */
  readonly id: string;
  readonly ownId: string;
  readonly service: Service;
  /** Name of the tool in the service: a caller that may not call it any more does not see its tasks. */
  readonly tool: string;
  /** The connection that created the task. */
  readonly connection: Connection;
  /** Other clients use the connection too: its successor after a reconnection knows the task. */
  readonly isShared: boolean;
  readonly owner: string;
  readonly expiresAt: number;
  /** The session that created the task, for notifications; undefined after its end. */
  client: ClientSession | undefined;
  isEnded: boolean;
  /** Aborts when the task is removed. */
  readonly removed: AbortController;
  /** Allows the connection to close when it is idle. */
  readonly release: () => void;
}

export type NewTask = Pick<Task, 'service' | 'tool' | 'connection' | 'isShared' | 'release'> & {
  readonly client: ClientSession;
};

const MAX_OF_PRINCIPAL = 1_000;
const MAX_TASKS = 10_000;
/** Longest time that a task is known, also if its service keeps it longer. */
const MAX_LIFETIME_MS = 24 * 3_600_000;
/** A service may keep a task somewhat longer than it promises. */
const GRACE_MS = 60_000;
const ID_BYTES = 16;

/**
 * The tasks that services created for clients, in memory: a task ends with the runtime. Each has an id of its own, so that equal ids
 * of two services do not collide and a principal cannot use the task of another one.
 */
export class TaskTable {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  /** In order of creation. */
  readonly #tasks = new Map<string, Task>();
  readonly #byOwnId = new Map<string, Task>();
  readonly #counts = new Map<string, number>();

  constructor(clock: Clock, entropy: Entropy) {
    this.#clock = clock;
    this.#entropy = entropy;
  }

  /** @throws ClarityError QUOTA_EXCEEDED when the principal, or all together, have too many tasks that have not ended. */
  assertRoom({ scope }: ClientSession): void {
    const owner = principalKey(scope.caller);
    if ((this.#counts.get(owner) ?? 0) >= MAX_OF_PRINCIPAL || this.#tasks.size >= MAX_TASKS) this.#purge(owner);
    if ((this.#counts.get(owner) ?? 0) >= MAX_OF_PRINCIPAL)
      throw new ClarityError('QUOTA_EXCEEDED', `${String(MAX_OF_PRINCIPAL)} tasks have not ended`);
    if (this.#tasks.size >= MAX_TASKS)
      throw new ClarityError('QUOTA_EXCEEDED', `${String(MAX_TASKS)} tasks of all clients have not ended`);
  }

  /** Adds a task. A service that gives the same id again means the same task. */
  add({ client, ...made }: NewTask, { ownId, isEnded, ttlMs = MAX_LIFETIME_MS }: TaskFacts): Task {
    const owner = principalKey(client.scope.caller);
    const known = this.#byOwnId.get(ownKey(made.service.serviceId, ownId));
    if (known?.owner === owner && known.connection === made.connection) {
      made.release();
      return known;
    }
    if (known !== undefined) this.remove(known);
    const id = [...this.#entropy.bytes(ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const lifetimeMs = Math.min(ttlMs, MAX_LIFETIME_MS) + GRACE_MS;
    const expiresAt = this.#clock.monotonic() + lifetimeMs;
    const removed = new AbortController();
    const task: Task = { ...made, id, ownId, owner, expiresAt, client, isEnded, removed };
    // A task that its client forgets holds its connection until then.
    void this.#clock.after(lifetimeMs, removed.signal).then(() => {
      this.remove(task);
    });
    this.#tasks.set(id, task);
    this.#byOwnId.set(ownKey(made.service.serviceId, ownId), task);
    this.#counts.set(owner, (this.#counts.get(owner) ?? 0) + 1);
    client.onClose(() => {
      task.client = undefined;
    });
    if (isEnded) made.release();
    return task;
  }

  /** Returns a task of this client; undefined for an unknown id, that of another principal, and outside of its endpoint. */
  find(id: unknown, { scope }: ClientSession): Task | undefined {
    const task = typeof id === 'string' ? this.#tasks.get(id) : undefined;
    if (task === undefined || !isUsableBy(task, scope)) return undefined;
    if (task.expiresAt > this.#clock.monotonic()) return task;
    this.remove(task);
    return undefined;
  }

  /** Returns the task with the id that its service gave. */
  ofService(serviceId: string, ownId: string): Task | undefined {
    return this.#byOwnId.get(ownKey(serviceId, ownId));
  }

  /** Returns at most `count` tasks of this client after the one with id `after`, newest last. */
  page({ scope }: ClientSession, after: string | undefined, count: number): readonly Task[] {
    const now = this.#clock.monotonic();
    const all = [...this.#tasks.values()].filter((task) => isUsableBy(task, scope) && task.expiresAt > now);
    const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return all.slice(from, from + count);
  }

  ended(task: Task): void {
    if (task.isEnded) return;
    task.isEnded = true;
    task.release();
  }

  remove(task: Task): void {
    if (!this.#tasks.delete(task.id)) return;
    task.removed.abort();
    const key = ownKey(task.service.serviceId, task.ownId);
    if (this.#byOwnId.get(key) === task) this.#byOwnId.delete(key);
    const left = (this.#counts.get(task.owner) ?? 1) - 1;
    if (left === 0) this.#counts.delete(task.owner);
    else this.#counts.set(task.owner, left);
    this.ended(task);
  }

  /** Removes the tasks of a service that was removed or replaced. */
  drop(serviceId: string): void {
    for (const task of this.#tasks.values()) if (task.service.serviceId === serviceId) this.remove(task);
  }

  #purge(owner: string): void {
    const now = this.#clock.monotonic();
    for (const task of this.#tasks.values())
      if (task.expiresAt <= now || (task.isEnded && task.owner === owner)) this.remove(task);
  }
}

const ownKey = (serviceId: string, ownId: string): string => JSON.stringify([serviceId, ownId]);
/** A task belongs to the principal that created it, on the endpoints of its service, while it may call the tool. */
function isUsableBy({ owner, service, tool }: Task, { caller, service: only }: ClientSession['scope']): boolean {
  if (owner !== principalKey(caller) || !allowsOn(caller, 'call', service.namespace, tool)) return false;
  return only === undefined || only === service.namespace || only === service.serviceId;
}
