/* eslint-disable @typescript-eslint/no-deprecated -- the servers that people run are built with these */
import { randomUUID } from 'node:crypto';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  GetPromptRequestSchema,
  isInitializeRequest,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  ResultSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  type JSONRPCMessage,
} from '@modelcontextprotocol/sdk/types.js';
import { readResource, resources, resourceTemplates } from './contents.ts';
import { eventStore } from './event-store.ts';
import { Needed, type Fixture, type Json, type Running } from './fixture.ts';
import { rpcError, sendJson, serve, type Everything } from './http.ts';
import { capabilities, failed, info, instructions, listedPrompts, listedTools, promptOf, toolOf } from './index.ts';

type Extra = Parameters<Parameters<Server['setRequestHandler']>[1]>[1];

/** All fixtures with the first SDK: legacy era with sessions. */
export function legacyEverything(): Promise<Everything> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return serve(async (req, res, body) => {
    const id = req.headers['mcp-session-id'];
    const known = sessions.get(String(id));
    if (known !== undefined) return known.handleRequest(req, res, body);
    if (id !== undefined) {
      sendJson(res, 404, rpcError(-32001, 'no such session'));
      return;
    }
    if (!isInitializeRequest(body)) {
      sendJson(res, 400, rpcError(-32000, 'a session is needed'));
      return;
    }
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: eventStore<JSONRPCMessage>(),
      retryInterval: 500,
      onsessioninitialized: (begun) => void sessions.set(begun, transport),
      onsessionclosed: (ended) => void sessions.delete(ended),
    });
    await server().connect(transport);
    return transport.handleRequest(req, res, body);
  });
}

function server(): Server {
  const built = new Server(info, { capabilities, instructions });
  built.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...listedTools] }));
  built.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = toolOf(params.name);
    if (tool === undefined) throw new McpError(-32602, `Unknown tool: ${params.name}`);
    return await run(tool, params.arguments ?? {}, running(built, extra)).catch(failed);
  });
  built.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts: [...listedPrompts] }));
  built.setRequestHandler(GetPromptRequestSchema, async ({ params }, extra) => {
    const prompt = promptOf(params.name);
    if (prompt === undefined) throw new McpError(-32602, `Unknown prompt: ${params.name}`);
    return await run(prompt, params.arguments ?? {}, running(built, extra));
  });
  built.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: [...resources] }));
  built.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [...resourceTemplates] }));
  built.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    const found = readResource(uri);
    if (found === undefined) throw new McpError(-32002, 'Resource not found', { uri });
    return found;
  });
  built.setRequestHandler(SubscribeRequestSchema, () => ({}));
  built.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
  built.setRequestHandler(CompleteRequestSchema, () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return built;
}

async function run(fixture: Fixture, args: Json, running: Running): Promise<Json> {
  const result = await fixture.run(args, running);
  if (result instanceof Needed) throw new Error('answers are needed, which this revision cannot ask for');
  return result;
}

const running = (built: Server, extra: Extra): Running => ({
  progressToken: extra._meta?.progressToken,
  signal: extra.signal,
  capabilities: { ...built.getClientCapabilities() },
  notify: (method, params) => extra.sendNotification({ method, params }),
  request: (question) => extra.sendRequest(question, ResultSchema),
  log: (data) =>
    extra.sendNotification({
      method: 'notifications/message',
      params: { level: 'info', logger: 'everything', data },
    }),
  closeStream: () => extra.closeSSEStream?.(),
  answers: {},
  state: () => undefined,
  seal: (state) => Promise.resolve(JSON.stringify(state)),
  changed: (list) => void (list === 'tools' ? built.sendToolListChanged() : built.sendPromptListChanged()),
});
