import {
  embeddedCaller,
  type CallLimits,
  RawJson,
  type Manifest,
  type McpNotification,
  type McpReply,
  type RemoteMcpOrigin,
  type Service,
} from '@clarity-runtime/core';
import { resolveCallLimits, deriveServiceId } from '@clarity-runtime/core/internal';
import type { Connection, ConnectionEvents, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { httpConnector } from '../../src/index.ts';
import type { HttpConnectorOptions } from '../../src/index.ts';

export type RemoteOver = Partial<RemoteMcpOrigin> & { readonly policy?: Manifest['spec']['policy'] };

export function remoteManifest(endpoint: string, { policy, ...over }: RemoteOver = {}): Manifest {
  return {
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: endpoint, module: 'remote' },
    spec: {
      origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http', ...over },
      enabled: true,
      autostart: true,
      policyRef: 'default',
      restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
      ...(policy === undefined ? {} : { policy }),
    },
  };
}

export function remoteService(endpoint: string, over: RemoteOver = {}): Service {
  const manifest = remoteManifest(endpoint, over);
  return { schema: 1, serviceId: deriveServiceId(manifest), namespace: 'remote', manifest, revision: '1' };
}

/** Records the events of a connection. */
export interface Heard extends ConnectionEvents {
  readonly changes: string[];
  readonly lines: string[];
  readonly losses: string[];
}

export function listener(): Heard {
  const [changes, lines, losses]: string[][] = [[], [], []] as never;
  return {
    changes: changes ?? [],
    lines: lines ?? [],
    losses: losses ?? [],
    onListChanged: (what) => changes?.push(what),
    onLog: (line) => lines?.push(line),
    onClose: (why) => losses?.push(why),
  };
}

export interface ConnectTo extends RemoteOver {
  readonly options?: HttpConnectorOptions;
  readonly events?: ConnectionEvents;
}

/** Final limits of requests over connections of `connectTo`, which the runtime computes otherwise. */
const limitsOf = new WeakMap<Connection, (requested: CallLimits) => CallLimits>();

export async function connectTo(
  endpoint: string,
  { options = {}, events = listener(), ...over }: ConnectTo = {},
): Promise<Connection> {
  const connector = httpConnector(options);
  const service = remoteService(endpoint, over);
  const connection = await connector.connect(service, events, { signal: AbortSignal.timeout(20_000) });
  const { spec } = service.manifest;
  limitsOf.set(connection, (requested) => resolveCallLimits(spec, requested, connector.defaultLimits));
  return connection;
}

export type Asked = Partial<UpstreamRequestOptions> & {
  readonly args?: object;
  readonly meta?: object;
  readonly notices?: McpNotification[];
};

export function request(
  connection: Connection,
  method: string,
  params: object,
  { notices, ...over }: Asked = {},
): Promise<McpReply> {
  const members = new Map(Object.entries(params).map(([name, value]) => [name, RawJson.of(value)]));
  const { idleMs = 0, totalMs = 0, maxReplyBytes = 0 } = over;
  const resolve = limitsOf.get(connection) ?? ((requested: CallLimits) => requested);
  return connection.request(
    { method, params: members },
    {
      caller: embeddedCaller,
      signal: new AbortController().signal,
      onNotification: (notice) => notices?.push(notice),
      onRequest: () => Promise.resolve({ result: RawJson.of({ answered: true }) }),
      onSent: () => undefined,
      ...over,
      ...resolve({ idleMs, totalMs, maxReplyBytes }),
    },
  );
}

export const callTool = (connection: Connection, name: string, { args = {}, meta, ...over }: Asked = {}) =>
  request(connection, 'tools/call', { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) }, over);

export const valueOf = (reply: McpReply): unknown => ('result' in reply ? reply.result.value : reply.error);

/** Returns the error code of a rejected promise. */
export const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
