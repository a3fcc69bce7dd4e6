/* eslint-disable @typescript-eslint/no-deprecated -- they answer with exact results, without the layer for convenience */
import { Server as ServerV2 } from '@modelcontextprotocol/server';
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { contractAnswer } from '@clarity-runtime/core/testing';
import type { SdkServer } from '@clarity-runtime/adapter-sdk';

interface Notifier {
  readonly signal: AbortSignal;
  readonly notify: (notification: {
    method: 'notifications/progress';
    params: { progressToken: string | number; progress: number };
  }) => Promise<void>;
}

/** Answers as the service of the connector contract. A number is a text, because the SDK has doubles only. */
async function answer(method: string, params: unknown, { signal, notify }: Notifier): Promise<Record<string, unknown>> {
  if ((params as { name?: string }).name === 'exact') return { content: [{ type: 'text', text: '9007199254740993' }] };
  const { before, result, error } = contractAnswer(method, params);
  for (const text of before) await notify(JSON.parse(text) as Parameters<Notifier['notify']>[0]);
  if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
  if (result === undefined)
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
  return JSON.parse(result ?? '{"content":[]}') as Record<string, unknown>;
}

const info = { name: 'contract', version: '1' };
const options = { capabilities: { tools: {} } };

export function contractServerV1(): SdkServer {
  const server = new ServerV1(info, options);
  const notifier = (extra: { signal: AbortSignal; sendNotification: Notifier['notify'] }): Notifier => ({
    signal: extra.signal,
    notify: (notification) => extra.sendNotification(notification),
  });
  server.setRequestHandler(
    ListToolsRequestSchema,
    ({ method, params }, extra) => answer(method, params ?? {}, notifier(extra)) as never,
  );
  server.setRequestHandler(
    CallToolRequestSchema,
    ({ method, params }, extra) => answer(method, params, notifier(extra)) as never,
  );
  return server;
}

export function contractServerV2(): SdkServer {
  const server = new ServerV2(info, options);
  for (const method of ['tools/list', 'tools/call'] as const) {
    server.setRequestHandler(
      method,
      ({ params }, context) =>
        answer(method, params ?? {}, {
          signal: context.mcpReq.signal,
          notify: (notification) => context.mcpReq.notify(notification),
        }) as never,
    );
  }
  return server;
}
