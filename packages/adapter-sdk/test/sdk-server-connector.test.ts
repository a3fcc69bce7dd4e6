import * as kit from '@jest/globals';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import { sdkServerConnector, type SdkServer } from '@clarity-runtime/adapter-sdk';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import { serviceConnectorContract } from '@clarity-runtime/core/testing';
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer as McpServerV2 } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { contractServerV1, contractServerV2 } from './support/contract-servers.ts';

const { expect, test } = kit;
const versions = { 'version 1': contractServerV1, 'version 2': contractServerV2 };

for (const [version, server] of Object.entries(versions)) {
  serviceConnectorContract(kit, `an SDK server of ${version}`, () => {
    const connector = sdkServerConnector({ name: 'contract', server });
    const { manifest } = connector;
    const service = {
      schema: 1,
      serviceId: deriveServiceId(manifest),
      namespace: 'contract',
      manifest,
      revision: '1',
    } as const;
    return Promise.resolve({ connector, service, close: () => Promise.resolve() });
  });
}

const info = { name: 'greeter', version: '1' };
const greeting = ({ name }: { name: string }) => ({ content: [{ type: 'text' as const, text: `Hello, ${name}` }] });

function greeterV1(): McpServerV1 {
  const server = new McpServerV1(info);
  server.registerTool('greet', { inputSchema: { name: z.string() } }, greeting);
  return server;
}

function greeterV2(): McpServerV2 {
  const server = new McpServerV2(info);
  server.registerTool('greet', { inputSchema: z.object({ name: z.string() }) }, greeting);
  return server;
}

/** A server of version 2 in the modern era: its stdio entry over another transport. */
function modernGreeter(): SdkServer {
  let handle: { close(): Promise<void> } | undefined;
  return {
    connect: (transport) => {
      handle = serveStdio(greeterV2, { transport });
      return Promise.resolve();
    },
    close: async () => handle?.close(),
  };
}

test.each([
  ['McpServer of version 1', greeterV1],
  ['McpServer of version 2', greeterV2],
  ['the stdio entry of version 2', modernGreeter],
])('%s is a service: listed, called, stopped and started again', async (_, make) => {
  const connector = sdkServerConnector({ name: 'greeter', server: make() });
  await using runtime = await createRuntime({ connectors: [connector] });
  const { service } = await runtime.services.apply(embeddedCaller, connector.manifest);
  for (const name of ['Ada', 'Grace']) {
    await runtime.services.start(embeddedCaller, service.serviceId);
    expect((await runtime.tools.list(embeddedCaller)).map((tool) => tool.name)).toEqual(['greeter__greet']);
    const result = await runtime.tools.call(embeddedCaller, { name: 'greeter__greet', arguments: { name } });
    expect(result).toMatchObject({ isError: false, content: [{ type: 'text', text: `Hello, ${name}` }] });
    await runtime.services.stop(embeddedCaller, service.serviceId);
  }
});

test('a tool that the server adds later is listed', async () => {
  const server = new McpServerV1({ name: 'growing', version: '1' });
  server.registerTool('one', {}, () => ({ content: [] }));
  const connector = sdkServerConnector({ name: 'growing', server });
  await using runtime = await createRuntime({ connectors: [connector] });
  await runtime.services.apply(embeddedCaller, connector.manifest);
  await runtime.autostart();
  const changed = new Promise((resolve) => runtime.on('tools.changed', resolve));
  server.registerTool('two', {}, () => ({ content: [] }));
  await changed;
  expect((await runtime.tools.list(embeddedCaller)).map((tool) => tool.name)).toEqual(['growing__one', 'growing__two']);
});

test('a server that fails to connect is a failed start that names the cause', async () => {
  const connector = sdkServerConnector({ name: 'broken', server: () => Promise.reject(new Error('no database')) });
  await using runtime = await createRuntime({ connectors: [connector] });
  const { service } = await runtime.services.apply(embeddedCaller, connector.manifest);
  const { status } = await runtime.services.start(embeddedCaller, service.serviceId);
  expect(status).toMatchObject({ health: 'DEGRADED', lastError: expect.stringContaining('no database') });
});

test('a server that closes itself is started again', async () => {
  let starts = 0;
  let last: SdkServer | undefined;
  const connector = sdkServerConnector({
    name: 'short',
    server: () => {
      starts += 1;
      last = greeterV1();
      return last;
    },
  });
  await using runtime = await createRuntime({ connectors: [connector] });
  await runtime.services.apply(embeddedCaller, connector.manifest);
  await runtime.autostart();
  const before = starts;
  await last?.close();
  const result = await runtime.tools.call(embeddedCaller, { name: 'short__greet', arguments: { name: 'Ada' } });
  expect(result.isError).toBe(false);
  expect(starts).toBeGreaterThan(before);
});

test.each(['', 'Upper', 'a b', '-x', 'x'.repeat(65)])('the name %j is refused', (name) => {
  expect(() => sdkServerConnector({ name, server: contractServerV1 })).toThrow(/must match/);
});
