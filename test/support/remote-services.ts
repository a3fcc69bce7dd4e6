/* eslint-disable @typescript-eslint/no-deprecated -- the servers that people run are built with these */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { Server as LegacyServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, isInitializeRequest, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';

export interface RemoteService extends AsyncDisposable {
  readonly url: string;
}

type Handle = (req: IncomingMessage, res: ServerResponse) => unknown;

const info = { name: 'remote', version: '1.0.0' };
const capabilities = { tools: {} };
const tools = ['echo', 'steps', 'hang', 'big'].map((name) => ({
  name,
  description: `What a test calls ${name}`,
  inputSchema: { type: 'object' as const },
}));
const steps = [1, 2, 3];
/** Version 2 of the SDK client drops progress that arrives in the same chunk as the reply. */
const STEP_PAUSE_MS = 50;
const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: String(value) }] });

async function called(name: string, args: Readonly<Record<string, unknown>> = {}) {
  if (name === 'hang') await new Promise(() => undefined);
  return text(name === 'big' ? 'x'.repeat(Number(args['length'])) : args['text']);
}

/** The SDK over HTTP in the modern era. With a token it refuses other clients. */
export function modernRemote(token?: string): Promise<RemoteService> {
  const handler = createMcpHandler(
    () => {
      const server = new Server(info, { capabilities });
      server.setRequestHandler('tools/list', () => ({ tools }));
      server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
        const progressToken = mcpReq._meta?.progressToken ?? 0;
        for (const progress of params.name === 'steps' ? steps : []) {
          await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
        }
        if (params.name === 'steps') await delay(STEP_PAUSE_MS);
        return called(params.name, params.arguments);
      });
      return server;
    },
    { legacy: 'reject' },
  );
  const node = toNodeHandler(handler);
  return serve((req, res) => node(req as Parameters<typeof node>[0], res), token);
}

/** The first SDK over HTTP with sessions. */
export function legacyRemote(token?: string): Promise<RemoteService> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return serve(async (req, res) => {
    const known = sessions.get(String(req.headers['mcp-session-id']));
    const body = req.method === 'POST' ? await bodyOf(req) : undefined;
    if (known !== undefined) return known.handleRequest(req, res, body);
    if (!isInitializeRequest(body)) return res.writeHead(400).end();
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await legacyServer().connect(transport);
    return transport.handleRequest(req, res, body);
  }, token);
}

function legacyServer(): LegacyServer {
  const server = new LegacyServer(info, { capabilities });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const progressToken = extra._meta?.progressToken ?? 0;
    for (const progress of params.name === 'steps' ? steps : []) {
      await extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
    }
    if (params.name === 'steps') await delay(STEP_PAUSE_MS);
    return called(params.name, params.arguments);
  });
  return server;
}

async function serve(handle: Handle, token: string | undefined): Promise<RemoteService> {
  const server = createServer((req, res) => {
    if (token === undefined || req.headers.authorization === `Bearer ${token}`) void handle(req, res);
    else res.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{"error":"who are you?"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
