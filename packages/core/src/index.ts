/** The whole public surface of the core besides `./ports`, `./memory`, `./wire` and `./testing`. */
export { ClientSetup } from './application/use-cases/client-setup.ts';
export { type BootstrapPutRequest, type BootstrapRequest, type BootstrapResult } from './ports/inbound/client-setup.ts';
export type { Removal } from './application/control/deprovision.ts';
export type { ExplainedReason, Explanation, ToolVisibility } from './ports/inbound/explanation.ts';
export type { JournalMetrics, RuntimeMetrics } from './ports/inbound/runtime-metrics.ts';
export type { InterfaceReview } from './ports/inbound/interface-reviews.ts';
export { credentialResolver } from './application/use-cases/credentials.ts';
export { secretFileCredentials } from './application/use-cases/credentials.ts';
export type {
  AuthProviders,
  AuthValidation,
  DeletedSecret,
  StoredSecrets,
  WrittenSecret,
} from './ports/inbound/secret-operations.ts';
export type { AuditFilter, AuditPage, AuditReplay } from './ports/inbound/audit-trail.ts';
export type { CallDefaults } from './application/calls/policy-catalog.ts';
export type { PolicyReport, PolicyTestResult, WrittenPolicy } from './ports/inbound/policy-operations.ts';
export type { RuntimeOptions } from './composition/runtime-options.ts';
export type { DetailLimits, ServiceDetails } from './ports/inbound/service-operations.ts';
export type { CallLoad } from './domain/calls/call-metrics.ts';
export type { ServiceView } from './ports/inbound/service-operations.ts';
export type { ListedTool, ToolCallRequest, ToolCallResult, ToolContent } from './ports/inbound/tool-operations.ts';
export type { SupervisionOptions } from './application/services/supervision-options.ts';
export { createRuntime } from './composition/create-runtime.ts';
export type { RuntimeAdapters } from './composition/runtime-adapters.ts';
export type { ControlAdapters } from './composition/bind-control.ts';
export { systemClock } from './composition/system-clock.ts';
export { systemEntropy } from './composition/system-entropy.ts';
export type { ApprovalOperations } from './ports/inbound/approval-operations.ts';
export type { AuditTrail } from './ports/inbound/audit-trail.ts';
export type { ClientSetupOperations } from './ports/inbound/client-setup.ts';
export type { InterfaceReviews } from './ports/inbound/interface-reviews.ts';
export type { PolicyOperations } from './ports/inbound/policy-operations.ts';
export type { LimitCounts, StorageState } from './ports/inbound/runtime-metrics.ts';
export type { Runtime, RuntimeInstance } from './ports/inbound/runtime.ts';
export type { SecretOperations } from './ports/inbound/secret-operations.ts';
export type { ServiceOperations } from './ports/inbound/service-operations.ts';
export type { Approval, ApprovalState } from './domain/access/approval.ts';
export {
  durabilityOf,
  type AuditEvent,
  type AuditEventDraft,
  type AuditLevel,
  type Durability,
} from './domain/audit/audit-event.ts';
export { AUTH_SCHEMES, isOwnVariable, parseAuthRef, type AuthRef, type AuthScheme } from './domain/access/auth-ref.ts';
export type { CircuitBreakerOptions } from './domain/calls/circuit-breaker.ts';
export {
  CALL_OUTCOMES,
  CALL_DURATION_BUCKETS,
  type CallMetrics,
  type CallOutcome,
} from './domain/calls/call-metrics.ts';
export { callBounds, type CallBounds } from './domain/calls/call-limits.ts';
export {
  embeddedCaller,
  systemCaller,
  type Caller,
  type CallerKind,
  type Door,
  type Grant,
} from './domain/access/caller.ts';
export {
  ClarityError,
  failure,
  isClarityError,
  type Failure,
  type FailureDetail,
} from './domain/errors/clarity-error.ts';
export type {
  ClarityField,
  ClarityFunction,
  ClarityType,
  ClarityTypeDefinition,
  CompilerIdentity,
  InterfaceDocument,
} from './domain/interfaces/interface-document.ts';
export { allowedInstallers } from './domain/access/installer-rules.ts';
export { sha256Hex } from './domain/json/digest.ts';
export { ERROR_TABLE, errorRow, type ErrorCode, type ErrorKind } from './domain/errors/error-table.ts';
export type {
  CacheHint,
  Definition,
  InterfaceSnapshot,
  ListName,
  NamedDefinition,
  PromptDefinition,
  ResourceDefinition,
  ResourceTemplateDefinition,
  ToolDefinition,
} from './domain/interfaces/interface-snapshot.ts';
export type {
  ChangeReason,
  InterfaceChange,
  InterfaceDiff,
  FeatureKind,
  ReasonCode,
  Verdict,
} from './domain/interfaces/interface-change.ts';
export type { InterfacePin, PinnedTool } from './domain/interfaces/interface-pin.ts';
export { manifestPolicy } from './domain/calls/effective-policy.ts';
export type {
  CallPolicy,
  EnvironmentEntry,
  LocalProcessOrigin,
  LocalWasmOrigin,
  Manifest,
  ManifestMetadata,
  ManifestSpec,
  Origin,
  OriginType,
  RemoteMcpOrigin,
  RestartPolicy,
  ServicePolicy,
  ServiceSurface,
  ToolSurface,
} from './domain/services/manifest.ts';
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
} from './domain/mcp/mcp.ts';
export { normalizeNamespace, RESERVED_NAMESPACES } from './domain/services/namespace.ts';
export { defaultPolicy, type PolicyDocument } from './domain/calls/policy-document.ts';
export type { PolicyQuery, PolicyRule } from './domain/calls/policy-verdict.ts';
export { defined } from './domain/json/defined.ts';
export { RawJson } from './domain/json/raw-json.ts';
export { toPrintableAscii } from './domain/text/safe-text.ts';
export { LIMIT_NAMES, type LimitName } from './domain/audit/limit-name.ts';
export { isReservedHeader } from './domain/access/auth-ref.ts';
export type { RuntimeEventMap, RuntimeEventName } from './domain/audit/runtime-event.ts';
export { assertSecretName, assertSecretValue, isSecretName, secretValueProblem } from './domain/access/secret-rules.ts';
export { Secret } from './domain/access/secret.ts';
export { deriveServiceId } from './domain/services/service-id.ts';
export { redactedManifest } from './domain/services/shown-manifest.ts';
export type {
  Health,
  Lifecycle,
  Service,
  ServiceArtifact,
  Quarantine,
  ServiceRecord,
  ServiceStatus,
} from './domain/services/service.ts';
export { isStoreError, StoreError, type StoreErrorKind } from './domain/errors/store-error.ts';
export { DEFAULT_MAX_TOOL_NAME, exposedToolName, MAX_TOOL_NAME_LENGTH } from './domain/services/tool-names.ts';
export { failedToolResult } from './domain/mcp/tool-result.ts';
export { parseManifest } from './validation/index.ts';
