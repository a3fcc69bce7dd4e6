export type { ArtifactCleaner, CleanedUp } from './artifact-cleaner.ts';
export type { ArtifactKind, ArtifactSource, ArtifactStore } from './artifact-store.ts';
export type {
  ClientChange,
  ClientConfig,
  ClientConfigs,
  ClientState,
  ConfigScope,
  ConfigTarget,
  GatewayEntry,
  GatewayTransport,
} from './client-config.ts';
export type { Clock } from './clock.ts';
export type {
  Compiler,
  CompilerInstaller,
  CompilerResult,
  CompilerSource,
  CompilerState,
  InstallOutcome,
} from './compiler.ts';
export type { Credential, CredentialCheck, CredentialHealth, CredentialProvider } from './credential-provider.ts';
export type { Entropy } from './entropy.ts';
export type { Fence, HeldElsewhere, Lease, LeaseRequest, Leases } from './leases.ts';
export type { Exchange, GatewayScope, McpGateway, McpPeer } from './mcp-gateway.ts';
export type { Connection, ConnectionEvents, ServiceConnector, UpstreamExchange } from './service-connector.ts';
export type { SecretStore, SecretStoreHealth } from './secret-store.ts';
export type { PolicyRegistry } from './policy-registry.ts';
export type { SchemaCheck, SchemaProblem, SchemaValidator } from './schema-validator.ts';
export type { ServiceRegistry } from './service-registry.ts';
export type {
  Change,
  Cursor,
  Expect,
  Revision,
  StoreCapabilities,
  TenantId,
  Versioned,
  WriteContext,
} from './store.ts';
export type {
  AppendContext,
  AuditFault,
  AuditPage,
  AuditQuery,
  AuditReading,
  AuditVerdict,
  AuditVerification,
  Telemetry,
  TelemetryCapabilities,
  TelemetryFigures,
  TelemetryHealth,
} from './telemetry.ts';
export type {
  WasmFailureCode,
  WasmFunction,
  WasmHost,
  WasmLimits,
  WasmModule,
  WasmModuleSpec,
  WasmReply,
} from './wasm-host.ts';
export type { FoundSources, Scaffold, SourceSearch, Workspace } from './workspace.ts';
