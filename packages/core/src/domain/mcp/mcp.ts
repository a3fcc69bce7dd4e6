import type { RawJson } from '../json/raw-json.ts';

/** `modern` describes itself in every request (2026-07-28); `legacy` opens with `initialize`. */
export type Era = 'modern' | 'legacy';

export const MODERN_REVISION = '2026-07-28';
/** Newest first: what `initialize` may settle on. */
export const LEGACY_REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
export const SUPPORTED_REVISIONS: readonly string[] = [MODERN_REVISION, ...LEGACY_REVISIONS];

export interface Implementation {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
}

/** Capability objects of the protocol; what stands inside an entry is the protocol's own business. */
export type Capabilities = Readonly<Record<string, unknown>>;

/** The top-level members of `params`, each still as it was written. */
export type McpParams = ReadonlyMap<string, RawJson>;

export interface McpRequest {
  readonly method: string;
  readonly params: McpParams;
}

export interface McpNotification {
  readonly method: string;
  readonly params: McpParams;
}

/** An error of the protocol, with the number that the protocol gives it. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/**
 * `result` is a JSON object. `isError` repeats what the result of a `tools/call` says of itself, so that nobody has to read
 * the result again to know.
 */
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
