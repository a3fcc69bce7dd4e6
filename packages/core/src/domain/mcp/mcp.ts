import type { RawJson } from '../json/raw-json.ts';

/** `modern` requests describe themselves (MCP 2026-07-28); `legacy` connections begin with `initialize`. */
export type Era = 'modern' | 'legacy';

/** Protocol version without `initialize`: every request carries its version and capabilities. */
export const MODERN_REVISION = '2026-07-28';
/** Protocol versions of `initialize`, newest first. */
export const LEGACY_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** All supported protocol versions, newest first. */
export const SUPPORTED_REVISIONS: readonly string[] = [MODERN_REVISION, ...LEGACY_REVISIONS];

/** Name and version of a client or server (MCP, `Implementation`). Untrusted text. */
export interface Implementation {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  readonly websiteUrl?: string;
  readonly icons?: readonly unknown[];
}

/** Capability objects of the protocol, forwarded unchanged. */
export type Capabilities = Readonly<Record<string, unknown>>;

/** Members of `params` by name. Each value keeps its original bytes. */
export type McpParams = ReadonlyMap<string, RawJson>;

/** A JSON-RPC request without its id, which belongs to the transport (JSON-RPC 2.0 §4). */
export interface McpRequest {
  readonly method: string;
  readonly params: McpParams;
}

/** A JSON-RPC notification (JSON-RPC 2.0 §4.1). */
export interface McpNotification {
  readonly method: string;
  readonly params: McpParams;
}

/** An error object (JSON-RPC 2.0 §5.1). */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/**
 * A response (JSON-RPC 2.0 §5). `result` is a JSON object. `isError` copies its member, so that readers do not parse
 * `result` again.
 */
export type McpReply = { readonly result: RawJson; readonly isError?: boolean } | { readonly error: RpcError };

/** Error codes of JSON-RPC 2.0 §5.1 and of MCP 2026-07-28 (-32020 to -32022). */
export const RpcCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedProtocolVersion: -32022,
} as const;
