import { PAGE_CAPABILITIES, showsPages } from './app-pages.ts';
import { RpcCode, type Capabilities, type McpReply, type McpRequest } from './mcp.ts';

/** Capability that a client must declare for each request of a service (MCP 2025-11-25, "Client features"). */
export const CAPABILITY_OF_METHOD: ReadonlyMap<string, string> = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);

/**
 * All capabilities of a client. The runtime declares them to read the features that a service shows only to such clients.
 */
export const ALL_CLIENT_CAPABILITIES: Capabilities = {
  sampling: { context: {}, tools: {} },
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

/** Requests during which a modern service may send requests (MCP 2026-07-28, "Multi Round-Trip Requests"). */
const ASKING_METHODS = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** Returns whether the service may send requests to the client while it processes this request. */
export const allowsServerRequests = ({ method }: McpRequest): boolean => ASKING_METHODS.has(method);

/**
 * Returns the declared capabilities that the gateway forwards to a service: sampling, elicitation, roots; undefined if none
 * is declared.
 */
export function forwardedCapabilities(capabilities: Capabilities | undefined): Capabilities | undefined {
  const declared = [...CAPABILITY_OF_METHOD.values()].filter((name) => capabilities?.[name] !== undefined);
  if (capabilities === undefined || declared.length === 0) return undefined;
  return Object.fromEntries(declared.map((name) => [name, capabilities[name]]));
}

/** Returns the extensions that the gateway declares to a legacy service for a client that declares them; undefined without one. */
export function forwardedExtensions(capabilities: Capabilities | undefined): Capabilities | undefined {
  // Not specified: media types of pages are not forwarded, so that clients with equal extensions share a session.
  return showsPages(capabilities) ? PAGE_CAPABILITIES : undefined;
}

/** Returns everything that the gateway declares to a legacy service for a client; undefined without anything. */
export function declaredUpstream(capabilities: Capabilities | undefined): Capabilities | undefined {
  const [asks, extensions] = [forwardedCapabilities(capabilities), forwardedExtensions(capabilities)];
  return asks === undefined && extensions === undefined ? undefined : { ...asks, ...extensions };
}

const nothing = new WeakMap<Capabilities, boolean>();

/** Returns whether `declaredUpstream` has nothing for a client. Decided once per declaration. */
export function declaresNothing(capabilities: Capabilities | undefined): boolean {
  if (capabilities === undefined) return true;
  const known = nothing.get(capabilities);
  if (known !== undefined) return known;
  const isNothing = declaredUpstream(capabilities) === undefined;
  nothing.set(capabilities, isNothing);
  return isNothing;
}

/**
 * Returns whether the client declared the capability that the request needs. Mode `url` of an elicitation needs
 * `elicitation.url`.
 */
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

/** Reply to a request of a service that the client does not support (JSON-RPC 2.0 §5.1, -32601). */
export const METHOD_NOT_SUPPORTED: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client does not answer that' },
};
