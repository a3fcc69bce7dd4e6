import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, grantOf, type Caller, type Runtime } from '@clarity-runtime/core';
import { createClientTransport, sdkServerConnector } from '@clarity-runtime/adapter-sdk';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const client = { name: 'program', version: '1' };
let runtime: Runtime;
let aborted: Promise<unknown>;

function shop(): McpServer {
  const server = new McpServer({ name: 'shop', version: '1' });
  server.registerTool('price', { inputSchema: { item: z.string() } }, ({ item }) => ({
    content: [{ type: 'text', text: `${item}: 3` }],
  }));
  server.registerTool('wait', {}, (extra) => {
    aborted = new Promise((resolve) => {
      extra.signal.addEventListener('abort', resolve);
    });
    return new Promise(() => undefined);
  });
  server.registerTool('order', {}, async () => {
    const answer = await server.server.elicitInput({
      message: 'How many?',
      requestedSchema: { type: 'object', properties: { count: { type: 'integer' } } },
    });
    return { content: [{ type: 'text', text: JSON.stringify(answer.content ?? {}) }] };
  });
  server.registerTool('count', {}, async (extra) => {
    const token = extra._meta?.progressToken ?? 0;
    for (const progress of [1, 2, 3]) {
      await extra.sendNotification({ method: 'notifications/progress', params: { progressToken: token, progress } });
    }
    return { content: [] };
  });
  return server;
}

beforeEach(async () => {
  const connector = sdkServerConnector({ name: 'shop', server: shop });
  runtime = await createRuntime({ connectors: [connector] });
  await runtime.services.apply(embeddedCaller, connector.manifest);
  await runtime.autostart();
});

afterEach(async () => {
  await runtime.close();
});

const namesOf = ({ tools }: { tools: readonly { name: string }[] }): string[] => tools.map(({ name }) => name);

describe('an SDK client in the process of the runtime', () => {
  test.each([
    ['version 1', () => new ClientV1(client)],
    ['version 2, legacy', () => new ClientV2(client)],
    ['version 2, modern', () => new ClientV2(client, { versionNegotiation: { mode: 'auto' } })],
  ])('%s lists and calls the tools of its caller', async (_, make) => {
    const sdk = make();
    await sdk.connect(createClientTransport(runtime, embeddedCaller));
    expect(namesOf(await sdk.listTools())).toEqual(expect.arrayContaining(['shop__price', 'shop__wait']));
    const result = await sdk.callTool({ name: 'shop__price', arguments: { item: 'tea' } });
    expect(result.content).toEqual([{ type: 'text', text: 'tea: 3' }]);
    await sdk.close();
    expect(runtime.services.list(embeddedCaller)).toHaveLength(1);
  });

  test('one service keeps the names of its tools', async () => {
    const sdk = new ClientV1(client);
    await sdk.connect(createClientTransport(runtime, embeddedCaller, { service: 'shop' }));
    expect(namesOf(await sdk.listTools())).toContain('price');
    await sdk.close();
  });

  test('a caller that may only read lists and calls no tool', async () => {
    const reader: Caller = { ...embeddedCaller, grants: [grantOf('read')] };
    const sdk = new ClientV1(client);
    await sdk.connect(createClientTransport(runtime, reader));
    expect(namesOf(await sdk.listTools())).not.toContain('shop__price');
    const refused = await sdk.callTool({ name: 'shop__price', arguments: { item: 'tea' } });
    expect(refused.isError).toBe(true);
    await sdk.close();
  });

  test('a cancelled call is cancelled at the service', async () => {
    const sdk = new ClientV1(client);
    await sdk.connect(createClientTransport(runtime, embeddedCaller));
    const cancel = new AbortController();
    const call = sdk.callTool({ name: 'shop__wait' }, undefined, { signal: cancel.signal });
    const failed = expect(call).rejects.toThrow();
    while ((aborted as Promise<unknown> | undefined) === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    cancel.abort();
    await failed;
    await aborted;
    await sdk.close();
  });

  test('progress and questions reach the client', async () => {
    const sdk = new ClientV1(client, { capabilities: { elicitation: {} } });
    sdk.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept' as const, content: { count: 2 } }));
    await sdk.connect(createClientTransport(runtime, embeddedCaller));
    const heard: number[] = [];
    await sdk.callTool({ name: 'shop__count' }, undefined, { onprogress: ({ progress }) => heard.push(progress) });
    expect(heard).toEqual([1, 2, 3]);
    const ordered = await sdk.callTool({ name: 'shop__order' });
    expect(ordered.content).toEqual([{ type: 'text', text: '{"count":2}' }]);
    await sdk.close();
  });

  test('a closed transport sends nothing, and a second start is refused', async () => {
    const transport = createClientTransport(runtime, embeddedCaller);
    await transport.start();
    await expect(transport.start()).rejects.toThrow('a transport serves one client');
    let closes = 0;
    transport.onclose = () => {
      closes += 1;
    };
    await transport.close();
    await transport.close();
    expect(closes).toBe(1);
    await expect(transport.send({ jsonrpc: '2.0', id: 1, method: 'ping' })).rejects.toThrow('not open');
  });

  test('an invalid message is answered with an error, and the next one is served', async () => {
    const transport = createClientTransport(runtime, embeddedCaller);
    const messages: unknown[] = [];
    transport.onmessage = (message) => messages.push(message);
    await transport.start();
    await transport.send({ jsonrpc: '2.0', id: 1, method: 7 });
    await transport.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    while (messages.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(messages).toEqual([
      expect.objectContaining({ id: 1, error: expect.objectContaining({ code: -32600 }) }),
      { jsonrpc: '2.0', id: 2, result: {} },
    ]);
    await transport.close();
  });
});
