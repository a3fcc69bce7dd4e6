import type { RawJson } from '../json/raw-json.ts';

/** `modern` requests describe themselves (MCP 2026-07-28); `legacy` connections begin with `initialize`. */
export type Era = 'modern' | 'legacy';

export const MODERN_REVISION = '2026-07-28';
/** Protocol versions of `initialize`, newest first. */
export const LEGACY_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
export const SUPPORTED_REVISIONS: readonly string[] = [MODERN_REVISION, ...LEGACY_REVISIONS];

export interface Implementation {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
}

/** Capability objects of the protocol, passed on as they are. */
export type Capabilities = Readonly<Record<string, unknown>>;

/** The members of `params`, each with its bytes as written. */
export type McpParams = ReadonlyMap<string, RawJson>;

export interface McpRequest {
  readonly method: string;
  readonly params: McpParams;
}

export interface McpNotification {
  readonly method: string;
  readonly params: McpParams;
}

/** An error of JSON-RPC 2.0 §5.1. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A response. `result` is a JSON object; `isError` repeats its member, so that the result is not read again. */
export type McpReply = { readonly result: RawJson; readonly isError?: boolean } | { readonly error: RpcError };

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
