import { createClientTransport, sdkServerConnector } from '@clarity-runtime/adapter-sdk';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { report } from './greeting.ts';

function clockServer(): McpServer {
  const server = new McpServer({ name: 'clock', version: '1.0.0' });
  server.registerTool('year', { description: 'Returns a year.' }, () => ({
    content: [{ type: 'text', text: '2026' }],
  }));
  return server;
}

/** A client and a server of the official SDK talk through a runtime, without a socket. */
async function main(): Promise<object> {
  const clock = sdkServerConnector({ name: 'clock', server: clockServer });
  await using runtime = await createRuntime({ connectors: [clock] });
  await runtime.services.apply(embeddedCaller, clock.manifest);
  await runtime.autostart();
  const client = new Client({ name: 'program', version: '1.0.0' });
  await client.connect(createClientTransport(runtime, embeddedCaller));
  const { tools } = await client.listTools();
  const { content } = await client.callTool({ name: 'clock__year' });
  await client.close();
  return { tools: tools.map(({ name }) => name), content };
}

report(main());
