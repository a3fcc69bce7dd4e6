import { RpcCode, type Capabilities, type McpReply, type McpRequest } from './mcp.ts';

/** Capability that a client must declare for each request of a service (MCP 2025-11-25, "Client features"). */
export const CAPABILITY_OF_METHOD: ReadonlyMap<string, string> = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);

/** Everything that a service may ask: what it offers to those who answer that is read under this. */
export const ALL_CLIENT_CAPABILITIES: Capabilities = {
  sampling: { context: {}, tools: {} },
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

/** Requests during which a modern service may ask. */
const ASKING_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

export const allowsServerRequests = ({ method }: McpRequest): boolean => ASKING_METHODS.has(method);

/** What a service may be offered on behalf of a client; undefined when that is nothing. */
export function forwardedCapabilities(capabilities: Capabilities | undefined): Capabilities | undefined {
  const declared = [...CAPABILITY_OF_METHOD.values()].filter((name) => capabilities?.[name] !== undefined);
  if (capabilities === undefined || declared.length === 0) return undefined;
  return Object.fromEntries(declared.map((name) => [name, capabilities[name]]));
}

/** Whether the client has declared that it answers that. */
export function declaresCapability(
  clientCapabilities: Capabilities | undefined,
  { method, params }: McpRequest,
): boolean {
  const need = CAPABILITY_OF_METHOD.get(method);
  const declared = need === undefined ? undefined : clientCapabilities?.[need];
  if (declared === undefined || declared === null) return false;
  const isUrl = need === 'elicitation' && params.get('mode')?.value === 'url';
  return !isUrl || (declared as Readonly<Record<string, unknown>>)['url'] !== undefined;
}

export const METHOD_NOT_SUPPORTED: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client does not answer that' },
};
