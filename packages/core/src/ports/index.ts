export type { AccessTokenStore } from './outbound/access-token-store.ts';
export type { ApprovalStore } from './outbound/approval-store.ts';
export type {
  AuthorizationClient,
  AuthorizationRequest,
  AuthorizationServer,
  LoginTarget,
  OAuthClient,
  RegisteredClient,
} from './outbound/authorization-client.ts';
export type { ClaimStore } from './outbound/claim-store.ts';
export type { LoginSealer, LoginStore, SealContext } from './outbound/login-store.ts';
export type { RefusedRequest, UpstreamAuthorization } from './outbound/upstream-authorization.ts';
export type { ArtifactCleaner, CleanedUp } from './outbound/artifact-cleaner.ts';
export type {
  AuditReset,
  AuditStore,
  AuditStoreCapabilities,
  StoredEvent,
  StoredPage,
} from './outbound/audit-store.ts';
export type { Limiter, RateAnswer, RateRequest, RateRule, Slot, SlotRequest, SlotsFull } from './outbound/limiter.ts';
export type { ArtifactKind, ArtifactSource, ArtifactStore } from './outbound/artifact-store.ts';
export type {
  ClientChange,
  ClientConfig,
  ClientConfigs,
  EntryRequest,
  ClientConfigState,
  ConfigScope,
  ConfigTarget,
  GatewayEntry,
  GatewayTransport,
} from './outbound/client-config.ts';
export type { Clock } from './outbound/clock.ts';
export type {
  ComponentContents,
  ComponentGrants,
  ComponentTranspiler,
  NetworkGrant,
} from './outbound/component-transpiler.ts';
export type { Egress, EgressRequest, EgressResponse } from './outbound/egress.ts';
export type {
  EngineInstance,
  EngineProgram,
  EngineReply,
  EngineTools,
  ExactJson,
  GuestEngine,
} from './outbound/guest-engine.ts';
export type {
  Compiler,
  CompilerInstaller,
  CompilerResult,
  CompilerSource,
  CompilerState,
  InstallOutcome,
} from './outbound/compiler.ts';
export type {
  Credential,
  CredentialCheck,
  CredentialHealth,
  CredentialProvider,
  CredentialPurpose,
  CredentialRequest,
  CredentialResolver,
  CredentialUse,
} from './outbound/credential-provider.ts';
export type { CallStage, ToolCall } from './outbound/call-stage.ts';
export type { Entropy } from './outbound/entropy.ts';
export type { InterfaceJudge } from './outbound/interface-judge.ts';
export type { Lease, LeaseChange, LeaseHolder, LeaseRequest, Leases, LeaseUnavailable } from './outbound/leases.ts';
export type { InterfaceStore } from './outbound/interface-store.ts';
export type { PeerHost, PeerName, Peers, PeerStanding } from './outbound/peers.ts';
export type { Exchange, GatewayScope, McpGateway, McpPeer } from './inbound/mcp-gateway.ts';
export type {
  AdmissionLimits,
  CloseOptions,
  Connection,
  ConnectionEvents,
  ConnectOptions,
  ServiceConnector,
  UpstreamRequestOptions,
} from './outbound/service-connector.ts';
export type { SecretStore, SecretStoreHealth, SecretWrite, StoredSecret } from './outbound/secret-store.ts';
export type { ProfileStore } from './outbound/profile-store.ts';
export type { PolicyRegistry } from './outbound/policy-registry.ts';
export type { SchemaCheck, SchemaProblem, SchemaValidator } from './outbound/schema-validator.ts';
export type { ServiceRegistry } from './outbound/service-registry.ts';
export type {
  CallOptions,
  Change,
  Cursor,
  Expect,
  Fence,
  ReadOptions,
  RecordPage,
  RecordStore,
  Revision,
  StoreCapabilities,
  StoreHealth,
  TenantId,
  UnsupportedRecord,
  Versioned,
  WriteContext,
} from './outbound/store.ts';
export type {
  AppendContext,
  AuditFault,
  TelemetryPage,
  AuditQuery,
  TelemetryRead,
  AuditHead,
  AuditVerdict,
  AuditVerification,
  Telemetry,
  TelemetryCapabilities,
  TelemetryMetrics,
  TelemetryHealth,
} from './outbound/telemetry.ts';
export type {
  GuestProgram,
  WasmFailureCode,
  WasmFunction,
  WasmHost,
  WasmLimits,
  WasmModule,
  WasmModuleSpec,
  WasmReply,
} from './outbound/wasm-host.ts';
export type { WorkspaceTrust } from './outbound/workspace-trust.ts';
export type { FoundSources, Scaffold, SourceSearch, Workspace } from './outbound/workspace.ts';
export type { AuthRef, AuthScheme } from '../domain/access/auth-ref.ts';
export type { CallerRecord } from '../domain/access/caller.ts';
export type { Discovery, ProfilePrefix } from '../domain/access/profile.ts';
export type { ProfileBinding, ProfileView } from '../domain/access/profile-view.ts';
export type { TokenSlot, TokenState } from '../domain/access/token-record.ts';
export type { ApprovalOutcome } from '../domain/access/approval-record.ts';
export { loginOutcome, type LoginOutcome, needsLogin } from '../domain/login/login-failure.ts';
export type { ClientRegistration } from '../domain/login/login-record.ts';
export type { OAuthClientMethod, OAuthClientSettings } from '../domain/login/oauth-settings.ts';
export { assertTrusted, type TrustReason } from '../domain/access/trust.ts';
export type { AuditLevel } from '../domain/audit/audit-event.ts';
export type { EventKind, OutcomeRule } from '../domain/audit/event-kinds.ts';
export type {
  CallFigures,
  CallPage,
  FigureSeries,
  NewCalls,
  OverviewOperations,
  SeriesStep,
  ServiceStates,
  StateChanges,
} from './inbound/overview.ts';
export type { CallFilter, CallVerdict } from '../domain/calls/call-record.ts';
export type { Problem, ProblemFix, ProblemSource, Severity } from '../domain/services/problem.ts';
export type { Cancellable } from '../domain/calls/cancellation.ts';
export type { CallLoad, CallOutcome } from '../domain/calls/call-metrics.ts';
export type { PolicyQuery, PolicyRule } from '../domain/calls/policy-verdict.ts';
export type { ChangeReason, FeatureKind, ReasonCode } from '../domain/interfaces/interface-change.ts';
export type { InterfacePin, PinnedTool } from '../domain/interfaces/interface-pin.ts';
export type {
  CacheHint,
  ListName,
  NamedDefinition,
  PromptDefinition,
  ResourceDefinition,
  ResourceTemplateDefinition,
} from '../domain/interfaces/interface-snapshot.ts';
export type { McpParams } from '../domain/mcp/mcp.ts';
export type { ObservedEvent } from './inbound/audit-trail.ts';
export type { BootstrapPutRequest } from './inbound/client-setup.ts';
export type { ExplainedReason, ExplainOperation, ToolVisibility } from './inbound/explanation.ts';
export type { WrittenPolicy } from './inbound/policy-operations.ts';
export type { JournalMetrics, LimitCounts, RuntimeMetricsReader } from './inbound/runtime-metrics.ts';
export type { PreviewedTool } from './inbound/profile-operations.ts';
export type { TrustedService } from './inbound/trust-operations.ts';
export type {
  AuthProviders,
  AuthValidation,
  DeletedSecret,
  StoredSecrets,
  WrittenSecret,
  ListedSecret,
} from './inbound/secret-operations.ts';
export type { DetailLimits } from './inbound/service-operations.ts';
export type { ParamHeader } from '../domain/mcp/param-headers.ts';
export type { OriginKinds } from '../domain/services/origin-kinds.ts';
