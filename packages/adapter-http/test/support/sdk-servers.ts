/* eslint-disable @typescript-eslint/no-deprecated -- the servers that people run are built with these */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { Server as LegacyServer } from '@modelcontextprotocol/sdk/server/index.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  CreateMessageResultSchema,
  isInitializeRequest,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';

const INFO = { name: 'sdk', version: '1.0.0' };
const CAPABILITIES = { tools: { listChanged: true }, logging: {} };
const tool = (name: string) => ({ name, inputSchema: { type: 'object' as const } });
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const TOOLS = ['echo', 'steps', 'ask', 'slow', 'change'].map(tool);

export interface SdkServer {
  readonly url: string;
  /** `slow` when the tool waits, then `cancelled` when it is aborted. */
  readonly waits: string[];
  /** Sends a notification that the list of tools has changed. */
  change(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

type Node = (request: IncomingMessage, response: ServerResponse) => unknown;

async function serve(handle: Node, rest: Omit<SdkServer, 'url' | symbol>, path: string): Promise<SdkServer> {
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...rest,
    url: `http://127.0.0.1:${String(port)}${path}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function legacyServer(waits: string[]): LegacyServer {
  const server = new LegacyServer(INFO, { capabilities: CAPABILITIES });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const { name, arguments: args = {} } = params;
    if (name === 'steps') {
      const progressToken = extra._meta?.progressToken ?? 0;
      for (const progress of [1, 2, 3]) {
        await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
      }
    }
    if (name === 'ask') {
      const asked = { method: 'sampling/createMessage' as const, params: { messages: [], maxTokens: 1 } };
      return text(JSON.stringify(await extra.sendRequest(asked, CreateMessageResultSchema)));
    }
    if (name === 'slow') {
      waits.push(name);
      await new Promise<void>((resolve) => {
        extra.signal.addEventListener('abort', () => {
          waits.push('cancelled');
          resolve();
        });
      });
    }
    return text(String(args['text']));
  });
  return server;
}

/** SDK version 1 with sessions, the base of most existing servers. */
export async function sdkLegacy(): Promise<SdkServer> {
  const waits: string[] = [];
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const servers = new Set<LegacyServer>();
  const handle: Node = async (request, response) => {
    const known = sessions.get(String(request.headers['mcp-session-id']));
    const body = request.method === 'POST' ? await bodyOf(request) : undefined;
    if (known !== undefined) return known.handleRequest(request, response, body);
    if (!isInitializeRequest(body)) return response.writeHead(400).end('{"error":"session required"}');
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = legacyServer(waits);
    servers.add(server);
    await server.connect(transport);
    return transport.handleRequest(request, response, body);
  };
  const change = async (): Promise<void> => {
    for (const server of servers) await server.sendToolListChanged();
  };
  return serve(handle, { waits, change }, '/mcp');
}

/** SDK version 1 over HTTP+SSE. */
export async function sdkSse(): Promise<SdkServer> {
  const waits: string[] = [];
  const transports = new Map<string, SSEServerTransport>();
  const servers = new Set<LegacyServer>();
  const handle: Node = async (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      transports.set(transport.sessionId, transport);
      const server = legacyServer(waits);
      servers.add(server);
      return server.connect(transport);
    }
    const transport = transports.get(url.searchParams.get('sessionId') ?? '');
    if (transport === undefined) return response.writeHead(404).end();
    return transport.handlePostMessage(request, response, await bodyOf(request));
  };
  const change = async (): Promise<void> => {
    for (const server of servers) await server.sendToolListChanged();
  };
  return serve(handle, { waits, change }, '/sse');
}

/** SDK version 2: modern, without sessions. */
export async function sdkModern(): Promise<SdkServer> {
  const waits: string[] = [];
  const handler = createMcpHandler(
    () => {
      const server = new Server(INFO, { capabilities: CAPABILITIES });
      server.setRequestHandler('tools/list', () => ({ tools: TOOLS }));
      server.setRequestHandler('tools/call', async ({ params }, context) => {
        const { name, arguments: args = {} } = params;
        if (name === 'steps') {
          const progressToken = context.mcpReq._meta?.progressToken ?? 0;
          for (const progress of [1, 2, 3]) {
            await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
          }
        }
        if (name === 'slow') {
          waits.push(name);
          await new Promise<void>((resolve) => {
            context.mcpReq.signal.addEventListener('abort', () => {
              waits.push('cancelled');
              resolve();
            });
          });
        }
        return text(String(args['text']));
      });
      return server;
    },
    { legacy: 'reject' },
  );
  const change = (): Promise<void> => {
    handler.notify.toolsChanged();
    return Promise.resolve();
  };
  const node = toNodeHandler(handler);
  const handle: Node = (request, response) => node(request as Parameters<typeof node>[0], response);
  return serve(handle, { waits, change }, '/mcp');
}

/** SDK version 2 as a legacy server with sessions. */
export async function sdkModernAsLegacy(): Promise<SdkServer> {
  const waits: string[] = [];
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const servers = new Set<Server>();
  const handle: Node = async (request, response) => {
    const known = sessions.get(String(request.headers['mcp-session-id']));
    const body = request.method === 'POST' ? await bodyOf(request) : undefined;
    if (known !== undefined) return known.handleRequest(request, response, body);
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = new Server(INFO, { capabilities: CAPABILITIES });
    server.setRequestHandler('tools/list', () => ({ tools: TOOLS }));
    server.setRequestHandler('tools/call', ({ params }) => text(String(params.arguments?.['text'])));
    servers.add(server);
    await server.connect(transport);
    return transport.handleRequest(request, response, body);
  };
  const change = async (): Promise<void> => {
    for (const server of servers) await server.sendToolListChanged();
  };
  return serve(handle, { waits, change }, '/mcp');
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
