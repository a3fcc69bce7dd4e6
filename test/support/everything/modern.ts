/* eslint-disable @typescript-eslint/no-deprecated -- it speaks the protocol itself, without the layer for convenience */
import { randomBytes, randomUUID } from 'node:crypto';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import {
  classifyInboundRequest,
  CLIENT_CAPABILITIES_META_KEY,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  isInitializeRequest,
  ProtocolError,
  Server,
  type CallToolResult,
  type GetPromptResult,
  type JSONRPCMessage,
  type McpRequestContext,
  type ReadResourceResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { readResource, resources, resourceTemplates } from './contents.ts';
import { eventStore } from './event-store.ts';
import { Needed, type Json, type Running } from './fixture.ts';
import { rpcError, sendJson, serve, type Everything } from './http.ts';
import { capabilities, failed, info, instructions, listedPrompts, listedTools, promptOf, toolOf } from './index.ts';
import { headerMismatch } from './mirrored-headers.ts';

const codec = createRequestStateCodec({ key: randomBytes(32) });
const header = (name: string, value: string | string[] | undefined): Record<string, string> =>
  typeof value === 'string' ? { [name]: value } : {};

type Era = McpRequestContext['era'];

interface Setting {
  readonly era: Era;
  readonly changed: (list: 'tools' | 'prompts') => void;
}

/** All fixtures with the second SDK: both eras on one endpoint, with sessions in the legacy era. */
export function modernEverything(): Promise<Everything> {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const changed: Setting['changed'] = (list) => {
    if (list === 'tools') handler.notify.toolsChanged();
    else handler.notify.promptsChanged();
  };
  const handler = createMcpHandler(({ era }) => server({ era, changed }), {
    legacy: 'reject',
    onerror: () => undefined,
  });
  const modern = toNodeHandler(handler);

  return serve(async (req, res, body) => {
    const { kind } = classifyInboundRequest({
      httpMethod: req.method ?? '',
      ...header('protocolVersionHeader', req.headers['mcp-protocol-version']),
      ...header('mcpMethodHeader', req.headers['mcp-method']),
      body,
    });
    if (kind !== 'legacy') {
      const mismatch = kind === 'modern' ? headerMismatch(req.headers, body) : undefined;
      if (mismatch !== undefined) {
        sendJson(res, 400, rpcError(-32020, mismatch, (body as Json)['id']));
        return;
      }
      return modern(req as Parameters<typeof modern>[0], res, body);
    }
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
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: eventStore<JSONRPCMessage>(),
      retryInterval: 500,
      onsessioninitialized: (begun) => void sessions.set(begun, transport),
      onsessionclosed: (ended) => void sessions.delete(ended),
    });
    await server({ era: 'legacy', changed }).connect(transport);
    return transport.handleRequest(req, res, body);
  });
}

function server({ era, changed }: Setting): Server {
  const built = new Server(info, {
    capabilities,
    instructions,
    requestState: { verify: (state, context) => codec.verify(state, context) },
    cacheHints: { 'tools/list': { ttlMs: 60_000, cacheScope: 'public' } },
  });
  const announce: Setting['changed'] = (list) => {
    changed(list);
    if (era === 'legacy') void (list === 'tools' ? built.sendToolListChanged() : built.sendPromptListChanged());
  };
  const running = (context: ServerContext): Running => runningOf(context, { era, built, announce });
  built.setRequestHandler('tools/list', () => ({ tools: [...listedTools] as never }));
  built.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = toolOf(params.name);
    if (tool === undefined) throw new ProtocolError(-32602, `Unknown tool: ${params.name}`);
    try {
      return answer(await tool.run(params.arguments ?? {}, running(context))) as CallToolResult;
    } catch (error) {
      return failed(error) as CallToolResult;
    }
  });
  built.setRequestHandler('prompts/list', () => ({ prompts: [...listedPrompts] as never }));
  built.setRequestHandler('prompts/get', async ({ params }, context) => {
    const prompt = promptOf(params.name);
    if (prompt === undefined) throw new ProtocolError(-32602, `Unknown prompt: ${params.name}`);
    return answer(await prompt.run(params.arguments ?? {}, running(context))) as GetPromptResult;
  });
  built.setRequestHandler('resources/list', () => ({ resources: [...resources] as never }));
  built.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...resourceTemplates] as never }));
  built.setRequestHandler('resources/read', ({ params: { uri } }) => {
    const found = readResource(uri);
    if (found === undefined) throw new ProtocolError(-32602, 'Resource not found', { uri });
    return found as ReadResourceResult;
  });
  if (era === 'legacy') {
    built.setRequestHandler('resources/subscribe', () => ({}));
    built.setRequestHandler('resources/unsubscribe', () => ({}));
  }
  built.setRequestHandler('completion/complete', () => ({ completion: { values: [], total: 0, hasMore: false } }));
  return built;
}

const answer = (result: Json | Needed): unknown =>
  result instanceof Needed
    ? inputRequired({
        inputRequests: result.inputRequests as never,
        ...(result.requestState === undefined ? {} : { requestState: result.requestState }),
      })
    : result;

interface Served {
  readonly era: Era;
  readonly built: Server;
  readonly announce: Setting['changed'];
}

const runningOf = ({ mcpReq, http }: ServerContext, { era, built, announce }: Served): Running => ({
  progressToken: mcpReq._meta?.progressToken,
  signal: mcpReq.signal,
  capabilities: {
    ...(era === 'modern'
      ? (mcpReq.envelope as Record<string, Json> | undefined)?.[CLIENT_CAPABILITIES_META_KEY]
      : built.getClientCapabilities()),
  },
  notify: (method, params) => mcpReq.notify({ method, params }),
  request: async (question) => await mcpReq.send(question as never),
  log: (data) => mcpReq.log('info', data, 'everything'),
  closeStream: () => http?.closeSSE?.(),
  answers: (mcpReq.inputResponses ?? {}) as Readonly<Record<string, Json>>,
  state: () => mcpReq.requestState<Json>(),
  seal: (state) => codec.mint(state),
  changed: announce,
});
