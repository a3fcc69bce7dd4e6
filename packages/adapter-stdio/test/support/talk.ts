import { embeddedCaller, RawJson, type CallLimits, type McpReply, type Service } from '@clarity-runtime/core';
import { resolveCallLimits } from '@clarity-runtime/core/internal';
import type {
  Connection,
  ConnectionEvents,
  ServiceConnector,
  UpstreamRequestOptions,
} from '@clarity-runtime/core/ports';

export interface Heard extends ConnectionEvents {
  readonly changes: string[];
  readonly lines: string[];
  readonly losses: string[];
}

export function listener(): Heard {
  const changes: string[] = [];
  const lines: string[] = [];
  const losses: string[] = [];
  return {
    changes,
    lines,
    losses,
    onListChanged: (what) => changes.push(what),
    onLog: (line) => lines.push(line),
    onClose: (why) => losses.push(why),
  };
}

/** Final limits of requests over connections of `connect`. The runtime computes them in its call path. */
const limitsOf = new WeakMap<Connection, (requested: CallLimits) => CallLimits>();

export async function connect(
  connector: ServiceConnector,
  service: Service,
  events: ConnectionEvents = listener(),
): Promise<Connection> {
  const connection = await connector.connect(service, events, { signal: AbortSignal.timeout(20_000) });
  const { spec } = service.manifest;
  limitsOf.set(connection, (requested) => resolveCallLimits(spec, requested, connector.defaultLimits));
  return connection;
}

export type Asked = Partial<UpstreamRequestOptions> & { readonly args?: object; readonly meta?: object };

export function callTool(
  connection: Connection,
  name: string,
  { args = {}, meta, ...over }: Asked = {},
): Promise<McpReply> {
  const params = new Map([
    ['name', RawJson.of(name)],
    ['arguments', RawJson.of(args)],
  ]);
  if (meta !== undefined) params.set('_meta', RawJson.of(meta));
  const { idleMs = 0, totalMs = 0, maxReplyBytes = 0 } = over;
  const resolve = limitsOf.get(connection) ?? ((requested: CallLimits) => requested);
  return connection.request(
    { method: 'tools/call', params },
    {
      caller: embeddedCaller,
      signal: new AbortController().signal,
      onNotification: () => undefined,
      onRequest: () => Promise.resolve({ result: RawJson.of({ answered: true }) }),
      onSent: () => undefined,
      ...over,
      ...resolve({ idleMs, totalMs, maxReplyBytes }),
    },
  );
}

export const valueOf = (reply: McpReply): unknown => ('result' in reply ? reply.result.value : reply.error);

/** Waits until the condition is true. Throws after 10 seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_000; left > 0; left -= 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come to hold');
}

/** Returns whether a process with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Kills a process, or with a negative id a group of processes. It may have ended: a record stays until its descendants end. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
