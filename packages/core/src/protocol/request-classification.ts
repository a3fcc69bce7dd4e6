import type { Caller } from '../domain/access/caller.ts';
import type { RawJson } from '../domain/json/raw-json.ts';
import {
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  SUPPORTED_REVISIONS,
  type Capabilities,
  type Era,
  type McpParams,
  type McpReply,
  type McpRequest,
  type RpcError,
} from '../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../domain/text/safe-text.ts';
import { encodeUtf8 } from '../domain/json/utf8.ts';
import { scanEnvelope, type JsonMembers } from './json-envelope.ts';
import { RecentTexts } from './recent-texts.ts';

/** The era and revision of a message, and the self-description of its client. */
export interface ProtocolClassification {
  readonly era: Era;
  readonly revision: string;
  readonly clientCapabilities?: Capabilities;
  readonly client?: NonNullable<Caller['client']>;
  /** Marks of the gateways that the request has passed; absent for a client that is not a gateway. */
  readonly hops?: readonly string[];
}

/** The result of a client's handshake. */
export interface SessionFacts {
  readonly revision: string;
  readonly capabilities: Capabilities;
  readonly client?: NonNullable<Caller['client']>;
}

/** The members of `_meta` that a request of the modern revision has. */
export type RequestMeta = { readonly members: JsonMembers } | { readonly error: RpcError };

const PREFIX = 'io.modelcontextprotocol/';
const MAX_NAME_LENGTH = 64;
const NO_CAPABILITIES: Capabilities = {};
const NO_META: RequestMeta = { members: new Map() };
const INVALID_META: RequestMeta = {
  error: { code: RpcCode.invalidParams, message: 'params._meta must be an object without duplicate members' },
};

/** Returns the members of `params._meta`; none if it is absent. */
export function readMeta(params: McpParams): RequestMeta {
  const meta = params.get('_meta');
  if (meta === undefined) return NO_META;
  if (meta.bytes.length > MAX_META_BYTES) return membersOfMeta(meta.bytes);
  const { text } = meta;
  const known = recentMeta.get(text);
  if (known !== undefined) return known;
  // A copy, so that the body of the request is not kept.
  const read = membersOfMeta(encodeUtf8(text));
  recentMeta.keep(text, read);
  return read;
}

/** A client describes itself in every request with the same bytes: reading them took 4 µs of each call. */
const MAX_META_BYTES = 1_024;
const recentMeta = new RecentTexts<RequestMeta>(64, MAX_META_BYTES);

function membersOfMeta(bytes: Uint8Array): RequestMeta {
  const scan = scanEnvelope(bytes);
  return scan.kind === 'object' ? scan : INVALID_META;
}

/** Returns whether `_meta` names a protocol version, which makes a message modern (MCP 2026-07-28, "Versioning"). */
export const claimsRevision = (meta: ReadonlyMap<string, RawJson>): boolean => meta.has(`${PREFIX}protocolVersion`);

/** Returns the protocol version that `_meta` names; undefined if it names none or no text. */
export function claimedRevision(meta: ReadonlyMap<string, RawJson>): string | undefined {
  const revision = meta.get(`${PREFIX}protocolVersion`)?.value;
  return typeof revision === 'string' ? revision : undefined;
}

const classified = new WeakMap<ReadonlyMap<string, RawJson>, ProtocolClassification | RpcError>();

/** Classifies a modern request by its `_meta` (MCP 2026-07-28, "Per-Request Metadata"); once for equal requests in a row. */
export function classifyModernMeta(meta: ReadonlyMap<string, RawJson>): ProtocolClassification | RpcError {
  const known = classified.get(meta);
  if (known !== undefined) return known;
  const fresh = classify(meta);
  classified.set(meta, fresh);
  return fresh;
}

function classify(meta: ReadonlyMap<string, RawJson>): ProtocolClassification | RpcError {
  const revision = claimedRevision(meta);
  if (revision === undefined) return missing('protocolVersion', 'a string');
  if (revision !== MODERN_REVISION) return unsupported(revision);
  const written = meta.get(`${PREFIX}clientCapabilities`)?.value;
  // PHP encodes an empty map as [].
  const capabilities = Array.isArray(written) && written.length === 0 ? NO_CAPABILITIES : written;
  if (!isObject(capabilities)) return missing('clientCapabilities', 'an object');
  const client = clientOf(meta.get(`${PREFIX}clientInfo`)?.value);
  return { era: 'modern', revision, clientCapabilities: capabilities, ...(client === undefined ? {} : { client }) };
}

/** Returns the revision that an `initialize` request gets: the requested one, or else the newest (MCP 2025-11-25, "Lifecycle"). */
export function negotiatedRevision(params: McpParams): string {
  const requested = params.get('protocolVersion')?.value;
  return LEGACY_REVISIONS.find((known) => known === requested) ?? LEGACY_REVISIONS[0];
}

/** Returns what a client says about itself in `initialize`. */
export function introduction(params: McpParams): Omit<SessionFacts, 'revision'> {
  const capabilities = params.get('capabilities')?.value;
  const client = clientOf(params.get('clientInfo')?.value);
  return {
    capabilities: isObject(capabilities) ? capabilities : NO_CAPABILITIES,
    ...(client === undefined ? {} : { client }),
  };
}

/** Returns the facts of the session that `initialize` opens; undefined if the gateway rejects it. */
export function acceptHandshake({ params }: McpRequest, reply: McpReply): SessionFacts | undefined {
  if ('error' in reply) return undefined;
  const { protocolVersion } = reply.result.value as { readonly protocolVersion?: unknown };
  if (typeof protocolVersion !== 'string') return undefined;
  return { revision: toPrintableAscii(protocolVersion), ...introduction(params) };
}

/** Returns name and version of a client, in printable ASCII of at most 64 characters. */
export function clientOf(info: unknown): ProtocolClassification['client'] {
  if (!isObject(info) || typeof info['name'] !== 'string') return undefined;
  const known = clients.get(info);
  if (known !== undefined) return known;
  const client = readClient(info);
  clients.set(info, client);
  return client;
}

const clients = new WeakMap<object, NonNullable<ProtocolClassification['client']>>();

function readClient(info: Readonly<Record<string, unknown>>): NonNullable<ProtocolClassification['client']> {
  const version = typeof info['version'] === 'string' ? info['version'] : '';
  const name = toPrintableAscii(String(info['name']), MAX_NAME_LENGTH);
  return { name, version: toPrintableAscii(version, MAX_NAME_LENGTH) };
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

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
