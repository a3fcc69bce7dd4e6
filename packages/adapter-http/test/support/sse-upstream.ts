import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contractAnswer } from '@clarity-runtime/core/testing';
import { event } from './mcp-upstream.ts';

export interface SseUpstream {
  readonly url: string;
  readonly posts: string[];
  readonly streams: Set<ServerResponse>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An MCP server over HTTP+SSE that follows the specification. `endpoint` is the URL for messages; `isLost` refuses them. */
export async function sseUpstream(endpoint = '/messages?session=1', isLost = () => false): Promise<SseUpstream> {
  const posts: string[] = [];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      streams.add(response);
      response.on('close', () => streams.delete(response));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: endpoint\r\ndata: ${endpoint}\r\n\r\n`);
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (isLost()) {
        response.writeHead(404).end('Could not find session');
        return;
      }
      response.writeHead(202).end();
      const {
        id,
        method = '',
        params = {},
      } = JSON.parse(Buffer.concat(parts).toString('utf8')) as {
        id?: unknown;
        method?: string;
        params?: object;
      };
      posts.push(method);
      if (id === undefined) return;
      const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},`;
      const opened = { protocolVersion: '2024-11-05', capabilities: {}, serverInfo: { name: 'sse', version: '1' } };
      const { before, result, error } =
        method === 'initialize' ? { before: [], result: JSON.stringify(opened) } : contractAnswer(method, params);
      const messages = [...before];
      if (result !== undefined) messages.push(`${head}"result":${result}}`);
      else if (error !== undefined) messages.push(`${head}"error":${JSON.stringify(error)}}`);
      for (const stream of streams) stream.write(messages.map((each) => event(each)).join(''));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/sse`,
    posts,
    streams,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
