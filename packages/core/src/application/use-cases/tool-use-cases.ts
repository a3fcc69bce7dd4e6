import type { Caller } from '../../domain/access/caller.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import {
  LEGACY_REVISIONS,
  type McpNotification,
  type McpParams,
  type McpReply,
  type RpcError,
} from '../../domain/mcp/mcp.ts';
import { toDisplayText, toPrintableAscii } from '../../domain/text/safe-text.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { McpPeer } from '../../ports/index.ts';
import type { Endpoint } from '../gateway/endpoint.ts';
import type { RuntimeGateway } from '../gateway/create-gateway.ts';
import type {
  ListedTool,
  ToolCallRequest,
  ToolCallResult,
  ToolOperations,
  ToolProgress,
} from '../../ports/inbound/tool-operations.ts';

/** Lists and calls tools for callers in this process, with the names, policies and audit of MCP clients. */
export class ToolUseCases implements ToolOperations {
  readonly #gateway: RuntimeGateway;

  constructor(gateway: RuntimeGateway) {
    this.#gateway = gateway;
  }

  /** Returns every tool that the caller may see, by name. */
  async list(caller: Caller, service?: string): Promise<readonly ListedTool[]> {
    this.#endpoint(caller, service);
    const tools: ListedTool[] = [];
    let cursor: string | undefined;
    do {
      const params = new Map(cursor === undefined ? [] : [['cursor', RawJson.of(cursor)]]);
      const reply = await this.#ask(caller, service, (peer) => peer.request({ method: 'tools/list', params }, alone()));
      const page = resultOf(reply).value as { readonly tools: readonly ListedTool[]; readonly nextCursor?: string };
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return tools;
  }

  async call(
    caller: Caller,
    { name, arguments: given = {}, rawArguments, service, signal, onProgress }: ToolCallRequest,
  ): Promise<ToolCallResult> {
    const { tools } = this.#endpoint(caller, service);
    const scope = { caller, ...(service === undefined ? {} : { service }) };
    if (!tools.routes.has(name) && !this.#gateway.awaitsLogin(scope, name))
      throw new ClarityError('TOOL_NOT_FOUND', toPrintableAscii(name), { field: 'name' });
    const params = new Map([
      ['name', RawJson.of(name)],
      ['arguments', rawArguments === undefined ? encoded(given) : checked(rawArguments)],
    ]);
    if (onProgress !== undefined) params.set('_meta', RawJson.of({ progressToken: PROGRESS_TOKEN }));
    const reply = await this.#ask(caller, service, (peer) =>
      peer.request({ method: 'tools/call', params }, alone(signal, onProgress)),
    );
    const raw = resultOf(reply);
    const { content = [], structuredContent, isError } = raw.value as Partial<ToolCallResult>;
    return {
      content,
      ...(structuredContent === undefined ? {} : { structuredContent }),
      isError: isError === true,
      raw,
    };
  }

  #endpoint(caller: Caller, service: string | undefined): Endpoint {
    const found = this.#gateway.endpoints.endpoint({ caller, ...(service === undefined ? {} : { service }) });
    if (found === undefined)
      throw new ClarityError('SERVICE_NOT_FOUND', toPrintableAscii(service ?? ''), { field: 'service' });
    return found;
  }

  /** Uses the legacy era, whose results have no envelope. Requests of the server are rejected. */
  async #ask(
    caller: Caller,
    service: string | undefined,
    request: (peer: McpPeer) => Promise<McpReply>,
  ): Promise<McpReply> {
    const scope = { caller, era: 'legacy', revision: LEGACY_REVISIONS[0] } as const;
    const peer = this.#gateway.open(service === undefined ? scope : { ...scope, service });
    try {
      return await request(peer);
    } finally {
      peer.close();
    }
  }
}

/** Each call has a peer of its own, so that one token is enough. */
const PROGRESS_TOKEN = 1;

const alone = (signal: AbortSignal = new AbortController().signal, onProgress?: (progress: ToolProgress) => void) => ({
  signal,
  send: ({ method, params }: McpNotification): void => {
    if (method === 'notifications/progress') onProgress?.(progressOf(params));
  },
  ask: () => Promise.resolve<McpReply>({ error: { code: -32601, message: 'this client accepts no requests' } }),
});

function progressOf(params: McpParams): ToolProgress {
  const [progress, total, message] = ['progress', 'total', 'message'].map((name) => params.get(name)?.value);
  return {
    progress: typeof progress === 'number' ? progress : 0,
    ...(typeof total === 'number' ? { total } : {}),
    ...(typeof message === 'string' ? { message: toDisplayText(message) } : {}),
  };
}

const OPEN_BRACE = 0x7b;

function checked(given: RawJson): RawJson {
  if (given.bytes[0] === OPEN_BRACE) return given;
  throw new ClarityError('ARGUMENTS_INVALID', 'the arguments are not a JSON object', { field: 'arguments' });
}

function encoded(given: Readonly<Record<string, unknown>>): RawJson {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(given);
  } catch (error) {
    cause = error;
  }
  if (text?.startsWith('{') === true) return RawJson.fromText(text);
  throw new ClarityError('ARGUMENTS_INVALID', 'the arguments are not a JSON object', { field: 'arguments', cause });
}

function resultOf(reply: McpReply): RawJson {
  if ('error' in reply) throw protocolError(reply.error);
  return reply.result;
}

const protocolError = (error: RpcError): ClarityError =>
  new ClarityError('UPSTREAM_FAILED', toPrintableAscii(error.message), { cause: error });
