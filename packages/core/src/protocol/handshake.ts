import {
  type Capabilities,
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  type Era,
  type Implementation,
  type McpReply,
  type McpRequest,
  type RpcError,
} from '../domain/mcp/mcp.ts';
import { HOPS_META } from '../domain/mcp/gateway-hops.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import type { OutgoingRequest } from './transport.ts';
import { toDisplayText, valueText } from '../domain/text/safe-text.ts';

const LISTS = ['tools', 'resources', 'prompts'] as const;

/** Returns the lists whose changes the service announces. */
export const announcedListChanges = (capabilities: Capabilities): readonly (typeof LISTS)[number][] =>
  LISTS.filter((list) => (capabilities[list] as { listChanged?: unknown } | null | undefined)?.listChanged === true);

/** Returns the filter of `subscriptions/listen` (MCP 2026-07-28) for the announced lists; `undefined` without any. */
export function listenFilter(capabilities: Capabilities): Readonly<Record<string, true>> | undefined {
  const lists = announcedListChanges(capabilities);
  if (lists.length === 0) return undefined;
  return Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true as const]));
}

/** Result of a handshake: era, protocol version, capabilities and identity of the service. */
export interface HandshakeResult {
  readonly era: Era;
  readonly revision: string;
  readonly capabilities: Capabilities;
  readonly info?: Implementation;
  readonly instructions?: string;
}

/** The first request to a service whose era is unknown: `server/discover` (MCP 2026-07-28). */
export const discoverRequest: McpRequest = { method: 'server/discover', params: new Map() };

/** Returns the `initialize` request for the latest legacy revision. */
export const initializeRequest = (client: Implementation, capabilities: Capabilities): McpRequest => ({
  method: 'initialize',
  params: new Map([
    ['protocolVersion', RawJson.of(LEGACY_REVISIONS[0])],
    ['capabilities', RawJson.of(capabilities)],
    ['clientInfo', RawJson.of(client)],
  ]),
});

/**
 * Returns the notification that cancels a sent request; undefined for the requests of the handshake, which must not be cancelled
 * (MCP 2025-11-25, "Cancellation").
 */
export function cancellationOf({ id, request: { method } }: Pick<OutgoingRequest, 'id' | 'request'>) {
  if (method === 'initialize' || method === 'server/discover') return undefined;
  return { method: 'notifications/cancelled', params: new Map([['requestId', RawJson.of(id)]]) };
}

/** Adds the mark of this gateway to a request, for a transport without headers. */
export function withHopMark({ method, params }: McpRequest, mark: string | undefined): McpRequest {
  if (mark === undefined) return { method, params };
  return { method, params: new Map(params).set('_meta', RawJson.of({ [HOPS_META]: [mark] })) };
}

/** Reads the reply to `server/discover` (MCP 2026-07-28). Returns `legacy` if the client has to send `initialize`. */
export function readDiscovery(reply: McpReply): HandshakeResult | 'legacy' {
  if ('error' in reply) return 'legacy';
  const result = objectOf(reply.result.value);
  const versions: unknown = result['supportedVersions'];
  if (!Array.isArray(versions) || !versions.includes(MODERN_REVISION)) return 'legacy';
  const meta = objectOf(result['_meta']);
  return { era: 'modern', revision: MODERN_REVISION, ...identity(result, meta['io.modelcontextprotocol/serverInfo']) };
}

/**
 * Reads the reply to `initialize` (MCP 2025-11-25, Lifecycle, "Initialization").
 * @throws ClarityError UPSTREAM_PROTOCOL when the reply is an error or its protocol version is not supported.
 */
export function readInitialization(reply: McpReply): HandshakeResult {
  if ('error' in reply) {
    throw new ClarityError('UPSTREAM_PROTOCOL', `initialize failed: ${toDisplayText(reply.error.message)}`);
  }
  const result = objectOf(reply.result.value);
  const written = result['protocolVersion'];
  const revision = LEGACY_REVISIONS.find((known) => known === (written === OLDER_REVISION ? OLDEST_REVISION : written));
  if (revision === undefined) {
    const version = toDisplayText(valueText(written), 40);
    throw new ClarityError('UPSTREAM_PROTOCOL', `protocol version '${version}' of the service is not supported`);
  }
  return { era: 'legacy', revision, ...identity(result, result['serverInfo']) };
}

/** A draft that differs from the first release in no message of this side. */
const OLDER_REVISION = '2024-10-07';
const OLDEST_REVISION = '2024-11-05';

/** Tells if only a service of the modern era sends this error. */
export const isModernError = ({ code }: RpcError): boolean =>
  code === RpcCode.headerMismatch ||
  code === RpcCode.missingClientCapability ||
  code === RpcCode.unsupportedProtocolVersion;

function identity(
  result: Readonly<Record<string, unknown>>,
  serverInfo: unknown,
): Omit<HandshakeResult, 'era' | 'revision'> {
  const info = objectOf(serverInfo);
  const { name, version } = info;
  const { instructions } = result;
  const hasIdentity = typeof name === 'string' && typeof version === 'string';
  return {
    capabilities: objectOf(result['capabilities']),
    ...(hasIdentity ? { info: { name, version, ...shownIdentity(info) } } : {}),
    ...(typeof instructions === 'string' ? { instructions } : {}),
  };
}

/** Maximum count of characters of the icons of a service as JSON. */
const MAX_ICONS_LENGTH = 64 * 1024;

/** Returns the optional members of an `Implementation` (MCP 2025-11-25, Schema) that have their type. */
function shownIdentity({
  icons,
  ...info
}: Readonly<Record<string, unknown>>): Omit<Implementation, 'name' | 'version'> {
  const texts = (['title', 'description', 'websiteUrl'] as const).filter((name) => typeof info[name] === 'string');
  const hasIcons = Array.isArray(icons) && JSON.stringify(icons).length <= MAX_ICONS_LENGTH;
  return {
    ...Object.fromEntries(texts.map((name) => [name, info[name]])),
    ...(hasIcons ? { icons: icons as readonly unknown[] } : {}),
  };
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
