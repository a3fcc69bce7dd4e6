/** The whole public surface of the core besides `./ports`, `./memory`, `./wire` and `./testing`. */
export type { RuntimeOptions } from './application/runtime-options.ts';
export type { ServiceView } from './application/service-view.ts';
export type { AuditTrail, Runtime, RuntimeInstance, ServiceOperations } from './composition/runtime.ts';
export type { AuditEvent, AuditEventDraft, AuditLevel } from './domain/audit-event.ts';
export { embeddedCaller, systemCaller, type Caller, type CallerKind, type Door, type Grant } from './domain/caller.ts';
export { ClarityError, failure, isClarityError, type Failure, type FailureDetail } from './domain/clarity-error.ts';
export type {
  ClarityField,
  ClarityFunction,
  ClarityType,
  ClarityTypeDefinition,
  CompilerIdentity,
  InterfaceDocument,
} from './domain/clarity-type.ts';
export { sha256Hex } from './domain/digest.ts';
export { ERROR_TABLE, errorRow, type ErrorCode, type ErrorKind } from './domain/error-table.ts';
export type { InterfaceSnapshot, ToolDefinition } from './domain/interface-snapshot.ts';
export type {
  EnvironmentEntry,
  LocalWasmOrigin,
  Manifest,
  ManifestMetadata,
  ManifestSpec,
  Origin,
  OriginType,
  RemoteMcpOrigin,
  RestartPolicy,
} from './domain/manifest.ts';
export {
  LEGACY_REVISIONS,
  MODERN_REVISION,
  RpcCode,
  SUPPORTED_REVISIONS,
  type Capabilities,
  type Era,
  type Implementation,
  type McpNotification,
  type McpParams,
  type McpReply,
  type McpRequest,
  type RpcError,
} from './domain/mcp.ts';
export { normalizeNamespace, RESERVED_NAMESPACES } from './domain/namespace.ts';
export { RawJson } from './domain/raw-json.ts';
export type { RuntimeEventMap, RuntimeEventName } from './domain/runtime-event.ts';
export { deriveServiceId } from './domain/service-id.ts';
export type { Health, Lifecycle, Service, ServiceArtifact, ServiceRecord, ServiceStatus } from './domain/service.ts';
export { isStoreError, StoreError, type StoreErrorKind } from './domain/store-error.ts';
export { DEFAULT_MAX_TOOL_NAME, exposedToolName, LONGEST_TOOL_NAME } from './domain/tool-name.ts';
export { failedToolResult } from './domain/tool-result.ts';
