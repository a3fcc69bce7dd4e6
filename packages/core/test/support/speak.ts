import { grantOf, RawJson, type Caller, type Era, type McpReply, type Runtime } from '@clarity-runtime/core';
import type { Exchange } from '@clarity-runtime/core/ports';

export const operator: Caller = {
  tenant: 'default',
  principal: { kind: 'loopback', id: 'operator' },
  credential: { kind: 'none', id: 'loopback' },
  door: 'http',
  grants: [grantOf('read', 'call', 'inspect', 'operate', 'provision', 'secrets', 'approve', 'admin')],
};

export const agent: Caller = {
  ...operator,
  principal: { kind: 'loopback', id: 'loopback' },
  door: 'mcp',
  grants: [grantOf('read', 'call', 'inspect', 'operate')],
};

/** Returns the caller with another credential. */
export const withId = (caller: Caller, id: string): Caller => ({
  ...caller,
  principal: { ...caller.principal, id },
  credential: { ...caller.credential, id },
});

export const quiet = (signal: AbortSignal = new AbortController().signal): Exchange => ({
  signal,
  send: () => undefined,
  ask: () => Promise.resolve({ error: { code: -32601, message: 'no' } }),
});

export interface Asked {
  readonly caller?: Caller;
  readonly era?: Era;
  readonly service?: string;
  readonly signal?: AbortSignal;
}

/** Opens a client, sends one request and returns the reply. */
export async function ask(
  runtime: Runtime,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  { caller = agent, era = 'modern', service, signal }: Asked = {},
): Promise<McpReply> {
  const revision = era === 'modern' ? '2026-07-28' : '2025-11-25';
  const peer = runtime.gateway.open({ caller, era, revision, ...(service === undefined ? {} : { service }) });
  const members = new Map(Object.entries(params).map(([name, value]) => [name, RawJson.of(value)]));
  return peer.request({ method, params: members }, quiet(signal));
}

/** Returns the result of a reply as plain data. Throws for an error reply. */
export function resultOf(reply: McpReply): Record<string, unknown> {
  if ('error' in reply) throw new Error(`the reply is an error: ${reply.error.message}`);
  return reply.result.value as Record<string, unknown>;
}

export const namesOf = (reply: McpReply): readonly string[] =>
  (resultOf(reply).tools as { name: string }[]).map(({ name }) => name);
