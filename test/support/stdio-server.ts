/* eslint-disable @typescript-eslint/no-deprecated -- it speaks the protocol itself, without the layer for convenience */
import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

/** An MCP server over stdio, built with the SDK: it echoes, reports progress, and returns its process id and environment. */
const tools = ['echo', 'steps', 'whoami', 'breed'].map((name) => ({ name, inputSchema: { type: 'object' as const } }));
const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: String(value) }] });

serveStdio(() => {
  const server = new Server({ name: 'child', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    switch (params.name) {
      case 'steps': {
        const progressToken = mcpReq._meta?.progressToken ?? 0;
        for (const progress of [1, 2, 3]) {
          await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 3 } });
        }
        // Version 2 of the SDK client drops progress that arrives in the same chunk as the reply.
        await delay(50);
        return text('stepped');
      }
      case 'whoami':
        return text(JSON.stringify({ pid: process.pid, env: process.env, cwd: process.cwd() }));
      case 'breed':
        return text(spawn('sleep', ['600'], { stdio: 'ignore' }).pid);
      default:
        return text(params.arguments?.['text']);
    }
  });
  return server;
});
