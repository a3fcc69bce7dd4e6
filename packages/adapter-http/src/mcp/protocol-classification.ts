import type { IncomingHttpHeaders } from 'node:http';
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
import { HOPS_HEADER, HOPS_META, hopsIn, toPrintableAscii } from '@clarity-runtime/core/internal';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import { invalidRequest, scanEnvelope, type JsonMembers } from '@clarity-runtime/core/protocol';
import { standardHeaderError, mismatch } from './header-validation.ts';

export type RequestMeta = { readonly members: JsonMembers } | { readonly error: RpcError };

const NO_META: RequestMeta = { members: new Map() };
const INVALID_META: RequestMeta = {
  error: { code: RpcCode.invalidParams, message: 'params._meta must be an object without duplicate members' },
};

/** Returns the members of `params._meta`; none if it is absent. */
export function readMeta(params: McpParams): RequestMeta {
  const meta = params.get('_meta');
  if (meta === undefined) return NO_META;
  const scan = scanEnvelope(meta.bytes);
  return scan.kind === 'object' ? scan : INVALID_META;
}

/** The era and revision of a message, and the self-description of its client. */
export interface ProtocolClassification {
  readonly era: Era;
  readonly revision: string;
  readonly clientCapabilities?: Capabilities;
  readonly client?: NonNullable<Caller['client']>;
  /** Marks of the gateways that the request has passed; absent for a client that is not a gateway. */
  readonly hops?: readonly string[];
}

const PREFIX = 'io.modelcontextprotocol/';
/** The only revision with batches. Clients of this revision send no `MCP-Protocol-Version`. */
export const BATCH_REVISION = '2025-03-26';
export const SESSION_HEADER = 'mcp-session-id';
const MAX_NAME_LENGTH = 64;

/**
 * Determines era and revision of a request (MCP 2026-07-28, "Versioning"). A protocol version in `_meta` makes it modern,
 * `initialize` without one is legacy, and the header decides for every other request. Header and body must agree.
 * Returns an error for status 400.
 */
export function classifyRequest(headers: IncomingHttpHeaders, request: McpRequest): ProtocolClassification | RpcError {
  const meta = readMeta(request.params);
  if ('error' in meta) return meta.error;
  const classified = classifyEra(headers, request, meta.members);
  const inMeta = meta.members.get(HOPS_META);
  if ('code' in classified || (inMeta === undefined && headers[HOPS_HEADER] === undefined)) return classified;
  return { ...classified, hops: [...hopsIn(inMeta?.value), ...hopsIn(headers[HOPS_HEADER])] };
}

function classifyEra(
  headers: IncomingHttpHeaders,
  request: McpRequest,
  members: JsonMembers,
): ProtocolClassification | RpcError {
  const claim = members.get(`${PREFIX}protocolVersion`);
  if (claim === undefined) {
    if (request.method === 'initialize') return classifyHandshake(headers, request);
    if (headers['mcp-protocol-version'] !== MODERN_REVISION) return classifyLegacy(headers);
  }
  return classifyModern(headers, request, members);
}

/** Determines era and revision of a notification. */
export function classifyNotification(
  headers: IncomingHttpHeaders,
  { params }: McpNotification,
): ProtocolClassification | RpcError {
  const meta = readMeta(params);
  if ('error' in meta) return meta.error;
  const isModern = meta.members.has(`${PREFIX}protocolVersion`) || headers['mcp-protocol-version'] === MODERN_REVISION;
  return isModern ? { era: 'modern', revision: MODERN_REVISION } : classifyLegacy(headers);
}

/** Reads the revision of a legacy message from its header. */
export function classifyLegacy(headers: IncomingHttpHeaders): ProtocolClassification | RpcError {
  const header = headers['mcp-protocol-version'];
  const revision = header === undefined ? BATCH_REVISION : LEGACY_REVISIONS.find((known) => known === header);
  if (revision !== undefined) return { era: 'legacy', revision };
  return invalidRequest(`MCP-Protocol-Version must be one of ${SUPPORTED_REVISIONS.join(', ')}`);
}

function classifyHandshake(headers: IncomingHttpHeaders, { params }: McpRequest): ProtocolClassification | RpcError {
  const checked = headers['mcp-protocol-version'] === MODERN_REVISION ? undefined : classifyLegacy(headers);
  if (checked !== undefined && 'code' in checked) return checked;
  const requested = params.get('protocolVersion')?.value;
  return { era: 'legacy', revision: LEGACY_REVISIONS.find((known) => known === requested) ?? LEGACY_REVISIONS[0] };
}

function classifyModern(
  headers: IncomingHttpHeaders,
  request: McpRequest,
  meta: ReadonlyMap<string, RawJson>,
): ProtocolClassification | RpcError {
  const revision = meta.get(`${PREFIX}protocolVersion`)?.value;
  if (typeof revision !== 'string') return missing('protocolVersion', 'a string');
  const header = headers['mcp-protocol-version'];
  if (header !== undefined && header !== revision) return mismatch('MCP-Protocol-Version is not that of the body');
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

/** Returns name and version of a client, in printable ASCII of at most 64 characters. */
export function clientOf(info: unknown): ProtocolClassification['client'] {
  if (!isObject(info) || typeof info['name'] !== 'string') return undefined;
  const version = typeof info['version'] === 'string' ? info['version'] : '';
  return { name: toPrintableAscii(info['name'], MAX_NAME_LENGTH), version: toPrintableAscii(version, MAX_NAME_LENGTH) };
}

/** Returns the scope of a gateway peer for that classification. */
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

const missing = (name: string, type: string): RpcError => ({
  code: RpcCode.invalidParams,
  message: `params._meta["${PREFIX}${name}"] must be ${type}`,
});

const unsupported = (requested: string): RpcError => ({
  code: RpcCode.unsupportedProtocolVersion,
  message: `unsupported protocol version: ${toPrintableAscii(requested, MAX_NAME_LENGTH)}`,
  data: { supported: SUPPORTED_REVISIONS, requested: toPrintableAscii(requested, MAX_NAME_LENGTH) },
});

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
