import {
  RpcCode,
  type McpParams,
  type RpcError,
  LEGACY_REVISIONS,
  MODERN_REVISION,
  SUPPORTED_REVISIONS,
  type Caller,
  type Capabilities,
  type Era,
  type McpNotification,
  type McpRequest,
  type RawJson,
} from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { scanEnvelope, type JsonMembers } from '@clarity-runtime/core/protocol';
import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import { standardHeaderError, mismatch } from './header-validation.ts';
import { invalidRequest } from './rpc-message.ts';

export type RequestMeta = { readonly members: JsonMembers } | { readonly error: RpcError };

const NONE: RequestMeta = { members: new Map() };
const BROKEN: RequestMeta = {
  error: { code: RpcCode.invalidParams, message: 'params._meta must be an object in which no member stands twice' },
};

/** The members of `params._meta`; none when it is absent. */
export function readMeta(params: McpParams): RequestMeta {
  const meta = params.get('_meta');
  if (meta === undefined) return NONE;
  const scan = scanEnvelope(meta.bytes, '');
  return scan.kind === 'object' ? scan : BROKEN;
}

/** In which era and revision a message is to be understood, and what its client says of itself. */
export interface ProtocolClassification {
  readonly era: Era;
  readonly revision: string;
  readonly clientCapabilities?: Capabilities;
  readonly client?: NonNullable<Caller['client']>;
}

const PREFIX = 'io.modelcontextprotocol/';
/** The one revision that has batches; it is also the one of clients that send no header, which came after it. */
export const BATCH_REVISION = '2025-03-26';
export const SESSION_HEADER = 'mcp-session-id';
const MAX_NAME_LENGTH = 64;

/**
 * The body decides, the header has to agree: a request that claims a revision in its `_meta` is modern, `initialize`
 * without a claim is legacy, and for the rest the header says. An error is for status 400.
 */
export function classifyRequest(headers: IncomingHttpHeaders, request: McpRequest): ProtocolClassification | RpcError {
  const meta = readMeta(request.params);
  if ('error' in meta) return meta.error;
  const claim = meta.members.get(`${PREFIX}protocolVersion`);
  if (claim === undefined) {
    if (request.method === 'initialize') return handshakeDialect(headers, request);
    if (headers['mcp-protocol-version'] !== MODERN_REVISION) return legacyDialect(headers);
  }
  return modernDialect(headers, request, meta.members);
}

/** Of a message that has no answer. */
export function classifyNotification(
  headers: IncomingHttpHeaders,
  { params }: McpNotification,
): ProtocolClassification | RpcError {
  const meta = readMeta(params);
  if ('error' in meta) return meta.error;
  const isModern = meta.members.has(`${PREFIX}protocolVersion`) || headers['mcp-protocol-version'] === MODERN_REVISION;
  return isModern ? { era: 'modern', revision: MODERN_REVISION } : legacyDialect(headers);
}

export function legacyDialect(headers: IncomingHttpHeaders): ProtocolClassification | RpcError {
  const given = headers['mcp-protocol-version'];
  const revision = given === undefined ? BATCH_REVISION : LEGACY_REVISIONS.find((known) => known === given);
  if (revision !== undefined) return { era: 'legacy', revision };
  return invalidRequest(`MCP-Protocol-Version must be one of ${SUPPORTED_REVISIONS.join(', ')}`);
}

function handshakeDialect(headers: IncomingHttpHeaders, { params }: McpRequest): ProtocolClassification | RpcError {
  const checked = headers['mcp-protocol-version'] === MODERN_REVISION ? undefined : legacyDialect(headers);
  if (checked !== undefined && 'code' in checked) return checked;
  const asked = params.get('protocolVersion')?.value;
  return { era: 'legacy', revision: LEGACY_REVISIONS.find((known) => known === asked) ?? LEGACY_REVISIONS[0] };
}

function modernDialect(
  headers: IncomingHttpHeaders,
  request: McpRequest,
  meta: ReadonlyMap<string, RawJson>,
): ProtocolClassification | RpcError {
  const revision = meta.get(`${PREFIX}protocolVersion`)?.value;
  if (typeof revision !== 'string') return missing('protocolVersion', 'a string');
  const given = headers['mcp-protocol-version'];
  if (given !== undefined && given !== revision) return mismatch('MCP-Protocol-Version is not that of the body');
  if (revision !== MODERN_REVISION) return unsupported(revision);
  const capabilities = meta.get(`${PREFIX}clientCapabilities`)?.value;
  if (!isObject(capabilities)) return missing('clientCapabilities', 'an object');
  const client = clientOf(meta.get(`${PREFIX}clientInfo`)?.value);
  return (
    standardHeaderError(headers, request) ?? {
      era: 'modern',
      revision,
      clientCapabilities: capabilities,
      ...(client === undefined ? {} : { client }),
    }
  );
}

/** What a client says of itself, bounded and printable. */
export function clientOf(info: unknown): ProtocolClassification['client'] {
  if (!isObject(info) || typeof info['name'] !== 'string') return undefined;
  const version = typeof info['version'] === 'string' ? info['version'] : '';
  return { name: toPrintableAscii(info['name'], MAX_NAME_LENGTH), version: toPrintableAscii(version, MAX_NAME_LENGTH) };
}

/** The scope of a peer for whoever speaks like that. */
export function gatewayScope(
  { era, revision, clientCapabilities, client }: ProtocolClassification,
  { caller, service }: Pick<GatewayScope, 'caller' | 'service'>,
): GatewayScope {
  return {
    caller: client === undefined ? caller : { ...caller, client },
    era,
    revision,
    ...(service === undefined ? {} : { service }),
    ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
  };
}

const missing = (name: string, what: string): RpcError => ({
  code: RpcCode.invalidParams,
  message: `params._meta["${PREFIX}${name}"] must be ${what}`,
});

const unsupported = (requested: string): RpcError => ({
  code: RpcCode.unsupportedProtocolVersion,
  message: `unsupported protocol version: ${toPrintableAscii(requested, MAX_NAME_LENGTH)}`,
  data: { supported: SUPPORTED_REVISIONS, requested: toPrintableAscii(requested, MAX_NAME_LENGTH) },
});

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
