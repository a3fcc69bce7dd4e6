/** Front door for embedders. Adapters also use `./ports`, `./protocol`, `./audit-chain`, `./registry`, `./memory`, `./testing`. */
export type { CallDefaults } from './application/calls/policy-catalog.ts';
export type { SupervisionOptions } from './application/services/supervision-options.ts';
export { credentialResolver, secretFileCredentials } from './application/use-cases/credentials.ts';
export {
  type Container,
  createContainer,
  type FactoryProvider,
  perRuntime,
  type ValueProvider,
} from './composition/container.ts';
export { createRuntime, type RuntimeSetup } from './composition/create-runtime.ts';
export type { ControlAdapters, RuntimeAdapters } from './composition/runtime-adapters.ts';
export type { RuntimeOptions } from './composition/runtime-options.ts';
export { systemClock } from './composition/system-clock.ts';
export { PORT, type Token } from './composition/tokens.ts';
export type { Approval, ApprovalState } from './domain/access/approval.ts';
export {
  type Caller,
  type CallerCredential,
  type Door,
  embeddedCaller,
  type Principal,
  type PrincipalKind,
} from './domain/access/caller.ts';
export { hasVerb } from './domain/access/decide.ts';
export { type Grant, type GrantLimits, grantOf, type Verb } from './domain/access/grant.ts';
export { DISCOVERIES, PREFIXES, type Profile, type ProfileSpec } from './domain/access/profile.ts';
export { TOKEN_DOORS, type TokenDoor, type TokenRecord } from './domain/access/token-record.ts';
export type { ApprovalRecord } from './domain/access/approval-record.ts';
export type { LoginChallenge } from './domain/login/login-challenge.ts';
export { LoginFailure } from './domain/login/login-failure.ts';
export type { LoginRecord, SealedText, UpstreamGrant } from './domain/login/login-record.ts';
export type { OAuthSettings } from './domain/login/oauth-settings.ts';
export type { TokenSet } from './domain/login/token-set.ts';
export type { Registrant } from './domain/access/registrant.ts';
export type { TrustProblem, TrustState } from './domain/access/trust.ts';
export { assertSecretName, assertSecretValue, isSecretName } from './domain/access/secret-rules.ts';
export type { SecretScope } from './domain/access/secret-scope.ts';
export { Secret } from './domain/access/secret.ts';
export { type AuditEvent, type AuditEventDraft, durabilityOf } from './domain/audit/audit-event.ts';
export type { Durability } from './domain/audit/event-kinds.ts';
export type { LimitName } from './domain/audit/limit-name.ts';
export type { MinuteFigures, ServiceRow } from './ports/inbound/overview.ts';
export type { CallRecord } from './domain/calls/call-record.ts';
export type { ProblemGroup } from './domain/services/problem-groups.ts';
export type { RuntimeEventMap, RuntimeEventName } from './ports/inbound/runtime-event.ts';
export type { CallLimits } from './domain/calls/call-limits.ts';
export type { Cancellation } from './domain/calls/cancellation.ts';
export type { CallMetrics } from './domain/calls/call-metrics.ts';
export type { CircuitBreakerOptions } from './domain/calls/circuit-breaker.ts';
export type { PolicyDocument } from './domain/calls/policy-document.ts';
export {
  ClarityError,
  failure,
  type FieldProblem,
  type Failure,
  type FailureDetail,
  isClarityError,
} from './domain/errors/clarity-error.ts';
export { ERROR_TABLE, type ErrorCode, type ErrorKind, errorRow } from './domain/errors/error-table.ts';
export type { Words } from './domain/errors/library-words.ts';
export { isStoreError, StoreError, type StoreErrorKind } from './domain/errors/store-error.ts';
export type { InterfaceChange, InterfaceDiff, Verdict } from './domain/interfaces/interface-change.ts';
export type {
  ClarityField,
  ClarityFunction,
  ClarityType,
  ClarityTypeDefinition,
  CompilerIdentity,
  InterfaceDocument,
} from './domain/interfaces/interface-document.ts';
export type { Definition, InterfaceSnapshot, ToolDefinition } from './domain/interfaces/interface-snapshot.ts';
export { RawJson } from './domain/json/raw-json.ts';
export {
  type Capabilities,
  type Era,
  type Implementation,
  LEGACY_REVISIONS,
  type McpNotification,
  type McpReply,
  type McpRequest,
  MODERN_REVISION,
  RpcCode,
  type RpcError,
  SUPPORTED_REVISIONS,
} from './domain/mcp/mcp.ts';
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
  RemoteTls,
  RestartPolicy,
  ServicePolicy,
  ServiceSurface,
  StartSettings,
  ResourceLimits,
  GuestCapabilities,
  SandboxMode,
  ToolSurface,
} from './domain/services/manifest.ts';
export type { ClaimRecord } from './domain/services/namespace.ts';
export type {
  Health,
  Lifecycle,
  Quarantine,
  Service,
  ServiceArtifact,
  ServiceRecord,
  ServiceStatus,
} from './domain/services/service.ts';
export type { ApprovalOperations } from './ports/inbound/approval-operations.ts';
export type { AuditFilter, AuditPage, AuditReplay, AuditTrail } from './ports/inbound/audit-trail.ts';
export type { BootstrapRequest, BootstrapResult, ClientSetupOperations } from './ports/inbound/client-setup.ts';
export type { Explanation } from './ports/inbound/explanation.ts';
export type { InterfaceReview, InterfaceReviews } from './ports/inbound/interface-reviews.ts';
export type { PolicyOperations, PolicyReport, PolicyTestResult } from './ports/inbound/policy-operations.ts';
export type { RuntimeMetrics, StorageState } from './ports/inbound/runtime-metrics.ts';
export type { Runtime, RuntimeInstance } from './ports/inbound/runtime.ts';
export type {
  CreatedToken,
  ShownToken,
  TokenIdentity,
  TokenOperations,
  TokenRequest,
} from './ports/inbound/token-operations.ts';
export type { ProfileOperations, ProfilePreview } from './ports/inbound/profile-operations.ts';
export type {
  LoginOperations,
  LoginReport,
  LoginRequest,
  LoginState,
  ShownLogin,
  StartedLogin,
} from './ports/inbound/login-operations.ts';
export type { TrustOperations, TrustReport } from './ports/inbound/trust-operations.ts';
export type { SecretOperations, CredentialQuestion, SecretDestinations } from './ports/inbound/secret-operations.ts';
export type { ServiceDetails, ServiceOperations, ServiceView } from './ports/inbound/service-operations.ts';
export type {
  ListedTool,
  ToolCallRequest,
  ToolProgress,
  ToolCallResult,
  ToolContent,
  ToolOperations,
} from './ports/inbound/tool-operations.ts';
export { type CustomOrigin, defineService, parseManifest, type ServiceDefinition } from './validation/index.ts';
export {
  childProcess,
  localWasm,
  remote,
  type ChildProcessOptions,
  type LocalWasmOptions,
  type ManifestOptions,
  type RemoteOptions,
} from './domain/services/manifest-defaults.ts';
export type { OriginKind } from './domain/services/origin-kinds.ts';
export type { JsonSchema } from './domain/services/schema-parts.ts';
