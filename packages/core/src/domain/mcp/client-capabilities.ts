import { RpcCode, type Capabilities, type McpReply, type McpRequest } from './mcp.ts';

/** Capability that a client must declare for each request of a server to the client. */
const CAPABILITY_OF_METHOD: ReadonlyMap<string, string> = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);

/** Every capability of a client. Interfaces of services are read with it, so that gated features are listed. */
export const ALL_CLIENT_CAPABILITIES: Capabilities = {
  sampling: { context: {}, tools: {} },
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

/** Requests that a modern server may answer with requests to the client (SEP-2322). */
const INPUT_REQUIRED_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

export const allowsServerRequests = ({ method }: McpRequest): boolean => INPUT_REQUIRED_METHODS.has(method);

/** Returns the capabilities of a client that a service may use; undefined if the client declares none of them. */
export function forwardedCapabilities(capabilities: Capabilities | undefined): Capabilities | undefined {
  const declared = [...CAPABILITY_OF_METHOD.values()].filter((name) => capabilities?.[name] !== undefined);
  if (capabilities === undefined || declared.length === 0) return undefined;
  return Object.fromEntries(declared.map((name) => [name, capabilities[name]]));
}

/** Whether the client has declared the capability for the request. Mode `url` needs `elicitation.url`. */
export function declaresCapability(
  clientCapabilities: Capabilities | undefined,
  { method, params }: McpRequest,
): boolean {
  const name = CAPABILITY_OF_METHOD.get(method);
  const declared = name === undefined ? undefined : clientCapabilities?.[name];
  if (declared === undefined || declared === null) return false;
  const isUrl = name === 'elicitation' && params.get('mode')?.value === 'url';
  return !isUrl || (declared as Readonly<Record<string, unknown>>)['url'] !== undefined;
}

export const METHOD_NOT_SUPPORTED: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client does not answer that' },
};
