import { createClientTransport, sdkServerConnector } from '@clarity-runtime/adapter-sdk';
import { createRuntime, embeddedCaller, type Caller } from '@clarity-runtime/core';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

function weatherServer(): McpServer {
  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  server.registerTool('today', { inputSchema: { city: z.string() } }, ({ city }) => ({
    content: [{ type: 'text', text: `Sun in ${city}` }],
  }));
  return server;
}

/** Calls the tool as `caller` and returns its text, with the kinds of the audit events of the call. */
export async function askForWeather(city: string, caller: Caller = embeddedCaller) {
  const weather = sdkServerConnector({ name: 'weather', server: weatherServer });
  await using runtime = await createRuntime({ connectors: [weather] });
  await runtime.services.apply(embeddedCaller, weather.manifest);
  await runtime.autostart();

  const kinds: string[] = [];
  runtime.on('audited', ({ kind }) => kinds.push(kind));
  const client = new Client({ name: 'program', version: '1.0.0' });
  await client.connect(createClientTransport(runtime, caller));
  const { content, isError } = await client.callTool({ name: 'weather__today', arguments: { city } });
  await client.close();
  return { content, isError, kinds };
}
