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
  ClientConfigState,
  ConfigScope,
  ConfigTarget,
  GatewayEntry,
  GatewayTransport,
} from './outbound/client-config.ts';
export type { Clock } from './outbound/clock.ts';
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
export type { Exchange, GatewayScope, McpGateway, McpPeer } from './inbound/mcp-gateway.ts';
export type {
  AdmissionLimits,
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
