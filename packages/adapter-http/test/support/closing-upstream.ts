import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { MODERN_REVISION } from '@clarity-runtime/core';

const RESULTS: Readonly<Record<string, object>> = {
  'server/discover': { supportedVersions: [MODERN_REVISION], capabilities: { tools: {} } },
  'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
  'tools/call': { content: [{ type: 'text', text: 'done' }] },
};

/** A modern MCP server that closes every connection, so that each request looks up its host. */
export async function startClosingUpstream(): Promise<Server> {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    req.on('end', () => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      const reply = JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...RESULTS[method] } });
      res.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(reply);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
