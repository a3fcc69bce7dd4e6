import type { IncomingHttpHeaders } from 'node:http';
import {
  LEGACY_REVISIONS,
  MODERN_REVISION,
  SUPPORTED_REVISIONS,
  type McpNotification,
  type McpRequest,
  type RawJson,
  type RpcError,
} from '@clarity-runtime/core';
import { HOPS_HEADER, HOPS_META, hopsIn } from '@clarity-runtime/core/internal';
import type { GatewayScope } from '@clarity-runtime/core/ports';
import {
  claimedRevision,
  claimsRevision,
  classifyModernMeta,
  invalidRequest,
  negotiatedRevision,
  readMeta,
  type JsonMembers,
  type ProtocolClassification,
} from '@clarity-runtime/core/protocol';
import { standardHeaderError, mismatch } from './header-validation.ts';

/** The only revision with batches. Clients of this revision send no `MCP-Protocol-Version`. */
export const BATCH_REVISION = '2025-03-26';
export const SESSION_HEADER = 'mcp-session-id';

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
  if (!claimsRevision(members)) {
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
  const isModern = claimsRevision(meta.members) || headers['mcp-protocol-version'] === MODERN_REVISION;
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
  return { era: 'legacy', revision: negotiatedRevision(params) };
}

function classifyModern(
  headers: IncomingHttpHeaders,
  request: McpRequest,
  meta: ReadonlyMap<string, RawJson>,
): ProtocolClassification | RpcError {
  const revision = claimedRevision(meta);
  const header = headers['mcp-protocol-version'];
  if (revision !== undefined && header !== undefined && header !== revision) {
    return mismatch('MCP-Protocol-Version is not that of the body');
  }
  const classified = classifyModernMeta(meta);
  return 'code' in classified ? classified : (standardHeaderError(headers, request) ?? classified);
}

type Client = NonNullable<GatewayScope['caller']['client']>;
const withClients = new WeakMap<
  GatewayScope['caller'],
  { readonly client: Client; readonly caller: GatewayScope['caller'] }
>();

/** Returns the caller with what its client says about itself; the same object while both stay the same. */
function withClient(caller: GatewayScope['caller'], client: Client): GatewayScope['caller'] {
  const known = withClients.get(caller);
  if (known?.client === client) return known.caller;
  const named = { ...caller, client };
  withClients.set(caller, { client, caller: named });
  return named;
}

const scopes = new WeakMap<ProtocolClassification, GatewayScope>();

/** Returns the scope of a gateway peer for that classification; the same object while client and endpoint stay the same. */
export function gatewayScope(
  classification: ProtocolClassification,
  { caller, service }: Pick<GatewayScope, 'caller' | 'service'>,
): GatewayScope {
  const { era, revision, clientCapabilities, client } = classification;
  const named = client === undefined ? caller : withClient(caller, client);
  const known = scopes.get(classification);
  if (known?.caller === named && known.service === service) return known;
  const scope = {
    caller: named,
    era,
    revision,
    ...(service === undefined ? {} : { service }),
    ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
  };
  scopes.set(classification, scope);
  return scope;
}
