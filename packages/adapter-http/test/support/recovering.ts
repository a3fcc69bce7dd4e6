import { createRuntime, embeddedCaller, RawJson, type McpReply, type Runtime } from '@clarity-runtime/core';
import { httpConnector } from '../../src/index.ts';
import { json, type Handle } from './mcp-upstream.ts';
import { remoteManifest } from './remote-service.ts';

/** Milliseconds of calls under faults; `npm run soak:recovery` sets a longer time. */
export const SOAK_MS = Number(process.env['CLARITY_SOAK_SECONDS'] ?? '4') * 1_000;

/** Lists `echo`, which is safe to repeat, and `write`, which is not; other requests are not handled. */
export const annotated =
  (tools: () => readonly string[] = () => []): Handle =>
  ({ method, id }, response) => {
    if (method !== 'tools/list') return false;
    const echo = { name: 'echo', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } };
    const others = ['write', ...tools()].map((name) => ({ name, inputSchema: { type: 'object' } }));
    json(response, 200, { jsonrpc: '2.0', id, result: { tools: [echo, ...others] } });
    return true;
  };

export interface RemoteRuntime extends AsyncDisposable {
  readonly runtime: Runtime;
  /** Registers and starts a service; returns its id. */
  add(endpoint: string, module: string): Promise<string>;
}

/** A runtime with remote services over the real connector and a health check every 200 ms. */
export async function remoteRuntime(startLimitMs = 15_000): Promise<RemoteRuntime> {
  const connector = httpConnector({ limits: { reopenMs: 20, noticeMs: 500 } });
  const supervision = { probeIntervalMs: 200, probeTimeoutMs: 500, startLimitMs, firstRestartMs: 100 };
  const runtime = await createRuntime({ connectors: [connector] }, { words: 'program', supervision });
  return {
    runtime,
    add: async (endpoint, module) => {
      const { metadata, ...rest } = remoteManifest(endpoint);
      const manifest = { ...rest, metadata: { ...metadata, module } };
      const { service } = await runtime.services.apply(embeddedCaller, manifest);
      await runtime.services.start(embeddedCaller, service.serviceId);
      return service.serviceId;
    },
    [Symbol.asyncDispose]: () => runtime.close(),
  };
}

/** Calls a tool through the gateway and returns its reply. */
export function callThrough(runtime: Runtime, name: string, args: object = {}): Promise<McpReply> {
  const peer = runtime.gateway.open({ caller: embeddedCaller, era: 'legacy', revision: '2025-11-25' });
  const params = new Map([
    ['name', RawJson.of(name)],
    ['arguments', RawJson.of(args)],
  ]);
  const exchange = {
    signal: new AbortController().signal,
    send: () => undefined,
    ask: () => Promise.reject(new Error('no request to the client is expected')),
  };
  return peer.request({ method: 'tools/call', params }, exchange);
}

/** Returns the text of a successful reply, or a description of a failed one. */
export function outcomeOf(reply: McpReply): string {
  if ('error' in reply) return `error: ${reply.error.message}`;
  const { content, isError } = reply.result.value as { content: readonly { text: string }[]; isError?: boolean };
  return `${isError === true ? 'failed: ' : ''}${content.map(({ text }) => text).join()}`;
}

/**
 * Starts two clients with ten calls per second each. The returned function ends them and reports every unexpected outcome.
 */
export function twoClients(
  runtime: Runtime,
  name: string,
): () => Promise<{ calls: number; failed: readonly string[] }> {
  const calls: Promise<string | undefined>[] = [];
  const client = (who: string) =>
    setInterval(() => {
      const text = `${who} ${String(calls.length)}`;
      calls.push(
        callThrough(runtime, name, { text }).then((reply) => {
          const outcome = outcomeOf(reply);
          return outcome === text ? undefined : outcome;
        }),
      );
    }, 100);
  const timers = [client('a'), client('b')];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    const failed = (await Promise.all(calls)).filter((outcome) => outcome !== undefined);
    return { calls: calls.length, failed };
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
