/* eslint-disable @typescript-eslint/no-deprecated -- the servers that people run are built with these */
import { Server as LegacyServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

/** A server of SDK 1 (`first`) or SDK 2 (`second`). Its tools report progress, wait and change the tool list. */
const info = { name: 'sdk', version: '1.0.0' };
const capabilities = { tools: { listChanged: true } };
const tools = ['echo', 'steps', 'change'].map((name) => ({ name, inputSchema: { type: 'object' as const } }));
const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: String(value) }] });

async function first(): Promise<void> {
  const server = new LegacyServer(info, { capabilities });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const progressToken = extra._meta?.progressToken ?? 0;
    if (params.name === 'steps') {
      for (const progress of [1, 2, 3]) {
        await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
      }
    }
    if (params.name === 'change') await server.sendToolListChanged();
    return text(params.arguments?.['text']);
  });
  await server.connect(new StdioServerTransport());
}

function second(): void {
  serveStdio(() => {
    const server = new Server(info, { capabilities });
    server.setRequestHandler('tools/list', () => ({ tools }));
    server.setRequestHandler('tools/call', async ({ params }, context) => {
      const progressToken = context.mcpReq._meta?.progressToken ?? 0;
      if (params.name === 'steps') {
        for (const progress of [1, 2, 3]) {
          await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
        }
      }
      if (params.name === 'change') await server.sendToolListChanged();
      return text(params.arguments?.['text']);
    });
    return server;
  });
}

if (process.argv[2] === 'first') await first();
else second();
